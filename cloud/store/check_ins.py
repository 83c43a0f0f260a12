"""What mothers answered before they recorded: all the SQL about it."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from cloud.store import audit
from cloud.store.tables import check_ins
from models.check_in import Answers


@dataclass(frozen=True)
class CheckIn:
    """A row of `check_ins`."""

    id: int
    at_ms: int
    mother_id: int
    answers: Answers


def add(conn: Connection, mother_id: int, person_id: int, answers: Answers, now_ms: int) -> CheckIn:
    row = {
        "at_ms": now_ms,
        "mother_id": mother_id,
        "person_id": person_id,
        "feels": answers.feels,
        "moves": answers.moves,
        "signs": json.dumps(sorted(answers.signs)),
    }
    return _read(audit.add(conn, check_ins, row))


def of_mother(conn: Connection, mother_id: int, limit: int = 5) -> list[CheckIn]:
    """The newest first."""
    query = select(check_ins).where(check_ins.c.mother_id == mother_id)
    return [_read(row) for row in conn.execute(query.order_by(check_ins.c.id.desc()).limit(limit))]


def _read(row: Any) -> CheckIn:
    answers = Answers(row.feels, row.moves, tuple(json.loads(row.signs)))
    return CheckIn(row.id, row.at_ms, row.mother_id, answers)
