"""The online school: its page, the same as JSON, what the centre writes. Rules: cloud.school."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection

from cloud.deps import Id, Now, Services, ServicesDep, Who
from cloud.hub import changed
from cloud.render import page
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.routes.resources import in_ms, zone_of
from cloud.school import moves, views
from cloud.store import people, school
from cloud.store.db import reading, writing
from models.school import FIRST_WEEK, LAST_WEEK

router = APIRouter(tags=["school"])
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)]
Week = Annotated[int, Field(ge=FIRST_WEEK, le=LAST_WEEK)]


class NewCourse(BaseModel):
    model_config = example(title_en="Monitoring at home", title_zh="在家监护")
    title_en: Line
    title_zh: Line


class Lesson(BaseModel):
    model_config = example(
        title_en="Counting movements", title_zh="数胎动",
        text_en="Sit down once a day. Count for an hour.", text_zh="每天坐下来一次。数一个小时。",
        from_week=28, to_week=41, link="",
    )  # fmt: skip
    title_en: Line
    title_zh: Line
    text_en: Text
    text_zh: Text
    from_week: Week
    to_week: Week
    link: Annotated[str | None, Field(max_length=300)] = None  # a path on this server

    def values(self) -> dict[str, Any]:
        return self.model_dump() | {"link": (self.link or "").strip()}


class NewLive(BaseModel):
    model_config = example(
        at="2026-12-01T19:30", teacher="Midwife Wu", how="Call 021-5550-0004 and say: school"
    )
    at: datetime  # without an offset: of the member's own time zone
    teacher: Line
    how: Annotated[str, Field(max_length=300)]


class Ticked(BaseModel):
    model_config = example(done=True)
    done: bool


class Coming(BaseModel):
    model_config = example(comes=True)
    comes: bool


@router.get("/school", summary="The page of the school: hers by her week, or all for staff")
def school_page(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        if who.role == "mother":
            view = views.mother_view(conn, who.mother_id or 0, now_ms)
            return page(request, "school.html", who, **view)
        zone = zone_of(conn, who)
        return page(
            request, "school_staff.html", who, zone=zone, first=FIRST_WEEK, last=LAST_WEEK,
            **views.staff_view(conn, now_ms),
        )  # fmt: skip


@router.get("/api/school", summary="A mother's lessons by her week; for staff all, with counts")
def get_school(who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        if who.role == "mother":
            return views.mother_view(conn, who.mother_id or 0, now_ms)
        return views.staff_view(conn, now_ms)


@router.post("/api/school/courses", summary="A new course")
def add_course(wanted: NewCourse, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, int]:
    do = partial(
        moves.add_course, actor=who, title_en=wanted.title_en, title_zh=wanted.title_zh,
        now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, do)


@router.post("/api/school/courses/{course_id}/lessons", summary="A new lesson, the last of it")
def add_lesson(
    course_id: Id, lesson: Lesson, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, int]:
    do = partial(
        moves.add_lesson, course_id=course_id, actor=who, lesson=lesson.values(), now_ms=now_ms
    )
    return _change(parts, do)


@router.put("/api/school/lessons/{lesson_id}", summary="Write a lesson anew")
def change_lesson(
    lesson_id: Id, lesson: Lesson, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, int]:
    do = partial(
        moves.change_lesson, lesson_id=lesson_id, actor=who, lesson=lesson.values(), now_ms=now_ms
    )
    return _change(parts, do)


@router.post("/api/school/courses/{course_id}/live", summary="A new live date")
def add_live(
    course_id: Id, wanted: NewLive, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, int]:
    with reading(parts.engine) as conn:
        at_ms = in_ms(wanted.at, zone_of(conn, who))
    live = {"at_ms": at_ms, "teacher": wanted.teacher, "how": wanted.how.strip()}
    do = partial(moves.add_live, course_id=course_id, actor=who, live=live, now_ms=now_ms)
    return _change(parts, do)


@router.post("/api/school/live/{live_id}/cancel", summary="A live date does not take place")
def cancel_live(live_id: Id, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, int]:
    return _change(parts, partial(moves.cancel_live, live_id=live_id, actor=who, now_ms=now_ms))


@router.post("/api/school/lessons/{lesson_id}/done", summary="She has done a lesson, or not")
def tick(
    lesson_id: Id, ticked: Ticked, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, int]:
    def do(conn: Connection) -> int:
        if school.get_lesson(conn, lesson_id) is None:
            raise HTTPException(404, "no such lesson")
        school.set_done(conn, lesson_id, who.mother_id or 0, ticked.done, now_ms)
        return lesson_id

    return _change(parts, do, who.mother_id)


@router.post("/api/school/live/{live_id}/come", summary="She comes to a live date, or not")
def come(live_id: Id, coming: Coming, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, int]:
    def do(conn: Connection) -> int:
        found = school.get_live(conn, live_id)
        if found is None or found.cancelled_ms is not None:
            raise HTTPException(404, "no such live date")
        school.set_coming(conn, live_id, who.mother_id or 0, coming.comes, now_ms)
        return live_id

    return _change(parts, do, who.mother_id)


def _change(
    parts: Services, do: Callable[[Connection], int], mother_id: int | None = None
) -> dict[str, int]:
    """Do it, and tell the pages of staff, and hers. Other mothers see it when they look again."""
    with in_words(), writing(parts.engine) as conn:
        found = do(conn)
        places = frozenset(one.id for one in people.hospitals(conn))
    parts.hub.publish(changed("school", found, mother_id=mother_id, organisation_ids=places))
    return {"id": found}
