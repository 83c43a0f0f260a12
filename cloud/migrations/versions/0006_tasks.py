"""Reminders, usefulness and catalogue of alerts; calls to make; alarms that were kept silent."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("remind_ms", sa.BigInteger(), nullable=True))
    op.add_column("alerts", sa.Column("useful", sa.Boolean(), nullable=True))
    op.add_column("alerts", sa.Column("catalogue", sa.String(length=8), nullable=True))
    op.create_index(op.f("ix_alerts_remind_ms"), "alerts", ["remind_ms"])
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_tasks_alert_id")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_tasks_recording_id")
        ),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_tasks_mother_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tasks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("alert_id", "kind", name=op.f("uq_tasks_alert_id_kind")),
    )
    op.create_index(op.f("ix_tasks_done_ms"), "tasks", ["done_ms"])
    op.create_table(
        "alarm_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("from_s", sa.Float(), nullable=False),
        sa.Column("to_s", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_alarm_log_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_log")),
    )
    op.create_index(op.f("ix_alarm_log_recording_id"), "alarm_log", ["recording_id"])
