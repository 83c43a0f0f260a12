"""Where a mother's phone was when it last said so. Only the newest is kept."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from cloud.store.tables import positions


@dataclass(frozen=True)
class Position:
    """A row of `positions`; see cloud.store.routing_tables for each field."""

    mother_id: int
    latitude: float
    longitude: float
    accuracy_m: float | None
    at_ms: int
    clock_ahead_ms: int
    clock_wrong: bool


def keep(conn: Connection, position: Position) -> None:
    """In place of the one before."""
    forget(conn, position.mother_id)
    conn.execute(insert(positions).values(vars(position)))


def of_mother(conn: Connection, mother_id: int) -> Position | None:
    row = conn.execute(_OF, {"mother_id": mother_id}).first()
    return None if row is None else Position(**row._mapping)


def forget(conn: Connection, mother_id: int) -> None:
    conn.execute(delete(positions).where(positions.c.mother_id == mother_id))


_OF = select(positions).where(positions.c.mother_id == bindparam("mother_id"))
