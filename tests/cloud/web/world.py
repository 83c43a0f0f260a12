"""A world with one of everything: what a path names by an id, of the first mother's."""

from cloud.store import cases, people, school
from cloud.store.db import reading, writing
from models.synth import synthetic
from models.trace import Trace
from tests.cloud.web.service import Service
from tests.process import wait_until

QUESTION = "Is it normal that my belly becomes hard?"
SEEN = "moderate variability here"
HANDED_OVER, TASK, TITLE = "expected there", "call her", "Decelerations after contractions"
BOX = "probe-county"  # leased to her, and silent
INVENTED = ("A caesarean section four years ago.", "Ultrasound of the placenta")  # by the demo
TYPED = (QUESTION, HANDED_OVER, TASK, TITLE, SEEN, *INVENTED)  # in English on Chinese pages too


def fill(service: Service, strip: Trace | None = None) -> dict[str, int]:
    """A recording of the first mother (of this strip, about which a rule calls somebody), an alert
    that asked the county hospital, and the rest: the ids that stand in paths, by their names
    there."""
    with writing(service.parts.engine) as conn:
        people.add_gateway(conn, "gw-other", "other token")
    trace = strip or synthetic(3, 1, "normal")[0]
    recording = service.play("probe-1", trace)
    more = _referred(service, recording)
    alert_id = told(service, recording) if strip else service.alert(recording, "bradycardia_80", 61)
    more["signed_id"] = _signed(service, recording)
    again = {"reason": "again"}
    asked = service.client("centre").post(f"/api/recordings/{recording}/readings", json=again)
    more["reading_id"] = asked.json()["id"]
    service.client("mother1").post(f"/api/alerts/{alert_id}/answer", json={"answer": "call_me"})
    more["consultation_id"] = _asked(service)
    more |= _shared(service) | _recorded(service)
    more |= _taught(service, recording, more["signed_id"])
    mark = service.client("mother1").post(
        f"/api/recordings/{recording}/marks", json={"kind": "movement"}
    )
    more["mark_id"] = mark.json()["id"]
    said = {"from_s": 10, "to_s": 25, "text": SEEN}
    path = f"/api/recordings/{recording}/annotations"
    more["annotation_id"] = service.client("centre").post(path, json=said).json()[0]["id"]
    more["task_id"] = service.client("centre").get("/api/tasks").json()[0]["id"]
    more |= {"organisation_id": 1, "person_id": 1}  # of the administrator's pages
    return more | {"recording_id": recording, "alert_id": alert_id}


def told(service: Service, recording: int) -> int:
    """The alert that a rule raises about it."""
    centre, path = service.client("centre"), f"/api/alerts?recording_id={recording}"
    (first, *_) = wait_until(lambda: centre.get(path).json(), 60, "a rule calls somebody")
    return int(first["id"])


def _recorded(service: Service) -> dict[str, int]:
    """Of the record of the first mother: a value with its advice, a contact, a task of her team."""
    her, clinic = service.client("mother1"), service.client("clinic")
    her.post("/api/mothers/1/values", json={"systolic": 138, "diastolic": 84})
    contact = {"name": "Lin Wei", "phone": "555-0199", "relation": "husband"}
    her.post("/api/mothers/1/contacts", json=contact)
    clinic.put("/api/mothers/1/team", json={"family_doctor": 5})
    view = clinic.post("/api/mothers/1/tasks", json={"text": TASK, "role": "family doctor"}).json()
    return {
        "mother_id": 1,
        "value_id": view["values"][0]["id"],
        "advice_id": view["advice"][0]["id"],
        "contact_id": view["contacts"][0]["id"],
        "care_task_id": view["tasks"][0]["id"],
    }


def _taught(service: Service, recording: int, reading_id: int) -> dict[str, int]:
    """A teaching case of the signed reading, and a live date of the demo's course."""
    known = {"reading_id": reading_id, "recording_id": recording, "mother_id": 1, "person_id": 1}
    row = {
        **cases.STUB,
        **known,
        "title": TITLE,
        "said": "normal",
        "made_ms": 1,
        "start_s": 0.0,
        "end_s": 30.0,
    }
    live = {"at_ms": 4_000_000_000_000, "teacher": "Midwife Wu", "how": "call"}
    with writing(service.parts.engine) as conn:
        case_id = cases.add(conn, row).id
        return {
            "case_id": case_id,
            "course_id": 1,
            "lesson_id": 1,
            "live_id": school.add_live(conn, 1, live),
        }


def _signed(service: Service, recording: int) -> int:
    """A reading of it that is signed."""
    centre = service.client("centre")
    number = int(centre.post(f"/api/recordings/{recording}/readings", json={}).json()["id"])
    steps = {
        "take": {},
        "read": {"said": "normal"},
        "sign": {"said": "normal", "sentences": ["good"]},
    }
    for step, body in steps.items():
        assert centre.post(f"/api/readings/{number}/{step}", json=body).status_code == 200, step
    return number


def _referred(service: Service, recording: int) -> dict[str, int]:
    """An urgent referral of the first mother to the county hospital, and its green channel."""
    wanted = {
        "direction": "up",
        "mother_id": 1,
        "to_id": 3,
        "urgent": True,
        "recording_id": recording,
        "criteria": ["ctg"],
        "agreed": True,
    }
    asked = service.client("clinic").post("/api/referrals", json=wanted)
    referral = f"/api/referrals/{asked.json()['id']}"
    county = service.client("county")
    county.post(f"{referral}/steps", json={"event": "accept"})
    channel = county.post(f"{referral}/green")
    return {"referral_id": asked.json()["id"], "green_id": channel.json()["id"]}


def _asked(service: Service) -> int:
    """A question of the first mother, which her clinic has handed to the county hospital."""
    asked = service.client("mother1").post("/api/consultations", json={"text": QUESTION})
    with reading(service.parts.engine) as conn:
        doctor = people.get_person_by_username(conn, "county")
    assert doctor is not None
    body = {"person_id": doctor.id, "reason": HANDED_OVER}
    path = f"/api/consultations/{asked.json()['id']}/hand-over"
    assert service.client("clinic").post(path, json=body).status_code == 200
    return int(asked.json()["id"])


def _shared(service: Service) -> dict[str, int]:
    """A bed of the county hospital, a request of the clinic, and a box for the first mother."""
    with writing(service.parts.engine) as conn:
        people.add_gateway(conn, "gw-county", "other token", 3)
        people.add_device(conn, BOX, "other token", "gw-county")
    county, clinic = service.client("county"), service.client("clinic")
    bed = {"kind": "bed", "begin": "2020-01-01T00:00", "end": "2090-01-01T00:00"}
    box = {"device_id": BOX, "holder_id": 4, "mother_id": 1, "condition": "new"}
    made = {
        "offer_id": county.post("/api/resources/offers", json=bed),
        "request_id": clinic.post("/api/resources/requests", json=bed),
        "lease_id": county.post("/api/leases", json={**box, "until": "2090-01-01T00:00"}),
    }
    return {name: answer.json()["id"] for name, answer in made.items()}
