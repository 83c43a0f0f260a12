"""What a report prints, read from the store in one look, as far as its reader may see it.

A mother gets the plain report, of a signed reading only: the strip and the doctor's words, nothing
of the machine's. Who reads blind, and has not said yet what it is, prints the strip alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from math import inf
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cloud.alerts.answers import Refused
from cloud.completeness import ledger
from cloud.drawing.marks import Press
from cloud.gestation import gestation_weeks
from cloud.months import centre_zone
from cloud.readings import annotating
from cloud.readings.views import mother_views, staff_views
from cloud.reports import seal
from cloud.store import assessments, marks, people, readings
from cloud.store.people import Mother, Organisation
from cloud.store.recordings import HOME, Recording
from cloud.traces import Gap
from cloud.views import stored_trace
from models.trace import Trace

NOT_SIGNED = "there is no report to print until a doctor has read and signed this recording"
NO_TRACE = "this recording has no strip to print"
TOO_LONG = "this recording lasts %(hours)s h: %(most)d h can be printed"
MOST_S = 8 * 3600


class Viewer(Protocol):
    """Who prints: cloud.deps.Principal is one."""

    @property
    def role(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...


@dataclass(frozen=True)
class Archive:
    """Prints everything: `lucina report`, by who runs the service."""

    role: str = "admin"
    person_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    recording: Recording
    mother: Mother | None
    weeks: int | None  # gestation when the recording began
    organisation: Organisation | None  # her own hospital
    zone: tzinfo
    trace: Trace
    completeness: Mapping[str, Any]  # cloud.completeness.ledger
    gaps: list[Gap]
    document: Mapping[str, Any] | None  # models.live.Shown; None: none, or not to be seen
    reading: Mapping[str, Any] | None  # the view of the signed one: staff's, or the mother's
    annotations: list[dict[str, Any]]  # of staff, those that stand and may be seen
    presses: list[Press]  # of her buttons, in the order of the recording
    seal: seal.Seal
    plain: bool  # for a mother
    hidden: bool  # from a blind reader
    made_ms: int


def gather(conn: Connection, recording: Recording, viewer: Viewer, now_ms: int) -> Facts:
    """Refused: it cannot be printed, or not yet by this person."""
    plain = viewer.role == "mother"
    signed = seal.signed_of(conn, recording.id)
    if plain and signed is None:
        raise Refused(NOT_SIGNED)
    trace = _trace(conn, recording)
    hidden = readings.is_held_unread(conn, recording.id, viewer.person_id)
    mother = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
    own = people.get_organisation(conn, mother.organisation_id or 0) if mother else None
    found = ledger(conn, recording.id) or {}
    view = None
    if signed is not None and not hidden:
        rows = mother_views(conn, [signed]) if plain else staff_views(
            conn, [signed], viewer, now_ms
        )  # fmt: skip
        view = rows[0]
    return Facts(
        recording=recording,
        mother=mother,
        weeks=gestation_weeks(mother.due_date, recording.start_ms, own) if mother else None,
        organisation=own,
        zone=zone_of(conn, recording),
        trace=trace,
        completeness=found,
        gaps=[Gap(one["from_s"], one["to_s"], one["cause"]) for one in found["gaps"]],
        document=None if plain or hidden else _document(conn, recording.id),
        reading=view,
        annotations=[] if plain else _annotations(conn, recording, viewer),
        presses=[Press(one.kind, one.at_s) for one in marks.of_recording(conn, recording.id)],
        seal=seal.seal(conn, recording.id, signed, now_ms),
        plain=plain,
        hidden=hidden,
        made_ms=now_ms,
    )


def zone_of(conn: Connection, recording: Recording) -> tzinfo:
    """Of her own hospital; where there is none, the centre's."""
    mother = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
    own = people.get_organisation(conn, mother.organisation_id or 0) if mother else None
    return ZoneInfo(own.zone if own else centre_zone(conn))


def _trace(conn: Connection, recording: Recording) -> Trace:
    if recording.gateway_id == HOME:
        raise Refused(NO_TRACE)
    trace = stored_trace(conn, recording.id, inf)
    if not len(trace.fhr_bpm):
        raise Refused(NO_TRACE)
    if trace.duration_s > MOST_S:
        hours = f"{trace.duration_s / 3600:.1f}"
        raise Refused(TOO_LONG, hours=hours, most=MOST_S // 3600)
    return trace


def _annotations(conn: Connection, recording: Recording, viewer: Viewer) -> list[dict[str, Any]]:
    rows, _ = annotating.views(conn, recording, viewer)
    return [one for one in rows if one["ended_ms"] is None]


def _document(conn: Connection, recording_id: int) -> Mapping[str, Any] | None:
    """The newest; None: there is none, or of a version that did not keep what is drawn."""
    found = assessments.latest(conn, recording_id)
    document = found.document() if found else {}
    return document if "baseline" in document else None
