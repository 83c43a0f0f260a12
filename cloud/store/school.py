"""Courses, lessons, live dates and how far each mother is: all the SQL about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store.tables import courses, lesson_progress, lessons, live_dates, live_guests

_DONE, _COMES = (
    {
        "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
    }
    for table in (lesson_progress, live_guests)
)


@dataclass(frozen=True)
class Course:
    """A row of `courses`; see cloud.store.school_tables for each field, also of those below."""

    id: int
    title_en: str
    title_zh: str
    demo: bool


@dataclass(frozen=True)
class Lesson:
    id: int
    course_id: int
    place: int
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str
    from_week: int
    to_week: int
    link: str


@dataclass(frozen=True)
class LiveDate:
    id: int
    course_id: int
    at_ms: int
    teacher: str
    how: str
    cancelled_ms: int | None


def all_courses(conn: Connection) -> list[Course]:
    return [Course(*row) for row in conn.execute(select(courses).order_by(courses.c.id))]


def all_lessons(conn: Connection) -> list[Lesson]:
    """By course, in their order."""
    query = select(lessons).order_by(lessons.c.course_id, lessons.c.place, lessons.c.id)
    return [Lesson(*row) for row in conn.execute(query)]


def live_from(conn: Connection, from_ms: int) -> list[LiveDate]:
    """From then on and not cancelled, the next first."""
    c = live_dates.c
    query = select(live_dates).where(c.at_ms >= from_ms, c.cancelled_ms.is_(None))
    return [LiveDate(*row) for row in conn.execute(query.order_by(c.at_ms, c.id))]


def get_course(conn: Connection, course_id: int) -> Course | None:
    row = conn.execute(select(courses).where(courses.c.id == course_id)).first()
    return None if row is None else Course(*row)


def get_lesson(conn: Connection, lesson_id: int) -> Lesson | None:
    row = conn.execute(select(lessons).where(lessons.c.id == lesson_id)).first()
    return None if row is None else Lesson(*row)


def get_live(conn: Connection, live_id: int) -> LiveDate | None:
    row = conn.execute(select(live_dates).where(live_dates.c.id == live_id)).first()
    return None if row is None else LiveDate(*row)


def add_course(conn: Connection, **values: Any) -> int:
    return _add(conn, courses, values)


def add_lesson(conn: Connection, course_id: int, values: Mapping[str, Any]) -> int:
    """The last of its course."""
    last = conn.scalar(select(func.max(lessons.c.place)).where(lessons.c.course_id == course_id))
    return _add(conn, lessons, {**values, "course_id": course_id, "place": (last or 0) + 1})


def add_live(conn: Connection, course_id: int, values: Mapping[str, Any]) -> int:
    return _add(conn, live_dates, {**values, "course_id": course_id})


def change_lesson(conn: Connection, lesson_id: int, values: Mapping[str, Any]) -> None:
    conn.execute(update(lessons).where(lessons.c.id == lesson_id).values(**values))


def cancel_live(conn: Connection, live_id: int, at_ms: int) -> None:
    conn.execute(update(live_dates).where(live_dates.c.id == live_id).values(cancelled_ms=at_ms))


def set_done(conn: Connection, lesson_id: int, mother_id: int, done: bool, at_ms: int) -> None:
    """The first time stays."""
    row = {"lesson_id": lesson_id, "mother_id": mother_id}
    if done:
        conn.execute(_DONE[conn.dialect.name], row | {"done_ms": at_ms})
        return
    c = lesson_progress.c
    mine = (c.lesson_id == lesson_id) & (c.mother_id == mother_id)
    conn.execute(delete(lesson_progress).where(mine))


def set_coming(conn: Connection, live_id: int, mother_id: int, comes: bool, at_ms: int) -> None:
    row = {"live_id": live_id, "mother_id": mother_id}
    if comes:
        conn.execute(_COMES[conn.dialect.name], row | {"at_ms": at_ms})
        return
    c = live_guests.c
    conn.execute(delete(live_guests).where(c.live_id == live_id, c.mother_id == mother_id))


def done_by(conn: Connection, mother_id: int) -> frozenset[int]:
    """The ids of the lessons."""
    c = lesson_progress.c
    return frozenset(conn.scalars(select(c.lesson_id).where(c.mother_id == mother_id)))


def coming(conn: Connection, mother_id: int) -> frozenset[int]:
    """The ids of the live dates."""
    c = live_guests.c
    return frozenset(conn.scalars(select(c.live_id).where(c.mother_id == mother_id)))


def counts(conn: Connection) -> tuple[dict[int, int], dict[int, int]]:
    """How many mothers have done each lesson, and how many come to each live date."""
    done, guests = lesson_progress.c, live_guests.c
    return (
        _pairs(conn, select(done.lesson_id, func.count()).group_by(done.lesson_id)),
        _pairs(conn, select(guests.live_id, func.count()).group_by(guests.live_id)),
    )


def _pairs(conn: Connection, query: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in conn.execute(query)}


def _add(conn: Connection, table: Table, values: Mapping[str, Any]) -> int:
    found: int = conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return found
