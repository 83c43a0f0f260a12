"""What was found in a recording, again and again while it runs, and once when it has ended.

The newest assessment of a recording has the whole document; of those before it only the verdict
and its reasons are kept.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from cloud.store.recordings import HOME
from cloud.store.tables import assessments, recordings

KEPT = ("verdict", "reasons", "baseline_bpm", "bandwidth_bpm", "stv_ms", "quality", "rules_version")


@dataclass(frozen=True)
class Stored:
    recording_id: int
    at_s: float  # recorded second up to which it looked
    made_ms: int
    verdict: str
    body: str  # JSON: the document of models.live.Shown

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


def add(conn: Connection, new: Stored) -> None:
    before = conn.execute(_newest(new.recording_id)).first()
    if before is not None:
        document = json.loads(before.body)
        brief = json.dumps({name: document[name] for name in KEPT if name in document})
        conn.execute(update(assessments).where(assessments.c.id == before.id).values(body=brief))
    conn.execute(insert(assessments).values(vars(new)))


def latest(conn: Connection, recording_id: int) -> Stored | None:
    row = conn.execute(_newest(recording_id)).first()
    if row is None:
        return None
    return Stored(row.recording_id, row.at_s, row.made_ms, row.verdict, row.body)


def verdicts(conn: Connection, recording_ids: Collection[int]) -> dict[int, tuple[str, float]]:
    """(verdict, at_s) of the newest of each, without the document, which is large."""
    newest = (
        select(func.max(assessments.c.id))
        .where(assessments.c.recording_id.in_(recording_ids))
        .group_by(assessments.c.recording_id)
    )
    query = select(assessments.c.recording_id, assessments.c.verdict, assessments.c.at_s)
    rows = conn.execute(query.where(assessments.c.id.in_(newest)))
    return {row.recording_id: (row.verdict, row.at_s) for row in rows}


def _newest(recording_id: int) -> Any:
    query = select(assessments).where(assessments.c.recording_id == recording_id)
    return query.order_by(assessments.c.id.desc()).limit(1)


def unfinished(conn: Connection, since_ms: int = 0) -> list[int]:
    """The recordings that have ended since then but were not assessed after their end: a restart
    or a fault came in between, and their last seconds may not have been looked at."""
    last_look = (
        select(assessments.c.id)
        .where(
            assessments.c.recording_id == recordings.c.id,
            assessments.c.made_ms >= recordings.c.closed_ms,
        )
        .exists()
    )
    is_trace = recordings.c.gateway_id != HOME
    ended = recordings.c.closed_ms >= since_ms
    query = select(recordings.c.id).where(ended, ~last_look, is_trace)
    return list(conn.scalars(query.order_by(recordings.c.id)))
