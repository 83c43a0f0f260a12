"""Green channels and referrals, and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _add_referrals()
    _add_green_channels()
    _add_referral_steps()
    _add_green_steps()


def _add_referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("requested_ms", sa.BigInteger(), nullable=False),
        sa.Column("transport", sa.String(length=120), nullable=False),
        sa.Column("expected_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["referrals.id"], name=op.f("fk_referrals_answers_id")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_referrals_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["organisations.id"], name=op.f("fk_referrals_from_id")
        ),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_referrals_mother_id")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_referrals_recording_id")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["organisations.id"], name=op.f("fk_referrals_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_answers_id"), "referrals", ["answers_id"])
    op.create_index(op.f("ix_referrals_from_id"), "referrals", ["from_id"])
    op.create_index(op.f("ix_referrals_mother_id"), "referrals", ["mother_id"])
    op.create_index(op.f("ix_referrals_recording_id"), "referrals", ["recording_id"])
    op.create_index(op.f("ix_referrals_to_id"), "referrals", ["to_id"])


def _add_green_channels() -> None:
    op.create_table(
        "green_channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("expected_ms", sa.BigInteger(), nullable=True),
        sa.Column("expected_how", sa.Text(), nullable=False),
        sa.Column("bed", sa.Boolean(), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_green_channels_alert_id")
        ),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_green_channels_mother_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_green_channels_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_green_channels_recording_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_green_channels_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_green_channels")),
    )
    op.create_index(op.f("ix_green_channels_alert_id"), "green_channels", ["alert_id"])
    op.create_index(op.f("ix_green_channels_mother_id"), "green_channels", ["mother_id"])
    op.create_index(
        op.f("ix_green_channels_organisation_id"), "green_channels", ["organisation_id"]
    )
    op.create_index(op.f("ix_green_channels_recording_id"), "green_channels", ["recording_id"])
    op.create_index(op.f("ix_green_channels_referral_id"), "green_channels", ["referral_id"])


def _add_referral_steps() -> None:
    op.create_table(
        "referral_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_referral_steps_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_referral_steps_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_referral_steps_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_steps")),
    )
    op.create_index(op.f("ix_referral_steps_referral_id"), "referral_steps", ["referral_id"])


def _add_green_steps() -> None:
    op.create_table(
        "green_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("green_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["green_id"], ["green_channels.id"], name=op.f("fk_green_steps_green_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_green_steps_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_green_steps_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_green_steps")),
    )
    op.create_index(op.f("ix_green_steps_green_id"), "green_steps", ["green_id"])
