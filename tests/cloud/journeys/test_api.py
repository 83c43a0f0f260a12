"""Green channels and referrals over HTTP: what is theirs, words of refusals, examples, events."""

from typing import Any

import httpx2
import pytest

from cloud.access import ACCESS
from models.synth import synthetic
from tests.cloud.web.service import Service

UP = {"direction": "up", "mother_id": 3, "to_id": 2, "criteria": ["risk"], "agreed": True}


def referred(client: httpx2.Client, **given: Any) -> httpx2.Response:
    return client.post("/api/referrals", json={**UP, **given})


def test_a_hospital_sees_only_its_own(service: Service) -> None:
    made = referred(service.client("clinic")).json()
    path = f"/api/referrals/{made['id']}"
    sees = {"clinic": True, "hospital": True, "centre": True, "mother3": True}
    sees |= {"county": False, "mother1": False}
    for account, expected in sees.items():
        client = service.client(account)
        assert client.get(path).status_code == (200 if expected else 404)
        assert (
            made["id"] in [one["id"] for one in client.get("/api/referrals").json()]
        ) == expected
    assert service.client("clinic").get(path).json()["may"] == ["withdraw"]
    assert service.client("hospital").get(path).json()["may"] == ["accept", "decline"]
    assert service.client("mother3").get(path).json()["may"] == []
    discuss = f"/consultations/case?referral_id={made['id']}"
    for account in ("clinic", "hospital"):
        page = service.client(account).get("/journeys").text
        assert discuss in page and 'href="/mothers/3"' in page
        assert service.client(account).get(discuss).status_code == 200
    service.client("hospital").post(f"{path}/steps", json={"event": "decline", "said": "full"})


def test_refusals_come_in_words(service: Service) -> None:
    clinic, hospital = service.client("clinic"), service.client("hospital")
    made = referred(clinic).json()
    steps = f"/api/referrals/{made['id']}/steps"
    refused = clinic.post(steps, json={"event": "accept"})
    assert (refused.status_code, refused.json()["detail"]["text"]) == (
        409,
        "the other hospital does this, or the centre",
    )
    assert hospital.post(steps, json={"event": "decline"}).status_code == 422
    assert hospital.post(steps, json={"event": "decline", "said": "full"}).status_code == 200
    again = hospital.post(steps, json={"event": "accept"})
    assert again.json()["detail"] == {
        "text": "not possible now: the referral is %(phase)s",
        "args": {"phase": "declined"},
    }


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"mother_id": 2}, 404),  # the county hospital's
        ({"agreed": False}, 422),
        ({"plan": {"text": ""}}, 422),
        ({"plan": {"text": "x", "monitoring": {"per_week": 99, "minutes": 20}}}, 422),
        ({"direction": "sideways"}, 422),
        ({"reason": "x" * 301}, 422),
        ({"to_id": 2**70}, 422),
        ({"recording_id": 99}, 404),
    ],
)
def test_a_request_that_is_wrong_makes_nothing(
    service: Service, given: dict[str, Any], status: int
) -> None:
    clinic = service.client("clinic")
    before = clinic.get("/api/referrals").json()
    assert referred(clinic, **given).status_code == status
    assert clinic.get("/api/referrals").json() == before


def test_the_form_offers_mothers_hospitals_and_grounds(service: Service) -> None:
    offered = service.client("clinic").get("/api/referrals/choices?direction=up").json()
    assert [one["name"] for one in offered["mothers"]][:2] == [
        "Lin Xiaoyu (demo)",
        "Chen Jing (demo)",
    ]
    assert [one["id"] for one in offered["hospitals"]] == [3, 2]  # the nearest first
    down = service.client("hospital").get("/api/referrals/choices?direction=down").json()
    assert [one["level"] for one in down["hospitals"]] == [2, 1]
    assert down["criteria"][0]["id"] == "stable"


def test_a_green_channel_over_http(service: Service) -> None:
    trace, _ = synthetic(3, 1, "normal")
    alert = service.alert(service.play("probe-4", trace), "bradycardia_80", 60)
    hospital = service.client("hospital")
    assert hospital.post(f"/api/alerts/{alert}/green").status_code == 409  # not accepted yet
    hospital.post(f"/api/alerts/{alert}/accept")
    made = hospital.post(f"/api/alerts/{alert}/green").json()
    path = f"/api/green/{made['id']}"
    assert (made["expected_ms"], made["travel_min"] > 0) == (None, True)  # she has not left
    service.client("mother4").post(f"/api/alerts/{alert}/answer", json={"answer": "on_my_way"})
    assert hospital.get(path).json()["expected_ms"] is not None
    assert hospital.post(f"{path}/ticks", json={"item": "coffee", "done": True}).status_code == 409
    assert hospital.post(f"{path}/expected", json={"minutes": 7}).json()["expected_how"] == [
        {"text": "said by the hospital", "args": {}}
    ]
    reserved = hospital.post(f"{path}/steps", json={"event": "reserve", "team": "Dr Sun"}).json()
    assert (reserved["phase"], reserved["bed"], reserved["team"]) == ("reserved", True, "Dr Sun")
    hers = service.client("mother4").get(path).json()
    assert (hers["bed"], hers["checklist"], hers["assessment"], hers["may"]) == (True, [], None, [])
    assert service.client("county").get(path).status_code == 404
    body = {"event": "cancel", "reason": "she stays"}
    assert hospital.post(f"{path}/steps", json=body).json()["phase"] == "cancelled"


def test_a_change_reaches_those_concerned(service: Service) -> None:
    with service.client("hospital").stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        made = referred(service.client("clinic"), mother_id=1).json()
        for line in lines:
            if line == "event: referral":
                break
        assert f'"id": {made["id"]}' in next(lines)


def test_every_body_has_an_example(service: Service) -> None:
    paths = service.app.openapi()
    ours = [(m, p) for m, p in ACCESS if m == "POST" and ("/green" in p or "/referrals" in p)]
    assert len(ours) >= 8
    for method, path in ours:
        body = paths["paths"][path][method.lower()].get("requestBody")
        if body is None:
            continue
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert paths["components"]["schemas"][name]["examples"], path
