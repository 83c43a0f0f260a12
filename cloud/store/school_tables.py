"""The tables of the online school. Times are Unix milliseconds."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from cloud.store.metadata import metadata

courses = Table(
    "courses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title_en", String(120), nullable=False),
    Column("title_zh", String(120), nullable=False),
    Column("demo", Boolean, nullable=False, server_default=false()),  # made by `lucina run`
)

lessons = Table(
    "lessons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("place", Integer, nullable=False),  # in the course, 1 first
    Column("title_en", String(120), nullable=False),
    Column("title_zh", String(120), nullable=False),
    Column("text_en", Text, nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("from_week", Integer, nullable=False),  # of pregnancy, first for which it is
    Column("to_week", Integer, nullable=False),  # last
    Column("link", String(300), nullable=False),  # a path on this server; "": none
    Index(None, "course_id"),
)

live_dates = Table(
    "live_dates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("teacher", String(120), nullable=False),
    Column("how", String(300), nullable=False),  # how to join, in words
    Column("cancelled_ms", BigInteger),
    Index(None, "course_id"),
    Index(None, "at_ms"),
)

lesson_progress = Table(
    "lesson_progress",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lesson_id", ForeignKey("lessons.id"), nullable=False),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("done_ms", BigInteger, nullable=False),
    UniqueConstraint("lesson_id", "mother_id"),
    Index(None, "mother_id"),
)

live_guests = Table(
    "live_guests",
    metadata,
    Column("live_id", ForeignKey("live_dates.id"), primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),  # when she said that she comes
)
