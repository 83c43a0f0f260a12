"""Every route with every kind of asker: cloud.access.ACCESS says what must come out."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from cloud import demo
from cloud.access import ACCESS, ANYBODY
from cloud.auth import COOKIE
from cloud.canary import kit as kits
from cloud.store import hidden, people
from cloud.store.db import writing
from models.synth import synthetic
from tests.cloud.web import world
from tests.cloud.web.service import Service

# asker -> (role, whether the recording of the first mother is theirs)
ASKERS = {
    "nobody": (ANYBODY, False),
    "mother1": ("mother", True),
    "mother2": ("mother", False),
    "clinic": ("hospital", True),  # her own hospital
    "county": ("hospital", True),  # was asked about her alert
    "hospital": ("hospital", False),
    "centre": ("centre", True),
    "admin": ("admin", True),
    "probe-1": ("device", True),
    "probe-2": ("device", False),
    demo.GATEWAY: ("gateway", True),
    "gw-other": ("gateway", False),
}
BODIES: dict[str, dict[str, Any]] = {
    "readings": {"reason": "again"},
    "consultations": {"text": "is it normal?"},
    "hand-over": {"person_id": 1, "reason": "my shift ends"},
    "end": {"summary": "all is well"},
    "settings": {"blind": True},
    "read": {"said": "normal"},
    "raise": {"reason": "late or artefact?"},
    "sign": {"said": "normal", "sentences": ["good"]},
    "position": {"latitude": 31.2, "longitude": 121.4, "at_ms": 1, "sent_ms": 1},
    "consents": {"organisation_id": None, "allowed": True},
    "state": {"on_call": "roster", "free_beds": 3, "nicu": True, "blood_bank": True},
    "duties": {"duties": []},
    "ticks": {"item": "theatre", "done": True},
    "messages": {"language": "en", "contacts": []},
    "answer": {"answer": "call_me"},
    "decline": {"reason": "no bed"},
    "handle": {"reason": "spoke with her"},
    "dating": {"by": "scan", "on": "2026-06-28", "weeks": 13, "days": 2},
    "about": {"phone": "555-0101"},
    "contacts": {"name": "Lin Wei", "phone": "555-0199", "relation": "husband"},
    "risk": {"criteria": ["scar"]},
    "plan": {"per_week": 4, "minutes": 20},
    "values": {"systolic": 118, "diastolic": 74},
    "{advice_id}": {"event": "approve"},
    "{care_task_id}": {"note": "called"},
    "check-in": {"feels": "well", "moves": "usual"},
    "marks": {"kind": "movement"},
    "annotations": {"from_s": 5, "text": "a rise"},
}

# the last ones ask more hospitals, which then see more
ROUTES = sorted(ACCESS, key=lambda route: ("movement" in route[1], route))


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path) of everything the application answers, but files under /static."""
    waiting = list(app.routes)
    while waiting:
        route: Any = waiting.pop()
        inner = getattr(route, "original_router", None)
        if inner is not None:
            waiting += inner.routes
        elif getattr(route, "path", "") != "/static":
            yield from ((method, route.path) for method in route.methods)


def test_every_route_has_a_row_and_every_row_a_route(service: Service) -> None:
    assert set(routes_of(service.app)) == set(ACCESS)


@pytest.fixture(scope="module")
def place(service: Service) -> dict[str, int]:
    return world.fill(service)


def cookies(service: Service) -> dict[str, dict[str, str]]:
    """New logins of those who log in."""
    known = ("mother", "hospital", "centre", "admin")
    clients = {name: service.client(name) for name, (role, _) in ASKERS.items() if role in known}
    return {name: {"cookie": f"{COOKIE}={one.cookies[COOKIE]}"} for name, one in clients.items()}


@pytest.fixture(scope="module")
def headers(service: Service, place: dict[str, int]) -> dict[str, dict[str, str]]:
    """What each asker sends to say who it is."""
    tokens = service.tokens.devices | {
        demo.GATEWAY: service.tokens.gateway,
        "gw-other": "other token",
    }
    found = {name: {"authorization": f"Bearer {name}:{key}"} for name, key in tokens.items()}
    found |= cookies(service)
    return found | {"nobody": {}}


@pytest.fixture(scope="module")
def anybody(service: Service) -> httpx2.Client:
    return service.client()


def expected(route: tuple[str, str], asker: str) -> set[int]:
    role, owns = ASKERS[asker]
    row = ACCESS[route]
    if route[1].startswith("/receipts/"):
        return {403, 422}  # not signed, whoever is logged in
    if route[1].startswith("/verify/"):
        return {404}  # no report has such a token
    if ANYBODY not in row and role not in row:
        return {401 if role == ANYBODY else 403}
    if "_id}" in route[1] and row.get(role) == "own" and not owns:
        return {404}
    return {200, 303, 409, 422}  # let in; 409 and 422: not possible now, or no form was sent


def test_a_mother_sees_only_her_own(service: Service, place: dict[str, int]) -> None:
    """Asked before the walk, in which she reports movements and more hospitals are asked."""
    for account, sees in (("mother1", True), ("mother2", False), ("hospital", False)):
        client = service.client(account)
        recordings = [row["id"] for row in client.get("/api/recordings").json()]
        alerts = [view["id"] for view in client.get("/api/alerts").json()]
        assert (place["recording_id"] in recordings) == sees
        assert (place["alert_id"] in alerts) == sees


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_walk(
    service: Service,
    place: dict[str, int],
    headers: dict[str, dict[str, str]],
    anybody: httpx2.Client,
    route: tuple[str, str],
) -> None:
    method, path = route
    body = BODIES.get(path.rpartition("/")[2])
    url = path.format(
        **place, secret="guess", token="guess", language="zh", version="0", device_id=world.BOX
    )
    wrong = {}
    for asker in ASKERS:
        with anybody.stream(method, url, headers=headers[asker], json=body) as answer:
            if answer.status_code not in expected(route, asker):
                wrong[asker] = answer.status_code
    if path.startswith("/logout"):
        headers.update(cookies(service))
    assert wrong == {}


BESIDE = ("/events", "/", "/admin/audit")  # in the last one is that she was set up
OF_THE_RULE = re.compile('lucina_alert_steps_total{rule="bradycardia_80".*')


def test_nobody_else_sees_the_canary(service: Service, place: dict[str, int]) -> None:
    """Every page, list and event of the others while her alert is told, and what is counted."""
    roles = {"mother": "mother1", "hospital": "county", "admin": "admin", "centre": "centre"}
    clients = {role: service.client(name) for role, name in roles.items()}
    centre = clients["centre"]
    before = counted(centre)
    with writing(service.parts.engine) as conn:
        kit = kits.set_up(conn, demo.GATEWAY, service.url, "mqtt://127.0.0.1:1", 1)
        (own,) = hidden.places(conn)
        mother = people.mothers_of_org(conn, own)[0].id
    trace, _ = synthetic(3, 1, "normal")
    with centre.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        recording = service.play(kit.device, trace)
        alert = service.alert(recording, "bradycardia_80", 61)
        heard = "\n".join([*until_clock(lines), *until_clock(lines)])
    own_page = service.client()
    own_page.post("/login", data={"username": kit.username, "password": kit.password})
    assert [view["id"] for view in own_page.get("/api/alerts").json()] == [alert]
    assert own_page.post(f"/api/alerts/{alert}/accept").json()["phase"] == "accepted"
    assert not re.search(f'"(recording_)?id": {recording}[,}}]|"{recording}": ', heard)
    named = re.compile(f"{kits.NAME}|{kits.SHOWN}|{kits.SHOWN_ZH}")
    for (method, path), row in ACCESS.items():
        if method != "GET" or "{" in path or path.endswith(".xlsx") or path in BESIDE:
            continue
        askers = {"centre"} if ANYBODY in row else row.keys() - {"admin"} or row.keys()
        for role in askers & roles.keys():
            found = named.search(clients[role].get(path).text)
            assert found is None, (role, path, found)
    ids = {"recording_id": recording, "alert_id": alert, "mother_id": mother}
    ids["organisation_id"] = own
    hers = re.compile("/.*{(recording|alert|mother|organisation)_id}")
    for path in (path for method, path in ACCESS if method == "GET" and hers.match(path)):
        for name in ("centre", "admin"):
            assert clients[name].get(path.format(**ids)).status_code in (403, 404), (name, path)
    assert counted(centre) == before


def counted(centre: httpx2.Client) -> list[Any]:
    """What a recording and an alert that was accepted change for everybody."""
    figures = centre.get("/api/statistics").json()["total"]["all"]
    ledger = centre.get("/api/contributions").json()["total"]
    found = [figures["recordings"], figures["patient_alerts"]]
    found += [ledger[name] for name in ("recordings", "asked", "accepted")]
    return [*found, OF_THE_RULE.findall(centre.get("/metrics").text)]


def until_clock(lines: Iterator[str]) -> list[str]:
    """What comes on a stream of events up to its next clock, with that."""
    before = list(takewhile(lambda line: line != "event: clock", lines))
    return [*before, next(lines)]


@pytest.mark.parametrize(
    "header",
    [
        {"authorization": "Bearer probe-1:wrong"},
        {"authorization": "Bearer probe-1"},
        {"authorization": "Bearer :"},
        {"authorization": "Basic cHJvYmUtMTp4"},
        {"cookie": "lucina=WzEsICJ4Il0.aaaa.bbbb"},
        {"cookie": "lucina="},
    ],
)
def test_false_credentials_are_nobody(service: Service, header: dict[str, str]) -> None:
    assert service.client().get("/api/recordings", headers=header).status_code == 401


@pytest.mark.parametrize("number", ["0", "-1", "99999", str(2**63), str(2**80), "x", "1.5"])
def test_numbers_that_are_no_recording(service: Service, number: str) -> None:
    centre = service.client("centre")
    for path in ("/api/recordings/", "/recordings/", "/api/alerts/"):
        assert centre.get(path + number).status_code in (404, 422)
