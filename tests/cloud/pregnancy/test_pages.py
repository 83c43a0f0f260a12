"""The record over HTTP and by hand: what is theirs, refusals in words, examples, pages, events."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.access import ACCESS
from cloud.routes import mother_pages
from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.web.service import Service

HERS = "/api/mothers/3"  # of the clinic, orange


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def test_another_hospital_and_another_mother_find_nothing(service: Service) -> None:
    sees = {"clinic": True, "centre": True, "mother3": True, "mother1": False, "county": False}
    for account, expected in sees.items():
        client = service.client(account)
        assert client.get(HERS).status_code == (200 if expected else 404)
        given = {"systolic": 118, "diastolic": 76}
        status = client.post(f"{HERS}/values", json=given).status_code
        assert status == (200 if expected else 404)
    names = [one["name"] for one in service.client("county").get("/api/mothers").json()]
    assert names == ["Wang Fang (demo)"]


def test_consent_withdrawn_closes_the_record(service: Service) -> None:
    her, clinic = service.client("mother3"), service.client("clinic")
    for allowed, status in ((False, 404), (True, 200)):
        her.put("/api/mother/consents", json={"organisation_id": 4, "allowed": allowed})
        assert clinic.get(HERS).status_code == status
        shown = [one["id"] for one in clinic.get("/api/mothers").json()]
        assert (3 in shown) == allowed


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("values", {}, 422),
        ("values", {"systolic": 118}, 422),
        ("values", {"glucose": 5.0, "context": "whenever"}, 422),
        ("values", {"weight": 70, "minutes_ago": 3000}, 422),
        ("movements", {"count": 10, "minutes": 5}, 422),
        ("movements", {}, 422),
        ("contacts", {"name": " ", "phone": "1", "relation": "x"}, 422),
        ("missed", {"day": "2020-01-01", "reason": "x"}, 422),
        ("risk", {"criteria": ["scar"]}, 403),  # of staff
    ],
)
def test_what_she_cannot_enter(
    service: Service, path: str, given: dict[str, Any], status: int
) -> None:
    her = service.client("mother3")
    before = her.get(HERS).json()
    assert her.post(f"{HERS}/{path}", json=given).status_code == status
    assert her.get(HERS).json() == before


def test_a_refusal_says_why(service: Service) -> None:
    clinic = service.client("clinic")
    refused = clinic.post(f"{HERS}/risk", json={"criteria": ["scar"], "colour": "red"})
    assert refused.json()["detail"] == {
        "text": "the criteria give %(colour)s: say why it is to be another colour",
        "args": {"colour": "yellow"},
    }
    wrong = clinic.post(f"{HERS}/risk", json={"criteria": ["age_40"]})
    assert (wrong.status_code, wrong.json()["detail"]["text"]) == (
        422,
        "there is no such criterion",
    )


def test_the_list_has_its_filters_and_its_order(service: Service) -> None:
    centre = service.client("centre")
    assert [one["risk"] for one in centre.get("/api/mothers?colour=orange").json()] == ["orange"]
    assert [one["id"] for one in centre.get("/api/mothers?colour=purple").json()] == [4]
    service.client("mother2").post("/api/mothers/2/values", json={"systolic": 170, "diastolic": 99})
    abnormal = centre.get("/api/mothers?only=abnormal").json()
    assert [(one["id"], one["alert"]) for one in abnormal] == [(2, True)]
    first = centre.get("/api/mothers").json()[0]  # before orange
    assert (first["id"], first["called"]["priority"]) == (2, "medium")
    page = centre.get("/mothers", headers={"accept": "text/html"}).text
    assert page.index("MEDIUM · ") < page.index('"/mothers/1"')
    assert centre.get("/api/mothers?only=risk_due&only=abnormal").json()[0]["id"] == 2
    assert centre.get("/api/mothers?only=nothing").status_code == 422
    hers = service.client("mother2").get("/api/alerts").json()
    assert [one["rule"] for one in hers] == ["pressure_repeat"]
    assert service.client("centre").get("/api/recordings").json() == []  # no trace to be shown


def test_the_list_is_searched_and_has_pages(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = service.client("centre")
    for words, ids in (("chen", [3]), ("555-0104", [4]), ("nobody", []), ("", [1, 2, 3, 4])):
        rows = centre.get("/api/mothers", params={"name": words}).json()
        assert sorted(one["id"] for one in rows) == ids
    monkeypatch.setattr(mother_pages, "PAGE", 3)
    first, second = (centre.get(f"/mothers?name=demo&page={n}").text for n in (1, 2))
    assert "page=2" in first and "name=demo" in first
    assert (first.count("#do-task"), second.count("#do-task")) == (3, 1)
    assert centre.get("/mothers?page=99").text.count("#do-task") == 1  # the last one


def test_what_was_changed_is_in_words(service: Service) -> None:
    clinic = service.client("clinic")
    clinic.post("/api/mothers/3/risk", json={"criteria": ["scar"]})
    page = clinic.get("/mothers/3").text
    changes = page.partition('id="changes"')[2].partition("</details>")[0]
    assert "Scarred uterus" in changes and "Dr Sun (demo)" in changes


def test_every_body_has_an_example_that_fits(service: Service) -> None:
    paths = service.app.openapi()["paths"]
    schemas = service.app.openapi()["components"]["schemas"]
    ours = [route for route in ACCESS if route[1].startswith("/api/mothers")]
    assert len(ours) > 15
    for method, path in ours:
        row = paths[path][method.lower()]
        assert row["summary"]
        if "requestBody" in row:
            ref = row["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            schema = schemas[ref.rpartition("/")[2]]
            (example,) = schema["examples"]
            assert set(example) <= set(schema["properties"])


def test_she_enters_a_value_and_reads_the_advice_of_her_team(
    service: Service, open_page: OpenPage
) -> None:
    hers = open_page("mother3", "/record", PHONE)
    assert hers.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    hers.get_by_label("upper").fill("138")
    hers.get_by_label("lower").fill("84")
    hers.keyboard.press("Enter")
    kept = hers.locator("#vitals li", has_text="138/84")
    kept.wait_for()
    staff = open_page("clinic", "/mothers?only=abnormal")
    staff.get_by_role("link", name="advice to approve").click()
    staff.get_by_label("In your own words").fill("Rest today. Midwife Wu")
    staff.get_by_role("button", name="Approve and send to her").click()
    staff.get_by_text("Nothing to approve").or_(staff.get_by_text("sent,")).first.wait_for()
    hers.locator("#advice", has_text="Rest today. Midwife Wu").wait_for()  # without a reload
    kept.get_by_role("button").focus()
    hers.keyboard.press("Enter")
    kept.wait_for(state="detached")


def test_a_doctor_assesses_plans_and_sets_a_task(open_page: OpenPage) -> None:
    page = open_page("clinic", "/mothers", PHONE, "zh")
    page.locator("a[href='/mothers/1#do-assess']").click()  # the form is open there
    page.get_by_label("瘢痕子宫").check()
    page.locator("#assess button").click()
    page.locator("#risk li", has_text="瘢痕子宫").wait_for()
    page.locator("#set-team summary").click()
    page.locator("#set-team select[name=family_doctor]").select_option(value="5")  # Midwife Wu
    page.locator("#set-team button").click()
    page.locator("#team li", has_text="Midwife Wu").wait_for()
    page.locator("#new-task summary").click()
    page.locator("#new-task input[name=text]").fill("尿检")
    page.locator("#new-task button").click()
    page.locator(".care-task input").fill("0.2 g")
    page.locator(".care-task button").click()
    page.locator("#team", has_text="0.2 g").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
