"""Who looked at whose data: once for each person, recording (or record) and hour."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store import audit
from cloud.store.tables import looks, organisations, people, recordings

HOUR_MS = 3600 * 1000
_NEW = {  # the first of an hour stays
    "sqlite": sqlite.insert(looks).on_conflict_do_nothing().returning(*looks.c),
    "postgresql": postgresql.insert(looks).on_conflict_do_nothing().returning(*looks.c),
}


@dataclass(frozen=True)
class Look:
    at_ms: int  # first of that hour
    recording_id: int | None  # None: at her record
    start_ms: int | None  # of the recording
    person: str
    organisation: str | None
    organisation_zh: str | None


def add(
    conn: Connection, *, mother_id: int, recording_id: int | None, person_id: int,
    organisation_id: int | None, at_ms: int,
) -> None:  # fmt: skip
    row = {
        "at_ms": at_ms,
        "hour": at_ms // HOUR_MS,
        "mother_id": mother_id,
        "recording_id": recording_id,
        "about": f"recording {recording_id}" if recording_id else "record",
        "person_id": person_id,
        "organisation_id": organisation_id,
    }
    added = conn.execute(_NEW[conn.dialect.name], row).first()
    if added is not None:
        audit.note(conn, looks, added)


def of_mother(conn: Connection, mother_id: int, limit: int = 50) -> list[Look]:
    """Newest first."""
    p, o, r = people.c, organisations.c, recordings.c
    query = (
        select(looks.c.at_ms, looks.c.recording_id, r.start_ms, p.name, o.name, o.name_zh)
        .join(people, p.id == looks.c.person_id)
        .outerjoin(organisations, o.id == looks.c.organisation_id)
        .outerjoin(recordings, r.id == looks.c.recording_id)
        .where(looks.c.mother_id == mother_id)
        .order_by(looks.c.at_ms.desc(), looks.c.id.desc())
        .limit(limit)
    )
    return [Look(*row) for row in conn.execute(query)]
