"""What people say of themselves over the API, and what the centre sees of it."""

import re
import time
from typing import Any

import pytest

from models.synth import synthetic
from tests.cloud.web.service import Service

STATE = {"on_call": "yes", "free_beds": 4, "nicu": None, "blood_bank": True}


@pytest.fixture(scope="module")
def alert_id(service: Service) -> int:
    trace, _ = synthetic(3, 1, "normal")
    return service.alert(service.play("probe-3", trace), "bradycardia_80", 61)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_our_state_is_changed_in_place_and_kept_with_who(service: Service) -> None:
    clinic = service.client("clinic")
    before = clinic.get("/api/organisation").json()
    assert (before["on_call"], before["by_roster"], before["free_beds"]) == (False, False, 1)
    after = clinic.put("/api/organisation/state", json=STATE).json()
    assert (after["on_call"], after["free_beds"], after["nicu"]) == (True, 4, None)
    newest = [(c["what"], c["before"], c["after"], c["person"]) for c in after["changes"][:4]]
    wu = "Midwife Wu (demo)"
    assert newest == [
        ("blood_bank", False, True, wu), ("nicu", False, None, wu),
        ("free_beds", 1, 4, wu), ("on_call", False, True, wu),
    ]  # fmt: skip
    count = len(after["changes"])
    again = clinic.put("/api/organisation/state", json=STATE).json()
    assert len(again["changes"]) == count  # nothing differs
    by_roster = clinic.put("/api/organisation/state", json=STATE | {"on_call": "roster"}).json()
    assert (by_roster["by_roster"], by_roster["on_call"]) == (True, True)
    back = {"on_call": "no", "free_beds": 1, "nicu": False, "blood_bank": False}
    assert clinic.put("/api/organisation/state", json=back).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"free_beds": -1}, {"free_beds": "many"}, {"on_call": "perhaps"}, {"nicu": "yes please"},
        {"free_beds": None},
    ],
)  # fmt: skip
def test_a_state_that_is_none_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    answer = service.client("clinic").put("/api/organisation/state", json=STATE | wrong)
    assert answer.status_code == 422


def test_a_roster_names_its_own_people_only(service: Service) -> None:
    clinic, county = service.client("clinic"), service.client("county")
    (own,) = clinic.get("/api/organisation").json()["staff"]
    (other,) = county.get("/api/organisation").json()["staff"]
    line = {"role": "obstetrician", "person_id": own["id"], "from_min": 0, "to_min": 0}
    week = [line | {"weekday": day} for day in range(7)]
    said = clinic.put("/api/organisation/duties", json={"duties": week}).json()
    assert [one["name"] for one in said["on_duty"]["obstetrician"]] == [own["name"]]
    assert said["changes"][0]["what"] == "duties"
    foreign = {"duties": [line | {"weekday": 0, "person_id": other["id"]}]}
    assert clinic.put("/api/organisation/duties", json=foreign).json()["detail"]["text"] == (
        "this person does not work here"
    )
    for wrong in (
        {},
        {"weekday": 7},
        {"weekday": 1, "day": "2026-12-01"},
        {"weekday": 1, "nobody": True},
    ):
        body = {"duties": [line | wrong]}
        assert clinic.put("/api/organisation/duties", json=body).status_code == 422
    clinic.put("/api/organisation/duties", json={"duties": []})


def test_an_administrator_keeps_any_roster_and_sees_who_changed_what(service: Service) -> None:
    admin, clinic = service.client("admin"), service.client("clinic")
    own = clinic.get("/api/organisation").json()
    path = f"/api/organisations/{own['id']}/duties"
    line = {"role": "obstetrician", "person_id": own["staff"][0]["id"], "day": "2026-12-01"}
    assert admin.put(path, json={"duties": [line]}).status_code == 200
    said = clinic.get("/api/organisation").json()
    assert [one["day"] for one in said["duties"]] == ["2026-12-01"]
    who = said["changes"][0]["person"]
    for page in ("/admin/duties", f"/admin/organisations/{own['id']}/duties"):
        assert f"</time> {who}" in admin.get(page).text
    assert admin.put("/api/organisations/999/duties", json={"duties": []}).status_code == 404
    assert clinic.put(path, json={"duties": []}).status_code == 403
    admin.put(path, json={"duties": []})

    told = {"language": "en", "contacts": [{"channel": "sms", "address": "13800138000"}]}
    assert clinic.put("/api/me/messages", json=told).status_code == 200
    clinic.put("/api/readings/settings", json={"blind": False})
    clinic.put("/api/readings/settings", json={"blind": True})
    settings = admin.get("/admin/alerts").text
    assert "sms, low" in settings and "13800138000" not in settings
    assert "reading first, then the computer's result: no → yes" in settings
    agrees = {"organisation_id": None, "allowed": True}
    assert service.client("mother2").put("/api/mother/consents", json=agrees).status_code == 200
    given = admin.get("/admin/consents").text
    assert given.count("Wang Fang (demo)") >= 3  # her row; who changed it, about whom
    clinic.put("/api/me/messages", json={"language": "en", "contacts": []})


def test_a_position_by_the_phones_own_clock(service: Service, alert_id: int) -> None:
    her = service.client("mother3")
    where = {"latitude": 31.3, "longitude": 121.6, "accuracy_m": 20}
    hour = 3_600_000
    sent = {**where, "at_ms": now_ms() - hour - 90_000, "sent_ms": now_ms() - hour}  # an hour slow
    kept = her.post("/api/mother/position", json=sent).json()
    assert abs(now_ms() - 90_000 - kept["at_ms"]) < 5_000 and not kept["clock_wrong"]
    future = {**where, "at_ms": now_ms() + hour, "sent_ms": now_ms()}
    kept = her.post("/api/mother/position", json=future).json()
    assert abs(now_ms() - kept["at_ms"]) < 5_000 and kept["clock_wrong"]
    for wrong in ({"latitude": 91}, {"longitude": -181}, {"accuracy_m": -1}, {"at_ms": None}):
        assert her.post("/api/mother/position", json=sent | wrong).status_code == 422
    assert her.delete("/api/mother/position").status_code == 200
    refused = service.client("mother4").post("/api/mother/position", json=sent)  # nothing runs
    assert refused.status_code == 409
    assert refused.json()["detail"]["text"].startswith("your position is taken only while")


def test_a_mother_decides_and_the_hospital_loses_sight(service: Service, alert_id: int) -> None:
    her, county = service.client("mother3"), service.client("county")
    listed = her.get("/api/mother/consents").json()
    assert listed["others"] and all(one["allowed"] for one in listed["hospitals"])
    assert [one["name"] for one in listed["hospitals"] if one["own"]] == [
        "Willow Town Clinic (demo)"
    ]
    place = next(one["id"] for one in listed["hospitals"] if "East Lake" in one["name"])
    assert county.get(f"/api/alerts/{alert_id}").json()["organisation"]["id"] == place
    answer = her.put("/api/mother/consents", json={"organisation_id": place, "allowed": False})
    assert [one["id"] for one in answer.json()["hospitals"] if not one["allowed"]] == [place]
    assert county.get(f"/api/alerts/{alert_id}").status_code == 404
    view = service.client("centre").get(f"/api/alerts/{alert_id}").json()
    assert view["organisation"]["name"] == "Riverside Maternity Hospital (demo)"
    assert her.put("/api/mother/consents", json={"organisation_id": place, "allowed": True}).json()
    centre = next(o for o in (1, 2) if o not in [h["id"] for h in listed["hospitals"]])
    for nobody in (centre, 10**6):
        body = {"organisation_id": nobody, "allowed": True}
        assert her.put("/api/mother/consents", json=body).status_code == 422


def test_the_centre_sees_all_hospitals_and_whom_to_call(service: Service, alert_id: int) -> None:
    centre = service.client("centre")
    plain = centre.get("/api/hospitals").json()
    assert [row["name"][:4] for row in plain] == ["Rive", "East", "Will"]
    assert plain[0]["on_call_now"] and plain[0]["by_roster"] and plain[0]["minutes"] is None
    for_her = {
        row["name"][:4]: row for row in centre.get(f"/api/hospitals?alert_id={alert_id}").json()
    }
    assert for_her["East"]["minutes"] < for_her["Rive"]["minutes"]
    assert for_her["Will"]["fit"] is False
    assert for_her["Will"]["why"]["text"] == "no obstetrician on call"
    calls = centre.get(f"/api/alerts/{alert_id}/calls").json()
    assert calls["mother"] == {"name": "Chen Jing (demo)", "phone": "555-0103"}
    assert calls["operators"] == [{"name": "Nurse Li (demo)", "phone": None}]
    on_duty = {row["name"][:4]: row["on_duty"] for row in calls["hospitals"]}
    assert {place: [one["name"] for one in there] for place, there in on_duty.items()} == {
        "Rive": ["Dr Sun (demo)"], "East": ["Dr Zhou (demo)"], "Will": [],
    }  # fmt: skip


def test_only_this_site_may_ask_for_a_position(service: Service) -> None:
    header = service.client("mother3").get("/mother").headers["permissions-policy"]
    assert header == "geolocation=(self)"


def test_the_pages_of_routing_by_hand(service: Service, alert_id: int, browser: Any) -> None:
    """Beds in place at the hospital, the way at the centre, a consent taken back by the mother."""
    problems: list[str] = []
    pages = {}
    for who, path in (("clinic", "/hospital"), ("centre", "/centre"), ("mother3", "/mother")):
        where = {"latitude": 31.31, "longitude": 121.59, "accuracy": 30}
        context = browser.new_context(
            locale="en", geolocation=where, permissions=["geolocation"], base_url=service.url
        )
        cookies = service.client(who).cookies
        context.add_cookies(
            [{"name": k, "value": v, "url": service.url} for k, v in cookies.items()]
        )
        pages[who] = context.new_page()
        pages[who].on("pageerror", lambda error: problems.append(str(error)))
        pages[who].goto(path)
    clinic, centre, her = pages.values()
    beds = clinic.get_by_label("Free beds")
    beds.fill("7")
    clinic.locator("form.state").get_by_role("button", name="Save").click()
    clinic.get_by_text("Who changed it last").click()
    clinic.get_by_text("Midwife Wu (demo): Free beds from 1 to 7").first.wait_for()
    row = centre.locator(".hospitals tr", has_text="Willow Town")
    row.get_by_text("no obstetrician on call").wait_for()  # for the alert that waits
    assert centre.locator(".map .mother.high").count() == 1
    centre.get_by_label("For the alert of").select_option("none")
    row.get_by_text("no obstetrician on call").wait_for(state="detached")
    row.locator("td", has_text="7").first.wait_for()
    centre.get_by_label("For the alert of").select_option(str(alert_id))
    row.get_by_text("no obstetrician on call").wait_for()
    centre.locator(".hospitals ~ .quiet", has_text="measured from her").wait_for()
    centre.locator(f"#queue [data-alert='{alert_id}']").get_by_text("Who is asked, and why").click()
    centre.get_by_text(re.compile("^Why ")).first.wait_for()
    her.get_by_text("Where I am, and who may know about me").click()
    her.get_by_label("Send the position of this phone").check()
    her.get_by_text("Your position is known, within 30 m.").wait_for()
    her.get_by_label("Send the position of this phone").uncheck()
    her.get_by_text("Your position is deleted.").wait_for()
    her.get_by_role("link", name="Which hospitals may see my data").click()
    place = "East Lake County Hospital (demo)"
    with her.expect_response("**/api/mother/consents") as answer:
        her.get_by_label(place).uncheck()
    assert [one["name"] for one in answer.value.json()["hospitals"] if not one["allowed"]] == [
        place
    ]
    her.reload()
    assert not her.get_by_label(place).is_checked()
    assert not problems
    assert problems == []
    for page in pages.values():
        page.context.close()


def test_a_box_that_is_ticked_before_the_script_is_there_waits_for_it(
    service: Service, browser: Any
) -> None:
    """A slow line: the page is there, its script is not. Nothing may be ticked and not be sent."""
    context = browser.new_context(locale="en", base_url=service.url)
    cookies = service.client("mother2").cookies
    context.add_cookies([{"name": k, "value": v, "url": service.url} for k, v in cookies.items()])
    page = context.new_page()
    held: list[Any] = []
    page.route("**/static/section.js", lambda route: held.append(route))
    page.goto("/record#privacy", wait_until="commit")
    box = page.get_by_label("East Lake County Hospital (demo)")
    box.wait_for(state="attached")
    place = box.bounding_box()
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    assert box.is_checked()  # asleep, and not taken back in vain
    (script,) = held
    with page.expect_response("**/api/mother/consents"):
        script.continue_()
        box.uncheck()
    context.close()
