"""The reading service: readings, what was said in them, their steps, who reads blind."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _add_readings()
    _add_reading_opinions()
    _add_reading_steps()
    _add_reading_settings()


def _add_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("wanted_ms", sa.BigInteger(), nullable=False),
        sa.Column("deadline_ms", sa.BigInteger(), nullable=False),
        sa.Column("overdue_ms", sa.BigInteger(), nullable=True),
        sa.Column("raised_ms", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_ms", sa.BigInteger(), nullable=True),
        sa.Column("signed_class", sa.String(length=16), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("to_mother", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["organisations.id"], name=op.f("fk_readings_holder_id")
        ),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_readings_mother_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_readings_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_readings_person_id")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_readings_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_mother_id"), "readings", ["mother_id"])
    op.create_index(op.f("ix_readings_organisation_id"), "readings", ["organisation_id"])
    op.create_index(op.f("ix_readings_phase"), "readings", ["phase"])
    op.create_index(op.f("ix_readings_recording_id"), "readings", ["recording_id"])


def _add_reading_opinions() -> None:
    op.create_table(
        "reading_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=16), nullable=False),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("machine", sa.String(length=16), nullable=True),
        sa.Column("rules_version", sa.String(length=40), nullable=True),
        sa.Column("through_s", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_reading_opinions_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reading_opinions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["readings.id"], name=op.f("fk_reading_opinions_reading_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_opinions")),
    )
    op.create_index(op.f("ix_reading_opinions_reading_id"), "reading_opinions", ["reading_id"])


def _add_reading_steps() -> None:
    op.create_table(
        "reading_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_reading_steps_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reading_steps_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["readings.id"], name=op.f("fk_reading_steps_reading_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_steps")),
    )
    op.create_index(op.f("ix_reading_steps_reading_id"), "reading_steps", ["reading_id"])


def _add_reading_settings() -> None:
    op.create_table(
        "reading_settings",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_reading_settings_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_reading_settings")),
    )
