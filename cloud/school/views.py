"""The school for one viewer: a mother's lessons in the order that fits her, or all with counts."""

from typing import Any

from sqlalchemy import Connection

from cloud.gestation import weeks_of
from cloud.store import people, school
from models.school import fits, in_order

LIVE_SHOWN_MS = 2 * 3600 * 1000  # a live date is shown so long after it began


def mother_view(conn: Connection, mother_id: int, now_ms: int) -> dict[str, Any]:
    mother = people.get_mother(conn, mother_id)
    weeks = weeks_of(conn, mother, now_ms) if mother else None
    done, comes = school.done_by(conn, mother_id), school.coming(conn, mother_id)
    titles = {course.id: course for course in school.all_courses(conn)}
    lessons = in_order(school.all_lessons(conn), weeks, done)
    return {
        "weeks": weeks,
        "done": len(done),
        "lessons": [
            {
                **vars(lesson),
                "course": vars(titles[lesson.course_id]),
                "done": lesson.id in done,
                "now": fits(lesson, weeks),
            }
            for lesson in lessons
        ],
        "live": [
            {**vars(live), "course": vars(titles[live.course_id]), "comes": live.id in comes}
            for live in school.live_from(conn, now_ms - LIVE_SHOWN_MS)
        ],
    }


def staff_view(conn: Connection, now_ms: int) -> dict[str, Any]:
    """All courses with how many mothers have done each lesson and come to each live date."""
    done, guests = school.counts(conn)
    lessons, dates = school.all_lessons(conn), school.live_from(conn, now_ms - LIVE_SHOWN_MS)
    return {
        "courses": [
            {
                **vars(course),
                "lessons": [
                    {**vars(lesson), "done": done.get(lesson.id, 0)}
                    for lesson in lessons
                    if lesson.course_id == course.id
                ],
                "live": [
                    {**vars(live), "guests": guests.get(live.id, 0)}
                    for live in dates
                    if live.course_id == course.id
                ],
            }
            for course in school.all_courses(conn)
        ]
    }
