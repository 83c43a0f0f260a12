"""The pregnancy record: dates, risk, plans, home values, advice, team and tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "pregnancies",
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("dated_by", sa.String(length=8), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("dated_days", sa.Integer(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("height_cm", sa.Float(), nullable=True),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("gravida", sa.Integer(), nullable=True),
        sa.Column("para", sa.Integer(), nullable=True),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("allergies", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_pregnancies_mother_id")
        ),
        sa.PrimaryKeyConstraint("mother_id", name=op.f("pk_pregnancies")),
    )
    op.create_table(
        "relatives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_relatives_mother_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relatives")),
    )
    op.create_index(op.f("ix_relatives_mother_id"), "relatives", ["mother_id"], unique=False)
    op.create_table(
        "care_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"], name=op.f("fk_care_tasks_done_by")),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_care_tasks_mother_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_care_tasks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_tasks")),
    )
    op.create_index(
        op.f("ix_care_tasks_mother_id_done_ms"),
        "care_tasks",
        ["mother_id", "done_ms"],
        unique=False,
    )
    op.create_table(
        "care_team",
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_care_team_mother_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_care_team_person_id")),
        sa.PrimaryKeyConstraint("mother_id", "role", name=op.f("pk_care_team")),
    )
    op.create_index(op.f("ix_care_team_person_id"), "care_team", ["person_id"], unique=False)
    op.create_table(
        "home_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("other", sa.Float(), nullable=True),
        sa.Column("context", sa.String(length=16), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("undone_ms", sa.BigInteger(), nullable=True),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_home_values_mother_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_home_values_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_home_values_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_values")),
        sa.UniqueConstraint(
            "recording_id", "measure", "slot", name=op.f("uq_home_values_recording_id_measure_slot")
        ),
    )
    op.create_index(op.f("ix_home_values_judged"), "home_values", ["judged"], unique=False)
    op.create_index(
        op.f("ix_home_values_mother_id_at_ms"), "home_values", ["mother_id", "at_ms"], unique=False
    )
    op.create_table(
        "missed_days",
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_missed_days_mother_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_missed_days_person_id")
        ),
        sa.PrimaryKeyConstraint("mother_id", "day", name=op.f("pk_missed_days")),
    )
    op.create_table(
        "monitoring_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("per_week", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("from_week", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_monitoring_plans_mother_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_monitoring_plans_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_plans")),
    )
    op.create_index(
        op.f("ix_monitoring_plans_mother_id"), "monitoring_plans", ["mother_id"], unique=False
    )
    op.create_table(
        "risk_assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("bmi", sa.Float(), nullable=True),
        sa.Column("met", sa.Text(), nullable=False),
        sa.Column("computed", sa.String(length=8), nullable=False),
        sa.Column("colour", sa.String(length=8), nullable=False),
        sa.Column("purple", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["mother_id"], ["mothers.id"], name=op.f("fk_risk_assessments_mother_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_risk_assessments_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_risk_assessments_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessments")),
    )
    op.create_index(
        op.f("ix_risk_assessments_mother_id"), "risk_assessments", ["mother_id"], unique=False
    )
    op.create_table(
        "advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("value_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_advice_mother_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_advice_person_id")),
        sa.ForeignKeyConstraint(["value_id"], ["home_values.id"], name=op.f("fk_advice_value_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice")),
    )
    op.create_index(op.f("ix_advice_mother_id"), "advice", ["mother_id"], unique=False)
    op.create_index(op.f("ix_advice_value_id"), "advice", ["value_id"], unique=False)
    # ### end Alembic commands ###
