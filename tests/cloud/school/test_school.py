"""The school through the real service: what fits comes first, own pace, plain words, counts."""

from html import unescape
from typing import Any

import pytest

from cloud.school.demo import LESSONS
from models.school import too_long
from tests.cloud.web.service import Service

LESSON = {
    "title_en": "Sleep", "title_zh": "睡眠", "text_en": "Sleep on your side.",
    "text_zh": "请侧睡。", "from_week": 20, "to_week": 37, "link": "/static/icon.svg",
}  # fmt: skip
COURSE = "/api/school/courses/1"


def titles(service: Service, account: str) -> list[str]:
    found = service.client(account).get("/api/school").json()
    return [one["title_en"] for one in found["lessons"]]


def test_the_demos_lessons_are_plain() -> None:
    for lesson in LESSONS:
        for name, text in lesson.items():
            if name.startswith("text"):
                assert too_long(text) is None, text


def test_what_fits_her_week_comes_first_and_what_is_done_last(service: Service) -> None:
    first = service.client("mother3")  # 34 weeks
    before = first.get("/api/school").json()
    assert before["weeks"] == 34
    assert [one["now"] for one in before["lessons"]] == [True, True, True]
    early = {**LESSON, "from_week": 10, "to_week": 20, "title_en": "Early"}
    centre = service.client("centre")
    assert centre.post(f"{COURSE}/lessons", json=early).status_code == 200
    done = before["lessons"][0]
    assert first.post(f"/api/school/lessons/{done['id']}/done", json={"done": True}).is_success
    known = [one["title_en"] for one in before["lessons"]]
    assert titles(service, "mother3") == [*known[1:], "Early", known[0]]
    assert titles(service, "mother2") == [*known, "Early"]
    page = unescape(first.get("/school").text)
    assert page.index(known[1]) < page.index("Early") < page.index(known[0])
    (course,) = centre.get("/api/school").json()["courses"]
    assert [one["done"] for one in course["lessons"]] == [1, 0, 0, 0]
    first.post(f"/api/school/lessons/{done['id']}/done", json={"done": False})
    assert titles(service, "mother3") == [*known, "Early"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"text_en": "and " * 21}, "too long"),
        ({"text_zh": "字" * 46}, "too long"),
        ({"from_week": 38}, "before the last"),
        ({"link": "https://elsewhere.example/x"}, "a path on this server"),
        ({"link": "//elsewhere.example/x"}, "a path on this server"),
    ],
)
def test_a_lesson_that_does_not_fit_is_refused(
    service: Service, given: dict[str, Any], why: str
) -> None:
    refused = service.client("centre").post(f"{COURSE}/lessons", json=LESSON | given)
    assert refused.status_code == 409
    assert why in refused.json()["detail"]["text"]


def test_a_missing_text_and_an_unknown_course_are_told(service: Service) -> None:
    centre = service.client("centre")
    assert centre.post(f"{COURSE}/lessons", json=LESSON | {"text_zh": " "}).status_code == 422
    assert centre.post("/api/school/courses/99/lessons", json=LESSON).status_code == 404
    assert service.client("clinic").post(f"{COURSE}/lessons", json=LESSON).status_code == 403


def test_live_dates_are_announced_and_counted(service: Service) -> None:
    centre, her = service.client("centre"), service.client("mother1")
    wanted = {"at": "2089-01-01T19:30", "teacher": "Midwife Wu", "how": "Call and say: school"}
    past = centre.post(f"{COURSE}/live", json=wanted | {"at": "2020-01-01T19:30"})
    assert past.status_code == 409
    number = centre.post(f"{COURSE}/live", json=wanted).json()["id"]
    (live,) = her.get("/api/school").json()["live"]
    assert (live["at_ms"], live["comes"]) == (3_755_417_400_000, False)
    assert her.post(f"/api/school/live/{number}/come", json={"comes": True}).is_success
    assert "Call and say: school" in her.get("/school").text
    (course,) = centre.get("/api/school").json()["courses"]
    assert [one["guests"] for one in course["live"]] == [1]
    assert centre.post(f"/api/school/live/{number}/cancel").is_success
    assert her.get("/api/school").json()["live"] == []
    assert her.post(f"/api/school/live/{number}/come", json={"comes": True}).status_code == 404
