"""Consultations over HTTP and in a browser: what is theirs, words, strips, both languages."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from cloud.access import ACCESS
from cloud.routes.consultations import visible_consultation
from cloud.store import consultations
from cloud.store.db import reading
from models.synth import synthetic
from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.web.service import Service


@pytest.fixture(scope="module")
def recording(service: Service) -> int:
    trace, _ = synthetic(3, 2, "normal")
    return service.play("probe-1", trace)


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def post(client: httpx2.Client, path: str, **body: Any) -> httpx2.Response:
    return client.post(f"/api/consultations{path}", json=body)


def test_a_case_about_an_alert_shows_its_strip(service: Service, recording: int) -> None:
    alert = service.alert(recording, "bradycardia_80", 110)
    clinic, centre = service.client("clinic"), service.client("centre")
    refused = post(
        service.client("hospital"), "/cases", alert_id=alert, organisation_id=1, text="?"
    )
    assert refused.status_code in (200, 404)  # it may have been asked about this alert
    made = post(clinic, "/cases", alert_id=alert, organisation_id=1, text="late or variable?")
    assert made.json()["messages"][0]["strip"] == {
        "recording_id": recording, "start_s": 0.0, "end_s": 120.0,
    }  # fmt: skip
    path = f"/api/consultations/{made.json()['id']}"
    assert centre.get(path).status_code == 200
    assert service.client("mother1").get(path).status_code == 404
    assert service.client("mother1").get("/api/consultations").json() == []
    assert "<svg" in centre.get(f"/consultations/{made.json()['id']}").text


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"text": ""}, 422, "write something first"),
        ({"text": "x" * 2001}, 422, None),
        ({"text": "x", "recording_id": 999}, 404, None),
        ({"text": "x", "start_s": "1:99"}, 422, None),
        ({"text": "x", "start_s": -1}, 422, None),
    ],
)
def test_what_is_wrong_makes_nothing(
    service: Service, body: dict[str, Any], status: int, words: str | None
) -> None:
    her = service.client("mother2")
    answer = post(her, "", **body)
    assert answer.status_code == status
    assert words is None or answer.json()["detail"]["text"] == words
    assert her.get("/api/consultations").json() == []


def test_a_strip_is_her_own_and_a_part_of_it(service: Service, recording: int) -> None:
    her = service.client("mother1")
    wrong = post(her, "", text="x", recording_id=recording, start_s="10:00", end_s="12:00")
    assert wrong.status_code == 409
    assert wrong.json()["detail"]["args"] == {"minutes": 2.0}
    other = post(service.client("mother2"), "", text="x", recording_id=recording)
    assert other.status_code == 404


def test_every_body_has_an_example(service: Service) -> None:
    spec = service.app.openapi()
    ours = [(m, p) for m, p in ACCESS if m == "POST" and "/consultations" in p]
    assert len(ours) == 6
    for method, path in ours:
        body = spec["paths"][path][method.lower()]["requestBody"]
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert spec["components"]["schemas"][name]["examples"], path


def test_by_hand(service: Service, recording: int, open_page: OpenPage) -> None:
    her = open_page("mother1", "/consultations", PHONE, "zh-CN")
    her.locator("a.phone[href='tel:021-5550-0004']").wait_for()
    her.locator("textarea[name=text]").fill("Is this dip normal?")
    her.locator("#strip-fields summary").click()
    her.locator("[name=recording_id]").select_option(str(recording))
    her.locator("[name=end_s]").fill("1:30")
    her.get_by_role("button", name="发送给医生").click()
    her.locator(".message svg path.fhr").wait_for()
    assert her.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    clinic = open_page("clinic", "/consultations")
    asked = clinic.locator(".talk.waits", has_text="Is this dip normal?")
    assert "nobody has answered yet" in asked.inner_text()
    clinic.locator(".sections .unread", has_text="1").wait_for()
    clinic.get_by_role("link", name="Is this dip normal?").click()
    her.locator(".message .read", has_text="Midwife Wu (demo)").wait_for()
    clinic.locator("textarea[name=text]").fill("Yes. Drink and lie on your left side.")
    clinic.get_by_role("button", name="Send").click()
    her.locator(".message", has_text="Drink and lie on your left side.").wait_for()
    clinic.locator(".message.mine .read", has_text="Lin Xiaoyu (demo)").wait_for()
    clinic.locator("[name=person_id]").select_option(label="Dr Gu (demo), Monitoring Centre (demo)")
    clinic.locator("[name=reason]").fill("Please look at the dip.")
    clinic.get_by_role("button", name="Hand over", exact=True).click()

    expert = open_page("expert", "/consultations", language="zh-CN")
    expert.get_by_role("link", name="Is this dip normal?").click()
    expert.locator(".message", has_text="Please look at the dip.").wait_for()
    expert.locator("[name=summary]").fill("Variable deceleration, harmless.")
    expert.get_by_role("button", name="结束咨询").click()
    her.locator(".message.end", has_text="harmless").wait_for()
    her.locator("[name=text]").fill("And tomorrow?")
    her.get_by_role("button", name="发送给医生").click()
    her.get_by_role("link", name="这是之前一次咨询的继续。").wait_for()


def test_the_page_is_one_look(service: Service) -> None:
    """What was read before the messages were does not stand beside them."""
    her, clinic = service.client("mother3"), service.client("clinic")
    asked = post(clinic, "", mother_id=3, text="Tea is allowed.").json()["id"]
    with reading(service.parts.engine) as conn:
        before = consultations.get(conn, asked)
    post(clinic, f"/{asked}/end", summary="It is over.")
    service.app.dependency_overrides[visible_consultation] = lambda: before
    try:
        shown = her.get(f"/consultations/{asked}", headers={"accept-language": "en"}).text
    finally:
        service.app.dependency_overrides.clear()
    assert "It is over." in shown and "Send to the doctors" in shown


def test_three_clicks_from_the_queue(service: Service, open_page: OpenPage) -> None:
    trace, _ = synthetic(4, 2, "normal")
    alert = service.alert(service.play("probe-3", trace), "bradycardia_80", 110)
    page = open_page("centre", "/centre")
    page.locator(f"[data-alert='{alert}']").get_by_role("link", name="Discuss a case").click()
    page.locator("textarea[name=text]").fill("fever?")
    page.locator("[name=organisation_id]").select_option(label="Willow Town Clinic (demo)")
    page.get_by_role("button", name="Send").click()
    page.locator(".message", has_text="fever?").wait_for()
