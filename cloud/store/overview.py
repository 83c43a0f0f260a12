"""What the centre's overview reads: verdicts of the last hours, by mother and block of time."""

from collections.abc import Collection

from sqlalchemy import BigInteger, Connection, cast, or_, select

from cloud.store.hidden import shown
from cloud.store.recordings import HOME
from cloud.store.tables import assessments, recordings


def verdict_blocks(
    conn: Connection, since_ms: int, block_ms: int, but_of: Collection[int]
) -> list[tuple[int, int, str]]:
    """(mother, number of the block after `since_ms`, verdict), each once, by recorded time; of all
    recordings but these."""
    into_ms = cast(assessments.c.at_s * 1000, BigInteger) // recordings.c.speed
    at_ms = recordings.c.start_ms + into_ms
    block = ((at_ms - since_ms) // block_ms).label("block")
    query = (
        select(recordings.c.mother_id, block, assessments.c.verdict)
        .join(recordings, recordings.c.id == assessments.c.recording_id)
        .where(
            recordings.c.mother_id.is_not(None),
            recordings.c.id.not_in(but_of),
            recordings.c.gateway_id != HOME,
            shown(recordings.c.mother_id),
            or_(recordings.c.closed_ms.is_(None), recordings.c.closed_ms >= since_ms),
            at_ms >= since_ms,
        )
        .distinct()
    )
    return [(row.mother_id, row.block, row.verdict) for row in conn.execute(query)]
