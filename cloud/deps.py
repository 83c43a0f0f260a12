"""What routes ask for: the parts of the service, who is asking, and what they may see."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Path, Request
from sqlalchemy import Connection, Engine

from cloud import auth
from cloud.access import ACCESS, ANYBODY, NEWCOMER, Scope
from cloud.admin.first_run import FirstRun
from cloud.alerts.service import Alerting
from cloud.audit.looking import STAFF, Looking
from cloud.cases.service import Library
from cloud.clock import Clock, wall_ms
from cloud.config import Settings
from cloud.consultations.service import Consultations
from cloud.firmware.service import Updating
from cloud.health.metrics import Metrics
from cloud.health.service import Health
from cloud.hospitals.consenting import Consenting
from cloud.hospitals.planner import Planner
from cloud.hub import SEE_ALL, Hub, Viewer, may_see
from cloud.ingest import Ingest
from cloud.journeys.service import Journeys
from cloud.live import Live
from cloud.outgoing.receipts import Receipts
from cloud.pregnancy.service import Pregnancies
from cloud.readings.service import Readings
from cloud.resources.service import Sharing
from cloud.store import hidden, logins, people, readings, recordings, sight
from cloud.store.db import reading

MAX_ID = 2**63 - 1  # the databases refuse more; a larger one is nobody's
Id = Annotated[int, Path(ge=1, le=MAX_ID)]


@dataclass(frozen=True)
class Principal:
    """Who is asking. A device or gateway has no person, a person has no box."""

    role: str  # of cloud.access, or ANYBODY
    person_id: int | None = None
    organisation_id: int | None = None
    mother_id: int | None = None
    box_id: str | None = None  # device or gateway
    name: str = ""

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.role, self.organisation_id, self.mother_id)


@dataclass
class Services:
    """The running parts of one cloud process."""

    settings: Settings
    engine: Engine
    live: Live
    hub: Hub
    alerting: Alerting
    planner: Planner
    consenting: Consenting
    consultations: Consultations
    journeys: Journeys
    readings: Readings
    sharing: Sharing
    updating: Updating
    pregnancies: Pregnancies
    looking: Looking
    library: Library
    ingest: Ingest
    receipts: Receipts
    push_key: str | None  # what browsers subscribe to; None: web push is not set up
    health: Health
    metrics: Metrics
    first_run: FirstRun
    verifier: auth.Verifier
    failures: auth.Failures
    stopping: asyncio.Event  # set when the service ends: streams must not outlive it
    clock: Clock = wall_ms


def services(request: Request) -> Services:
    parts: Services = request.app.state.services
    return parts


ServicesDep = Annotated[Services, Depends(services)]


def now(parts: ServicesDep) -> int:
    return parts.clock()


Now = Annotated[int, Depends(now)]  # ms since 1970, UTC, when the request came


def authorise(request: Request, parts: ServicesDep) -> Principal:
    """Whoever asks, if the table lets their role use this route: else 401 or 403."""
    if request.method not in ("GET", "HEAD"):
        refuse_foreign_origin(request)
    with reading(parts.engine) as conn:
        principal = identify(conn, parts.settings, request)
    roles = roles_of(request)
    if principal.role == NEWCOMER and not {ANYBODY, NEWCOMER} & roles.keys():
        raise HTTPException(403, "choose a password first", {"Location": "/password"})
    if ANYBODY not in roles and principal.role not in roles:
        known = principal.role != ANYBODY
        raise HTTPException(403 if known else 401, "not for this role" if known else "log in first")
    return principal


Who = Annotated[Principal, Depends(authorise)]


def roles_of(request: Request) -> dict[str, Scope]:
    return ACCESS.get((request.method, request.scope["route"].path), {})


def identify(conn: Connection, settings: Settings, request: Request) -> Principal:
    header = request.headers.get("authorization", "")
    if header.startswith("Bearer "):
        return _box(conn, header.removeprefix("Bearer "))
    found = read_login(settings, request)
    person = logins.person_of(conn, found[0]) if found else None
    if found is None or person is None or not auth.still_valid(found[1], person.password_hash):
        return Principal(ANYBODY)
    if person.disabled_ms is not None or (person.demo and not settings.demo):
        return Principal(ANYBODY)
    if person.one_time:
        return Principal(NEWCOMER, person.id, name=person.name)
    return Principal(
        person.role, person.id, person.organisation_id, person.mother_id, None, person.name
    )


def read_login(settings: Settings, request: Request) -> tuple[str, str] | None:
    """Of its cookie: cloud.auth.read_cookie."""
    secret = settings.secret.get_secret_value()
    return auth.read_cookie(secret, request.cookies.get(auth.COOKIE, ""))


def _box(conn: Connection, credentials: str) -> Principal:
    """Bearer ID:TOKEN of a device or a gateway."""
    name, _, token = credentials.partition(":")
    if people.token_fits(people.get_device(conn, name), token):
        return Principal("device", box_id=name)
    if people.token_fits(people.get_gateway(conn, name), token):
        return Principal("gateway", box_id=name)
    return Principal(ANYBODY)


def refuse_foreign_origin(request: Request) -> None:
    """A form or script of another site must not act with this person's cookie."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:  # browsers send no Sec-Fetch headers to plain http addresses
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign:
        raise HTTPException(403, "this request came from another site")


def seen_of(
    conn: Connection, who: Principal, rows: Sequence[recordings.Recording]
) -> list[recordings.Recording]:
    """Those of these recordings that they may see, in their order."""
    if who.role == "device":
        return [row for row in rows if row.device_id == who.box_id]
    if who.role == "gateway":
        return [row for row in rows if row.gateway_id == who.box_id]
    ids = [row.id for row in rows]
    hospitals = sight.organisations_of_all(conn, ids) if who.role == "hospital" else {}
    hides = hidden.mothers_hidden(conn) if who.role in SEE_ALL else frozenset()
    return [
        row
        for row in rows
        if may_see(who.viewer, row.mother_id, hospitals.get(row.id), row.mother_id in hides)
    ]


def sees(conn: Connection, who: Principal, recording: recordings.Recording) -> bool:
    return bool(seen_of(conn, who, [recording]))


def find_visible(conn: Connection, who: Principal, recording_id: int) -> recordings.Recording:
    recording = recordings.get(conn, recording_id)
    if recording is None or not sees(conn, who, recording):
        raise HTTPException(404, "no such recording")
    return recording


def visible_recording(recording_id: Id, who: Who, parts: ServicesDep) -> recordings.Recording:
    """The recording of the path; 404 when it is not theirs, as if it did not exist. That staff
    looked at it is written down."""
    with reading(parts.engine) as conn:
        found = find_visible(conn, who, recording_id)
    note_look(parts, who, found.mother_id, found.id)
    return found


def note_look(
    parts: Services, who: Principal, mother_id: int | None, recording_id: int | None = None
) -> None:
    """For her to see; without a recording it is a look at her record."""
    if who.role in STAFF and who.person_id is not None and mother_id is not None:
        place_id = who.organisation_id
        parts.looking.note(who.person_id, place_id, mother_id, recording_id, parts.clock())


VisibleRecording = Annotated[recordings.Recording, Depends(visible_recording)]


def visible_alert(alert_id: Id, who: Who, parts: ServicesDep) -> dict[str, Any]:
    """The view of the alert of the path; 404 like its recording, and for who reads that blind when
    the alert is closed: an open one may need somebody."""
    view = parts.alerting.view(alert_id)
    if view is not None:
        with reading(parts.engine) as conn:
            recording = recordings.get(conn, view["recording_id"])
            if recording is not None and sees(conn, who, recording):
                blind = readings.is_held_unread(conn, recording.id, who.person_id)
                if not (blind and view["phase"] == "closed"):
                    return view
    raise HTTPException(404, "no such alert")


VisibleAlert = Annotated[dict[str, Any], Depends(visible_alert)]


def shown_organisation(organisation_id: Id, parts: ServicesDep) -> people.Organisation:
    """The organisation of the path; 404 when there is none, and for the canary's."""
    with reading(parts.engine) as conn:
        found = people.get_organisation(conn, organisation_id)
    if found is None or found.hidden:
        raise HTTPException(404, "no such organisation")
    return found


ShownOrganisation = Annotated[people.Organisation, Depends(shown_organisation)]
