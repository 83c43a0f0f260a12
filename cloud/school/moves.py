"""What the centre writes and what mothers tick, inside one transaction of the caller.

Refused: its words say why. What the centre writes is in the changes, from what to what; which
lessons a mother has done is her own matter and is not.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.store import changes, school
from models.school import too_long

WEEKS = "the first week comes before the last"
LONG = "this sentence is too long, say it in two: %(sentence)s"
ELSEWHERE = "a link is a path on this server, like /static/lesson.pdf"
EMPTY = "a title and a text are needed in both languages"
PAST = "this time is over"


def add_course(conn: Connection, actor: Actor, title_en: str, title_zh: str, now_ms: int) -> int:
    if not (title_en and title_zh):
        raise ReasonMissing(EMPTY)
    course_id = school.add_course(conn, title_en=title_en, title_zh=title_zh, demo=False)
    _write(conn, "course", None, {"id": course_id, "title": title_en}, actor, now_ms)
    return course_id


def add_lesson(
    conn: Connection, course_id: int, actor: Actor, lesson: Mapping[str, Any], now_ms: int
) -> int:
    check(lesson)
    if school.get_course(conn, course_id) is None:
        raise LookupError("no such course")
    lesson_id = school.add_lesson(conn, course_id, lesson)
    _write(conn, "lesson", None, {"id": lesson_id, **lesson}, actor, now_ms)
    return lesson_id


def change_lesson(
    conn: Connection, lesson_id: int, actor: Actor, lesson: Mapping[str, Any], now_ms: int
) -> int:
    check(lesson)
    found = school.get_lesson(conn, lesson_id)
    if found is None:
        raise LookupError("no such lesson")
    before = {name: vars(found)[name] for name in lesson}
    school.change_lesson(conn, lesson_id, lesson)
    ids = {"id": lesson_id}
    _write(conn, "lesson", ids | before, ids | dict(lesson), actor, now_ms)
    return lesson_id


def add_live(
    conn: Connection, course_id: int, actor: Actor, live: Mapping[str, Any], now_ms: int
) -> int:
    if live["at_ms"] <= now_ms:
        raise Refused(PAST)
    if school.get_course(conn, course_id) is None:
        raise LookupError("no such course")
    live_id = school.add_live(conn, course_id, live)
    _write(conn, "live date", None, {"id": live_id, **live}, actor, now_ms)
    return live_id


def cancel_live(conn: Connection, live_id: int, actor: Actor, now_ms: int) -> int:
    found = school.get_live(conn, live_id)
    if found is None:
        raise LookupError("no such live date")
    if found.cancelled_ms is None:
        school.cancel_live(conn, live_id, now_ms)
        then = {"id": live_id, "at_ms": found.at_ms}
        _write(conn, "live date", then, None, actor, now_ms)
    return live_id


def check(lesson: Mapping[str, Any]) -> None:
    """Whether a lesson may be shown to mothers."""
    texts = [lesson[f"{part}_{code}"] for part in ("title", "text") for code in ("en", "zh")]
    if not all(texts):
        raise ReasonMissing(EMPTY)
    if lesson["from_week"] > lesson["to_week"]:
        raise Refused(WEEKS)
    link = lesson["link"]
    if link and (not link.startswith("/") or link.startswith("//") or "\\" in link):
        raise Refused(ELSEWHERE)
    for text in texts:
        if (sentence := too_long(text)) is not None:
            raise Refused(LONG, sentence=sentence[:60])


def _write(conn: Connection, what: str, before: Any, after: Any, actor: Actor, now_ms: int) -> None:
    changes.add(
        conn, what, before, after, now_ms,
        person_id=actor.person_id, organisation_id=actor.organisation_id,
    )  # fmt: skip
