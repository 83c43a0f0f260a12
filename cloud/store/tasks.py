"""Calls that a person has to make, and alarms that were kept silent: all the SQL about both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store import hidden
from cloud.store.alerts import OVER, Alert
from cloud.store.tables import alarm_log, alerts, tasks

RECENT = 50  # of what is done, for the list
_OPEN_AGAIN: dict[str, Any] = {  # one of a kind for each alert: an older one is open again
    "index_elements": ["alert_id", "kind"],
    "set_": {"made_ms": bindparam("again_ms"), "done_ms": None, "person_id": None, "outcome": '""'},
    "where": tasks.c.made_ms < bindparam("since_ms"),
}
_ADD = {
    "sqlite": sqlite.insert(tasks).on_conflict_do_update(**_OPEN_AGAIN),
    "postgresql": postgresql.insert(tasks).on_conflict_do_update(**_OPEN_AGAIN),
}

_UNANSWERED = (  # a tick asks it: put together once
    select(alerts.c.id)
    .where(
        alerts.c.kind == "patient",
        alerts.c.mother_id.is_not(None),
        alerts.c.mother_answer.is_(None),
        alerts.c.raised_ms <= bindparam("before_ms"),
        alerts.c.phase.not_in([phase.value for phase in OVER]),
        ~exists().where(
            tasks.c.alert_id == alerts.c.id,
            or_(tasks.c.made_ms >= alerts.c.raised_ms, tasks.c.done_ms.is_(None)),
        ),
        hidden.shown(alerts.c.mother_id),
    )
    .order_by(alerts.c.id)
)


@dataclass(frozen=True)
class Task:
    """A row of `tasks`; see cloud.store.task_tables for each field."""

    id: int
    alert_id: int
    recording_id: int
    mother_id: int
    kind: str
    made_ms: int
    done_ms: int | None
    person_id: int | None
    outcome: Mapping[str, Any] | str


@dataclass(frozen=True)
class Silent:
    """A row of `alarm_log`."""

    rule: str
    from_s: float
    to_s: float
    reason: Mapping[str, Any]
    made_ms: int


def add(conn: Connection, alert: Alert, kind: str, now_ms: int) -> bool:
    """Whether it is new: the first since the alert was raised, or became more urgent."""
    row = {
        "alert_id": alert.id,
        "recording_id": alert.recording_id,
        "mother_id": alert.mother_id,
        "kind": kind,
        "made_ms": now_ms,
        "outcome": '""',
    }
    again = {"again_ms": now_ms, "since_ms": alert.raised_ms}
    return conn.execute(_ADD[conn.dialect.name].values(row), again).rowcount > 0


def unanswered(conn: Connection, before_ms: int) -> list[int]:
    """Patient alerts raised by then that are not over, that she has not answered, and for which
    nobody has been asked to call since they were raised or became more urgent."""
    return list(conn.scalars(_UNANSWERED, {"before_ms": before_ms}))


def get(conn: Connection, task_id: int) -> Task | None:
    row = conn.execute(select(tasks).where(tasks.c.id == task_id)).first()
    return None if row is None else _task(row)


def shown(conn: Connection) -> list[Task]:
    """The open ones, oldest first, and the newest of the others."""
    still = select(tasks).where(tasks.c.done_ms.is_(None)).order_by(tasks.c.made_ms, tasks.c.id)
    done = select(tasks).where(tasks.c.done_ms.is_not(None)).order_by(tasks.c.done_ms.desc())
    rows = [*conn.execute(still), *conn.execute(done.limit(RECENT))]
    return [_task(row) for row in rows]


def open_of(conn: Connection, alert_id: int) -> list[Task]:
    query = select(tasks).where(tasks.c.alert_id == alert_id, tasks.c.done_ms.is_(None))
    return [_task(row) for row in conn.execute(query.order_by(tasks.c.id))]


def finish(
    conn: Connection,
    task_id: int,
    person_id: int | None,
    outcome: Mapping[str, Any] | str,
    now_ms: int,
) -> bool:
    """Whether it was open: the first who did it stays."""
    said = json.dumps(outcome, ensure_ascii=False)
    row = {"done_ms": now_ms, "person_id": person_id, "outcome": said}
    still = (tasks.c.id == task_id) & tasks.c.done_ms.is_(None)
    return conn.execute(update(tasks).where(still).values(row)).rowcount > 0


def note_silent(conn: Connection, recording_id: int, new: Silent) -> None:
    """Keep it; while it goes on, what was kept is prolonged."""
    mine = (alarm_log.c.recording_id == recording_id) & (alarm_log.c.rule == new.rule)
    overlaps = mine & (alarm_log.c.to_s >= new.from_s) & (alarm_log.c.from_s <= new.to_s)
    row = {**vars(new), "reason": json.dumps(new.reason), "recording_id": recording_id}
    last = conn.execute(select(alarm_log.c.id, alarm_log.c.to_s).where(overlaps)).first()
    if last is None:
        conn.execute(insert(alarm_log).values(row))
    elif new.to_s > last.to_s:
        later = {"to_s": new.to_s, "reason": row["reason"]}
        conn.execute(update(alarm_log).where(alarm_log.c.id == last.id).values(later))


def silent_of(conn: Connection, recording_id: int) -> list[Silent]:
    """What was kept silent in a recording, by its second."""
    names = [alarm_log.c[name] for name in ("rule", "from_s", "to_s", "reason", "made_ms")]
    query = select(*names).where(alarm_log.c.recording_id == recording_id)
    rows = conn.execute(query.order_by(alarm_log.c.from_s))
    return [Silent(**{**row._mapping, "reason": json.loads(row.reason)}) for row in rows]


def _task(row: Any) -> Task:
    return Task(**{**row._mapping, "outcome": json.loads(row.outcome)})
