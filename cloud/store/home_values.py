"""What mothers measured at home, by hand or by device, and the advice on it: all the SQL."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store import steps
from cloud.store.recordings import Recording
from cloud.store.tables import advice, home_values
from device import payloads
from device.payloads import GAP_16, VITAL_SIGNS
from device.wire import VITALS, Frame, WireError
from models.advice import Phase
from models.alerts import NotAllowed

UNITS = {  # of each measure
    "pressure": "mmHg",
    "glucose": "mmol/L",
    "weight": "kg",
    "spo2": "%",
    "pulse": "/min",
    "temperature": "°C",
    "movements": "",
}
STREAMED_MS = 300_000  # a device says these all the time: the first of so long is kept
_STREAMED = ("spo2", "pulse")
_UNJUDGED = (  # a tick asks it: built once
    select(home_values)
    .where(~home_values.c.judged)
    .order_by(home_values.c.id)
    .limit(bindparam("at_most"))
)
_ADD = {
    "sqlite": sqlite.insert(home_values).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(home_values).on_conflict_do_nothing(),
}


@dataclass(frozen=True)
class HomeValue:
    """A row of `home_values`; see cloud.store.pregnancy_tables for each field."""

    id: int
    mother_id: int
    measure: str
    at_ms: int
    value: float
    other: float | None
    context: str
    recording_id: int | None
    slot: int | None
    person_id: int | None
    made_ms: int
    undone_ms: int | None
    judged: bool


@dataclass(frozen=True)
class Advice:
    """A row of `advice`."""

    id: int
    mother_id: int
    value_id: int
    rule: str
    version: str
    args: Mapping[str, Any]
    phase: Phase
    words: str
    reason: str
    made_ms: int
    decided_ms: int | None
    person_id: int | None


def add(conn: Connection, **values: Any) -> HomeValue:
    """One that was entered by hand."""
    row = {**values, "judged": False}
    query = insert(home_values).values(row).returning(*home_values.c)
    return HomeValue(**conn.execute(query).one()._mapping)


def add_from_frames(conn: Connection, recording: Recording, frames: Sequence[Frame]) -> None:
    """What the VITALS among these frames of a mother measured. Storing it twice is harmless."""
    if recording.mother_id is None:
        return
    rows = [
        {
            "mother_id": recording.mother_id,
            "measure": measure,
            "at_ms": _at_ms(recording, frame),
            "value": value,
            "other": other,
            "context": "",
            "recording_id": recording.id,
            "slot": frame.t_ms // (STREAMED_MS if measure in _STREAMED else 1),
            "made_ms": recording.last_frame_ms,
            "judged": False,
        }
        for frame in frames
        if frame.kind == VITALS
        for measure, value, other in _measured(frame)
    ]
    if rows:
        conn.execute(_ADD[conn.dialect.name], rows)


def _at_ms(recording: Recording, frame: Frame) -> int:
    began_ms = recording.start_ms + (recording.clock_offset_ms or 0)
    return began_ms + int(frame.t_ms) // recording.speed


def _measured(frame: Frame) -> list[tuple[str, float, float | None]]:
    try:
        counts = payloads.unpack_vitals(frame.payload)
    except WireError:
        return []
    values = {VITAL_SIGNS[c][0]: n / VITAL_SIGNS[c][1] for c, n in counts.items() if n != GAP_16}
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    found: list[tuple[str, float, float | None]] = []
    if systolic is not None and diastolic is not None:
        found.append(("pressure", systolic, diastolic))
    return found + [(name, value, None) for name, value in values.items() if name in UNITS]


def get(conn: Connection, value_id: int) -> HomeValue | None:
    row = conn.execute(select(home_values).where(home_values.c.id == value_id)).first()
    return None if row is None else HomeValue(**row._mapping)


def of_mother(conn: Connection, mother_id: int, since_ms: int = 0) -> list[HomeValue]:
    """In the order of their time, without those taken back."""
    return of_mothers(conn, [mother_id], since_ms)[mother_id]


def of_mothers(
    conn: Connection, mother_ids: Collection[int], since_ms: int
) -> dict[int, list[HomeValue]]:
    found: dict[int, list[HomeValue]] = {mother_id: [] for mother_id in mother_ids}
    v = home_values.c
    which = v.mother_id.in_(mother_ids) & (v.at_ms >= since_ms) & v.undone_ms.is_(None)
    for row in conn.execute(select(home_values).where(which).order_by(v.at_ms, v.id)):
        found[row.mother_id].append(HomeValue(**row._mapping))
    return found


def undo(conn: Connection, value_id: int, now_ms: int) -> HomeValue | None:
    """It counts no more; None: it did not count any more."""
    still = (home_values.c.id == value_id) & home_values.c.undone_ms.is_(None)
    query = update(home_values).where(still).values(undone_ms=now_ms).returning(*home_values.c)
    row = conn.execute(query).first()
    return None if row is None else HomeValue(**row._mapping)


def unjudged(conn: Connection, limit: int = 500) -> list[HomeValue]:
    return [HomeValue(**row._mapping) for row in conn.execute(_UNJUDGED, {"at_most": limit})]


def set_judged(conn: Connection, value_id: int) -> bool:
    """Whether nobody else has judged it meanwhile."""
    which = (home_values.c.id == value_id) & ~home_values.c.judged
    return conn.execute(update(home_values).where(which).values(judged=True)).rowcount == 1


# -- advice


def propose(conn: Connection, value: HomeValue, **values: Any) -> Advice:
    row = {
        "mother_id": value.mother_id,
        "value_id": value.id,
        "phase": Phase.PROPOSED.value,
        "words": "",
        "reason": "",
        **values,
        "args": steps.as_json(values["args"]),
    }
    return _advice(conn.execute(insert(advice).values(row).returning(*advice.c)).one())


def get_advice(conn: Connection, advice_id: int) -> Advice | None:
    row = conn.execute(select(advice).where(advice.c.id == advice_id)).first()
    return None if row is None else _advice(row)


def advice_of(conn: Connection, mother_id: int, limit: int = 50) -> list[Advice]:
    """Newest first."""
    query = select(advice).where(advice.c.mother_id == mother_id).order_by(advice.c.id.desc())
    return [_advice(row) for row in conn.execute(query.limit(limit))]


def advice_on(conn: Connection, value_id: int) -> list[Advice]:
    query = select(advice).where(advice.c.value_id == value_id).order_by(advice.c.id)
    return [_advice(row) for row in conn.execute(query)]


def proposed(conn: Connection, mother_ids: Collection[int]) -> frozenset[int]:
    """Those of these mothers whose team has advice to decide about."""
    which = advice.c.mother_id.in_(mother_ids) & (advice.c.phase == Phase.PROPOSED.value)
    return frozenset(conn.scalars(select(advice.c.mother_id).where(which).distinct()))


def change_advice(conn: Connection, one: Advice, values: Mapping[str, Any]) -> Advice:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    still = (advice.c.id == one.id) & (advice.c.phase == one.phase.value)
    row = {**values, "phase": values["phase"].value}
    found = conn.execute(update(advice).where(still).values(row).returning(*advice.c)).first()
    if found is None:
        raise NotAllowed(f"advice {one.id} is not {one.phase.value} any more")
    return _advice(found)


def _advice(row: Any) -> Advice:
    return Advice(**{**row._mapping, "args": json.loads(row.args), "phase": Phase(row.phase)})
