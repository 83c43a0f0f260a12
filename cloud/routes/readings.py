"""The reading service as JSON: the queue, one reading, what people do with it, how it does.

The rules are in cloud.readings.moves; who sees what of a blind reading in cloud.readings.views.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import Connection

from cloud.deps import Id, Now, Principal, Services, ServicesDep, VisibleRecording, Who, sees
from cloud.hub import may_see
from cloud.readings import moves, stats, views
from cloud.readings.moves import Read, Signed
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import changes, opinions, readings, recordings, sight
from cloud.store.db import reading, writing
from cloud.store.readings import Reading
from models.readings import SENTENCES, Class

router = APIRouter(tags=["readings"])
MONTH_MS = 31 * 24 * 3600 * 1000
Said = Literal["normal", "suspicious", "pathological", "unreadable"]
Deceleration = Literal["none", "early", "late", "variable", "prolonged"]


def _filled(given: object) -> object:
    """A field that was left empty is null on a page, and empty words here."""
    return "" if given is None else given


def _several(given: object) -> object:
    """One of them, or none, is chosen on a page."""
    return [] if given is None else [given] if isinstance(given, str) else given


Words = Annotated[str, BeforeValidator(_filled), Field(max_length=1000)]
Reason = Annotated[str, BeforeValidator(_filled), Field(max_length=300)]


class Asked(BaseModel):
    model_config = example(reason="she feels less movement since noon", priority="soon", blind=True)
    reason: Reason = ""
    priority: Literal["urgent", "soon", "routine"] | None = None
    blind: bool | None = None  # None: as the organisation has it


class Why(BaseModel):
    model_config = example(reason="is this a late deceleration or an artefact?")
    reason: Reason = ""


class Features(BaseModel):
    """What the reader says of each; what is left out was not said."""

    baseline_bpm: Annotated[int, Field(ge=30, le=240)] | None = None
    variability: Literal["absent", "minimal", "moderate", "marked"] | None = None
    accelerations: Literal["present", "absent"] | None = None
    decelerations: Annotated[
        list[Deceleration], BeforeValidator(_several), Field(max_length=5)
    ] = []


class Opinion(BaseModel):
    model_config = example(
        said="suspicious",
        features={"baseline_bpm": 150, "variability": "minimal", "decelerations": ["variable"]},
        findings="two variable decelerations, recovery within 40 s",
        advice="repeat within two hours",
    )
    said: Said
    features: Features = Features()
    findings: Words = ""
    advice: Words = ""


class Signature(BaseModel):
    model_config = example(
        said="suspicious", sentences=["look_again", "again_today"], to_mother="", confirmed=True
    )
    said: Said
    sentences: list[str] = Field([], max_length=len(SENTENCES))
    to_mother: Words = ""
    confirmed: bool | None = None


class Settings(BaseModel):
    model_config = example(blind=True)
    blind: bool


def visible_reading(reading_id: Id, who: Who, parts: ServicesDep) -> Reading:
    """The reading of the path; 404 when its recording is not theirs, as if it did not exist."""
    with reading(parts.engine) as conn:
        found = readings.get(conn, reading_id)
        recording = recordings.get(conn, found.recording_id) if found else None
        if found is None or recording is None or not sees(conn, who, recording):
            raise HTTPException(404, "no such reading")
        return found


VisibleReading = Annotated[Reading, Depends(visible_reading)]


@router.get("/api/readings")
def list_readings(who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """Staff: all that are open, by deadline, and the newest signed. A mother: her signed ones."""
    with reading(parts.engine) as conn:
        organisation_id = who.organisation_id if who.role == "hospital" else None
        rows = readings.visible(conn, organisation_id=organisation_id, mother_id=who.mother_id)
        may = sight.organisations_of_all(conn, {row.recording_id for row in rows})
        seen = [r for r in rows if may_see(who.viewer, r.mother_id, may[r.recording_id])]
        return _views(conn, seen, who, now_ms)


@router.get("/api/readings/statistics")
def get_statistics(
    who: Who, parts: ServicesDep, now_ms: Now, months: Annotated[int, Query(ge=1, le=36)] = 12
) -> list[dict[str, Any]]:
    """Volume, turnaround and agreement by organisation and month; a hospital sees its own."""
    own = {who.organisation_id or 0} if who.role == "hospital" else None
    with reading(parts.engine) as conn:
        return stats.statistics(conn, now_ms - months * MONTH_MS, own)


@router.get("/api/readings/settings", summary="Whether the own organisation reads blind")
def get_settings(who: Who, parts: ServicesDep) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        return {"blind": opinions.reads_blind(conn, who.organisation_id)}


@router.put("/api/readings/settings")
def put_settings(wanted: Settings, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Of the own organisation; it holds for what is queued from now on."""
    if who.organisation_id is None:
        raise HTTPException(409, "this account belongs to no organisation")
    with writing(parts.engine) as conn:
        before = opinions.reads_blind(conn, who.organisation_id)
        opinions.set_blind(conn, who.organisation_id, wanted.blind)
        changes.add(
            conn, "reads_blind", before, wanted.blind, now_ms,
            person_id=who.person_id, organisation_id=who.organisation_id,
        )  # fmt: skip
    return {"blind": wanted.blind}


@router.get("/api/readings/{reading_id}", summary="One reading, as its viewer may see it")
def get_reading(found: VisibleReading, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    return _view(parts, found.id, who, now_ms)


@router.get("/api/recordings/{recording_id}/readings")
def of_recording(
    recording: VisibleRecording, who: Who, parts: ServicesDep, now_ms: Now
) -> list[dict[str, Any]]:
    """All of a recording, oldest first: whoever may see the recording sees who read it."""
    with reading(parts.engine) as conn:
        return _views(conn, readings.of_recording(conn, recording.id), who, now_ms)


@router.post("/api/recordings/{recording_id}/readings")
def ask(
    recording: VisibleRecording, asked: Asked, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Ask for a reading; once one is signed, only with a reason."""
    do = partial(
        moves.want, recording=recording, actor=who, reason=asked.reason.strip(),
        now_ms=now_ms, priority=asked.priority, blind=asked.blind,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


@router.post("/api/readings/{reading_id}/take")
def take(found: VisibleReading, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Begin to read, or take it over from a reader who is past the deadline."""
    do = partial(moves.take, reading_id=found.id, actor=who, now_ms=now_ms)
    return _change(parts, who, do, now_ms)


@router.post("/api/readings/{reading_id}/give-back", summary="Give a reading back to the queue")
def give_back(
    found: VisibleReading, why: Why, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    return _with_reason(moves.give_back, found, why, who, parts, now_ms)


@router.post("/api/readings/{reading_id}/raise")
def raise_level(
    found: VisibleReading, why: Why, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Ask the centre's experts."""
    return _with_reason(moves.raise_level, found, why, who, parts, now_ms)


@router.post("/api/readings/{reading_id}/read")
def read(
    found: VisibleReading, said: Opinion, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Save the own class; a blind reader sees the machine's after this."""
    features = said.features.model_dump(exclude_none=True, exclude_defaults=True)
    own = Read(Class(said.said), features, said.findings.strip(), said.advice.strip())
    do = partial(moves.save, reading_id=found.id, actor=who, read=own, now_ms=now_ms)
    return _change(parts, who, do, now_ms)


@router.post("/api/readings/{reading_id}/sign", summary="Sign a reading; the mother is told")
def sign(
    found: VisibleReading, given: Signature, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    signed = Signed(Class(given.said), given.sentences, given.to_mother.strip(), given.confirmed)
    do = partial(moves.sign, reading_id=found.id, actor=who, signed=signed, now_ms=now_ms)
    return _change(parts, who, do, now_ms)


def _with_reason(
    move: Callable[..., Reading],
    found: Reading,
    why: Why,
    who: Principal,
    parts: Services,
    now_ms: int,
) -> dict[str, Any]:
    do = partial(move, reading_id=found.id, actor=who, reason=why.reason.strip(), now_ms=now_ms)
    return _change(parts, who, do, now_ms)


def _change(
    parts: Services, who: Principal, do: Callable[[Connection], Reading], now_ms: int
) -> dict[str, Any]:
    with in_words():
        changed = parts.readings.change(do)
    return _view(parts, changed.id, who, now_ms)


def _view(parts: Services, reading_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = readings.get(conn, reading_id)
        assert found is not None
        return views.staff_views(conn, [found], who, now_ms)[0]


def _views(
    conn: Connection, rows: Sequence[Reading], who: Principal, now_ms: int
) -> list[dict[str, Any]]:
    if who.role == "mother":
        return views.mother_views(conn, rows)
    return views.staff_views(conn, rows, who, now_ms)
