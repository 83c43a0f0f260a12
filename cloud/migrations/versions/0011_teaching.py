"""Teaching: the case library with its consents, and the online school."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _library()
    _school()
    import_module("cloud.migrations.versions.0010_audit").protect("teaching_consents")


def _library() -> None:
    _table(
        "teaching_consents",
        _id(),
        _refers("mother_id"),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        _refers("person_id", nullable=True),
        mother_id="mothers",
        person_id="people",
    )
    _table(
        "cases",
        _id(),
        _refers("reading_id"),
        _refers("recording_id"),
        _refers("mother_id"),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        _refers("person_id"),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("patterns", sa.Text(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=True),
        sa.Column("age_years", sa.Integer(), nullable=True),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        sa.Column("said", sa.String(length=16), nullable=False),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        reading_id="readings",
        recording_id="recordings",
        mother_id="mothers",
        person_id="people",
    )
    _table(
        "case_reads",
        _id(),
        _refers("case_id"),
        _refers("person_id"),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.String(length=16), nullable=True),
        sa.Column("patterns", sa.Text(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_case_reads_case_id_person_id")),
        case_id="cases",
        person_id="people",
    )
    _indexes("teaching_consents", "mother_id")
    _indexes("cases", "mother_id", "reading_id")
    _indexes("case_reads", "person_id")


def _school() -> None:
    _table(
        "courses",
        _id(),
        *(sa.Column(f"title_{code}", sa.String(length=120), nullable=False) for code in _LANGUAGES),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _table(
        "lessons",
        _id(),
        _refers("course_id"),
        sa.Column("place", sa.Integer(), nullable=False),
        *(sa.Column(f"title_{code}", sa.String(length=120), nullable=False) for code in _LANGUAGES),
        *(sa.Column(f"text_{code}", sa.Text(), nullable=False) for code in _LANGUAGES),
        sa.Column("from_week", sa.Integer(), nullable=False),
        sa.Column("to_week", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        course_id="courses",
    )
    _table(
        "live_dates",
        _id(),
        _refers("course_id"),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("teacher", sa.String(length=120), nullable=False),
        sa.Column("how", sa.String(length=300), nullable=False),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        course_id="courses",
    )
    _table(
        "lesson_progress",
        _id(),
        _refers("lesson_id"),
        _refers("mother_id"),
        sa.Column("done_ms", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint(
            "lesson_id", "mother_id", name=op.f("uq_lesson_progress_lesson_id_mother_id")
        ),
        lesson_id="lessons",
        mother_id="mothers",
    )
    op.create_table(
        "live_guests",
        _refers("live_id"),
        _refers("mother_id"),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_id"], ["live_dates.id"], name=op.f("fk_live_guests_live_id")
        ),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_live_guests_mother_id")
        ),
        sa.PrimaryKeyConstraint("live_id", "mother_id", name=op.f("pk_live_guests")),
    )
    _indexes("lessons", "course_id")
    _indexes("live_dates", "course_id", "at_ms")
    _indexes("lesson_progress", "mother_id")


_LANGUAGES = ("en", "zh")


def _id() -> "sa.Column[int]":
    return sa.Column("id", sa.Integer(), nullable=False)


def _refers(name: str, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _table(name: str, *parts: "sa.schema.SchemaItem", **to: str) -> None:
    """`to`: the table to which each of these columns refers."""
    keys = (
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
        for column, table in to.items()
    )
    op.create_table(name, *parts, *keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
