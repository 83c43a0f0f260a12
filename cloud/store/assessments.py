"""What was found in a recording, again and again while it runs, and once when it has ended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from cloud.store.tables import assessments, recordings


@dataclass(frozen=True)
class Stored:
    recording_id: int
    at_s: float  # recorded second up to which it looked
    made_ms: int
    verdict: str
    body: Mapping[str, Any]  # models.assess.Assessment.to_json()


def add(conn: Connection, new: Stored) -> None:
    conn.execute(insert(assessments).values({**vars(new), "body": json.dumps(new.body)}))


def latest(conn: Connection, recording_id: int) -> Stored | None:
    query = select(assessments).where(assessments.c.recording_id == recording_id)
    row = conn.execute(query.order_by(assessments.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return Stored(row.recording_id, row.at_s, row.made_ms, row.verdict, json.loads(row.body))


def unfinished(conn: Connection) -> list[int]:
    """The recordings that have ended but were not assessed after their end: a restart came in
    between, and their last seconds may not have been looked at."""
    last_look = (
        select(assessments.c.id)
        .where(
            assessments.c.recording_id == recordings.c.id,
            assessments.c.made_ms >= recordings.c.closed_ms,
        )
        .exists()
    )
    query = select(recordings.c.id).where(recordings.c.closed_ms.is_not(None), ~last_look)
    return list(conn.scalars(query.order_by(recordings.c.id)))
