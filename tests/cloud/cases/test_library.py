"""The case library through the real service: consent, no names, read first, gone when revoked."""

from datetime import date
from typing import Any

import httpx2
import pytest

from cloud.audit.checking import check
from cloud.store import cases, pregnancies
from cloud.store.db import reading, writing
from models.synth import synthetic
from tests.cloud.web.service import Service

TEXT = "Look where each dip begins."
NAMES = ("Lin Xiaoyu", "Willow Town", "柳镇", "555-0101")


@pytest.fixture(scope="module")
def signed(service: Service) -> dict[str, int]:
    """A recording of the first mother, read and signed by an expert."""
    with writing(service.parts.engine) as conn:
        pregnancies.put(conn, 1, birth_date=date(1991, 5, 1))
    trace, _ = synthetic(3, 3, "normal")
    recording = service.play("probe-1", trace)
    expert = service.client("expert")
    asked = expert.post(f"/api/recordings/{recording}/readings", json={"blind": True}).json()
    path = f"/api/readings/{asked['id']}"
    said = {
        "said": "pathological",
        "features": {"baseline_bpm": 170, "variability": "minimal", "decelerations": ["late"]},
    }
    assert expert.post(f"{path}/take").status_code == 200
    assert expert.post(f"{path}/read", json=said).status_code == 200
    words = {"said": "pathological", "to_mother": "Please come in now."}
    assert expert.post(f"{path}/sign", json=words).status_code == 200
    return {"recording_id": recording, "reading_id": asked["id"]}


def agree(service: Service, allowed: bool) -> None:
    answer = service.client("mother1").put("/api/mother/teaching", json={"allowed": allowed})
    assert answer.json() == {"allowed": allowed}


def make(service: Service, signed: dict[str, int], **given: Any) -> httpx2.Response:
    wanted = {
        "reading_id": signed["reading_id"],
        "title": "Late decelerations",
        "text": TEXT,
        "start_s": "0:30",
        "end_s": "2:30",
    }
    return service.client("expert").post("/api/cases", json=wanted | given)


def test_without_her_consent_there_is_no_case(service: Service, signed: dict[str, int]) -> None:
    refused = make(service, signed)
    assert refused.status_code == 409
    assert "does not agree" in refused.json()["detail"]["text"]
    form = f"/cases/new?reading_id={signed['reading_id']}"
    assert "has not agreed" in service.client("expert").get(form).text


@pytest.mark.parametrize(
    "given",
    [
        {"title": "Lin, late decelerations"},
        {"text": "recorded on 2026-11-18"},
        {"text": "从示范柳镇卫生院转来"},
        {"text": "call 555 01 01 99"},
        {"text": "at 14:20 she came"},
    ],
)
def test_what_names_somebody_is_refused(
    service: Service, signed: dict[str, int], given: dict[str, str]
) -> None:
    agree(service, True)
    refused = make(service, signed, **given)
    assert refused.status_code == 409
    assert refused.json()["detail"]["args"]["found"]


def test_read_first_then_see_then_gone(service: Service, signed: dict[str, int]) -> None:
    agree(service, True)
    offered = f'href="/cases/new?reading_id={signed["reading_id"]}"'
    assert offered in service.client("expert").get("/cases").text
    assert offered not in service.client("hospital").get("/cases").text
    made = make(service, signed)
    assert made.status_code == 200
    assert offered not in service.client("expert").get("/cases").text
    case = made.json()
    assert case["patterns"][:3] == ["tachycardia", "reduced_variability", "late"]
    assert (case["weeks"], case["age_years"]) == (36, 35)
    path = f"/api/cases/{case['id']}"
    learner = service.client("hospital")  # may not see the recording
    hidden = learner.get(path).json()
    assert not hidden["done"]
    assert {"title", "text", "said", "patterns", "machine", "recording_id"} & set(hidden) == set()
    shown = learner.get(f"/cases/{case['id']}").text
    assert "<svg" in shown
    assert TEXT not in shown
    assert "Late decelerations" not in learner.get("/cases").text
    own = {"said": "suspicious", "patterns": ["late", "reduced_variability"]}
    answered = learner.post(f"{path}/answer", json=own).json()
    named = len(set(case["patterns"]))
    assert answered["mine"]["points"] == 30 + round(40 * 2 / named)
    assert answered["said"] == "pathological"
    assert answered["machine"] is None or "verdict" in answered["machine"]
    assert answered["recording_id"] is None
    assert (answered["shown"], answered["answered"]) == (1, 1)
    again = learner.post(f"{path}/answer", json={"said": "pathological", "patterns": []})
    assert again.status_code == 409
    mine = learner.get("/api/cases/statistics").json()
    assert (mine["answered"], mine["same_class"], mine["kappa"]) == (1, 0, None)
    page = learner.get(f"/cases/{case['id']}").text
    assert TEXT in page
    for private in (*NAMES, "/recordings/"):
        assert private not in page
    assert service.client("clinic").post(f"{path}/answer", json={}).json()["recording_id"]
    for query, count in (("pattern=late", 1), ("pattern=sinusoidal", 0), ("text=DIP", 1),
                         ("from_week=37", 0), ("from_week=30&to_week=36&text=", 1)):  # fmt: skip
        assert len(learner.get(f"/api/cases?{query}").json()) == count, query
    agree(service, False)
    assert learner.get("/api/cases").json() == []
    assert learner.get(path).status_code == 404
    assert learner.get(f"/cases/{case['id']}").status_code == 404
    assert learner.get("/api/cases/statistics").json()["answered"] == 0
    with reading(service.parts.engine) as conn:
        stub = cases.get(conn, case["id"])
        assert check(conn).broken is None
    assert stub is not None
    assert stub.withdrawn_ms is not None
    assert (stub.title, stub.text, stub.said, stub.patterns) == ("", "", "", [])
    assert "Teaching case" in service.client("clinic").get("/mothers/1").text


def test_only_the_centre_makes_and_takes_out(service: Service, signed: dict[str, int]) -> None:
    agree(service, True)
    number = make(service, signed, patterns=["late"]).json()["id"]
    for account in ("clinic", "mother1"):
        client = service.client(account)
        assert client.post(f"/api/cases/{number}/withdraw").status_code == 403
    assert make(service, signed, patterns=["late", "spikes"]).status_code == 409
    assert make(service, signed, start_s=4000, end_s=4100).status_code == 409
    expert = service.client("centre")
    assert expert.post(f"/api/cases/{number}/withdraw").status_code == 200
    assert expert.post(f"/api/cases/{number}/withdraw").status_code == 404
