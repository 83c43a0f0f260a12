"""Who changed what, when, from what to what. Rows are added and read, never changed."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from cloud.store import audit
from cloud.store.tables import changes


@dataclass(frozen=True)
class Change:
    """A row of `changes`; see cloud.store.routing_tables for each field."""

    id: int
    at_ms: int
    person_id: int | None
    organisation_id: int | None
    mother_id: int | None
    what: str
    before: Any
    after: Any


def add(
    conn: Connection,
    what: str,
    before: Any,
    after: Any,
    at_ms: int,
    *,
    person_id: int | None,
    organisation_id: int | None = None,
    mother_id: int | None = None,
) -> None:
    row = {
        "at_ms": at_ms,
        "person_id": person_id,
        "organisation_id": organisation_id,
        "mother_id": mother_id,
        "what": what,
        "before": json.dumps(before, ensure_ascii=False),
        "after": json.dumps(after, ensure_ascii=False),
    }
    audit.add(conn, changes, row)


def of_organisation(conn: Connection, organisation_id: int, limit: int = 20) -> list[Change]:
    """Newest first; what is about one of its mothers is not its business."""
    return _newest(conn, changes.c.organisation_id == organisation_id, limit, no_mother=True)


def of_mother(conn: Connection, mother_id: int, limit: int = 20) -> list[Change]:
    """Newest first."""
    return _newest(conn, changes.c.mother_id == mother_id, limit, no_mother=False)


def of_kinds(conn: Connection, kinds: Collection[str], limit: int) -> list[Change]:
    """Newest first, whoever they are about."""
    return _newest(conn, changes.c.what.in_(kinds), limit, no_mother=False)


def last_of_organisations(conn: Connection, what: str) -> dict[int, Change]:
    """The newest change of this kind of each organisation that has one."""
    newest = (
        select(func.max(changes.c.id))
        .where(changes.c.what == what, changes.c.organisation_id.is_not(None))
        .group_by(changes.c.organisation_id)
    )
    found = _read(conn, select(changes).where(changes.c.id.in_(newest)))
    return {one.organisation_id: one for one in found if one.organisation_id is not None}


def since(conn: Connection, from_ms: int) -> list[Change]:
    """All from then on, oldest first."""
    return _read(conn, select(changes).where(changes.c.at_ms >= from_ms).order_by(changes.c.id))


def _newest(conn: Connection, which: Any, limit: int, no_mother: bool) -> list[Change]:
    query = select(changes).where(which).order_by(changes.c.id.desc()).limit(limit)
    if no_mother:
        query = query.where(changes.c.mother_id.is_(None))
    return _read(conn, query)


def _read(conn: Connection, query: Select[Any]) -> list[Change]:
    rows = (row._mapping for row in conn.execute(query))
    return [
        Change(**{**row, "before": json.loads(row.before), "after": json.loads(row.after)})
        for row in rows
    ]
