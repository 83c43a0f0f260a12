"""Consultations; messages that are about no recording; recordings that were removed unbound."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _add_consultations()
    _add_messages()
    _add_reads()
    _free_messages_of_recordings()
    op.add_column("recordings", sa.Column("removed_ms", sa.BigInteger(), nullable=True))


def _add_consultations() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("opener_id", sa.Integer(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=True),
        sa.Column("late_ms", sa.BigInteger(), nullable=True),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        _refers("consultations", "mother_id", "mothers"),
        _refers("consultations", "organisation_id", "organisations"),
        _refers("consultations", "person_id", "people"),
        _refers("consultations", "opener_id", "people"),
        _refers("consultations", "former_id", "consultations"),
        _refers("consultations", "alert_id", "alerts"),
        _refers("consultations", "referral_id", "referrals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
    )
    for column in ("mother_id", "organisation_id", "phase"):
        op.create_index(op.f(f"ix_consultations_{column}"), "consultations", [column])


def _add_messages() -> None:
    table = "consultation_messages"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("start_s", sa.Float(), nullable=True),
        sa.Column("end_s", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR event = 'moved'", name=op.f("ck_messages_of_people")
        ),
        _refers(table, "consultation_id", "consultations"),
        _refers(table, "person_id", "people"),
        _refers(table, "organisation_id", "organisations"),
        _refers(table, "to_id", "organisations"),
        _refers(table, "to_person_id", "people"),
        _refers(table, "recording_id", "recordings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_messages")),
    )
    for column in ("consultation_id", "recording_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add_reads() -> None:
    table = "consultation_reads"
    op.create_table(
        table,
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        _refers(table, "message_id", "consultation_messages"),
        _refers(table, "person_id", "people"),
        sa.PrimaryKeyConstraint("message_id", "person_id", name=op.f("pk_consultation_reads")),
    )


def _free_messages_of_recordings() -> None:
    """SQLite copies a table to change a column, and empties the old one first: what refers to it
    stands aside meanwhile."""
    conn = op.get_bind()
    if conn.dialect.name != "sqlite":
        op.alter_column("messages", "recording_id", nullable=True)
        return
    made = conn.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'message_tries'"))
    listed = "SELECT sql FROM sqlite_master WHERE tbl_name = 'message_tries' AND type = 'index'"
    indexes = [sql for sql in conn.scalars(sa.text(listed)) if sql]
    op.execute("CREATE TEMPORARY TABLE kept_tries AS SELECT * FROM message_tries")
    op.drop_table("message_tries")
    with op.batch_alter_table("messages") as batch:
        batch.alter_column("recording_id", existing_type=sa.Integer(), nullable=True)
    for sql in (made, *indexes):
        op.execute(sql)
    op.execute("INSERT INTO message_tries SELECT * FROM kept_tries")
    op.execute("DROP TABLE kept_tries")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
