"""What happened, in order: the tables that are only ever added to.

Such a table has the columns of its Step, a dataclass with an owner's id, a `phase` (an Enum) and
a `text` (JSON: {"text": msgid, "args": {...}}, or a person's own words).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, insert, select

from cloud.store import audit

S = TypeVar("S")


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def add(conn: Connection, table: Table, step: Any, audited: bool = True) -> None:
    row = {**vars(step), "phase": step.phase.value, "text": as_json(step.text)}
    if audited:
        audit.add(conn, table, row)
    else:
        conn.execute(insert(table).values(row))


def read(row: Row[Any], made: Callable[..., S], phase: type[Enum]) -> S:
    values = {key: value for key, value in row._mapping.items() if key != "id"}
    return made(**{**values, "phase": phase(row.phase), "text": json.loads(row.text)})


def by_owner(
    conn: Connection,
    table: Table,
    owner: str,
    ids: Collection[int],
    made: Callable[..., S],
    phase: type[Enum],
) -> dict[int, list[S]]:
    """The steps of each of these, in the order in which they happened; none: an empty list."""
    found: dict[int, list[S]] = defaultdict(list)
    query = select(table).where(table.c[owner].in_(ids)).order_by(table.c.id)
    for row in conn.execute(query):
        found[row._mapping[owner]].append(read(row, made, phase))
    return found
