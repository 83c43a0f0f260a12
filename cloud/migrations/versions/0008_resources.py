"""What members share, leases of boxes, signal of recordings; indexes that the figures need."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
_LEASED = sa.text("phase = 'leased'")


def upgrade() -> None:
    _offers()
    _requests()
    _leases()
    for table, owner in (("resource_steps", "request_id"), ("lease_steps", "lease_id")):
        _steps(table, owner)
    op.create_table(
        "recording_signal",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("recorded_s", sa.Float(), nullable=False),
        sa.Column("good_s", sa.Float(), nullable=False),
        sa.Column("frames_ms", sa.BigInteger(), nullable=False),
        _refers("recording_signal", "recording_id", "recordings"),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_recording_signal")),
    )
    op.create_index(op.f("ix_recordings_opened_ms"), "recordings", ["opened_ms"])
    op.create_index(op.f("ix_alert_steps_event_at_ms"), "alert_steps", ["event", "at_ms"])
    op.create_index(op.f("ix_readings_signed_ms"), "readings", ["signed_ms"])
    op.create_index(op.f("ix_reading_opinions_at_ms"), "reading_opinions", ["at_ms"])


def _offers() -> None:
    op.create_table(
        "resource_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        _refers("resource_offers", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_offers")),
    )
    _indexes("resource_offers", "organisation_id", "to_ms")


def _requests() -> None:
    op.create_table(
        "resource_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("within_km", sa.Float(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("lender_id", sa.Integer(), nullable=True),
        sa.Column("out_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("reminded_ms", sa.BigInteger(), nullable=True),
        _refers("resource_requests", "organisation_id", "organisations"),
        _refers("resource_requests", "offer_id", "resource_offers"),
        _refers("resource_requests", "lender_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_requests")),
    )
    _indexes("resource_requests", "organisation_id", "lender_id", "phase")


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=60), nullable=False),
        sa.Column("lender_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("mother_id", sa.Integer(), nullable=True),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("deposit", sa.String(length=120), nullable=False),
        sa.Column("policy", sa.String(length=120), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("reminded_ms", sa.BigInteger(), nullable=True),
        _refers("leases", "device_id", "devices"),
        _refers("leases", "lender_id", "organisations"),
        _refers("leases", "holder_id", "organisations"),
        _refers("leases", "mother_id", "mothers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leases")),
    )
    _indexes("leases", "lender_id", "holder_id", "mother_id")
    op.create_index(
        "uq_leases_device_id", "leases", ["device_id"], unique=True,
        sqlite_where=_LEASED, postgresql_where=_LEASED,
    )  # fmt: skip


def _steps(table: str, owner: str) -> None:
    owners = {"request_id": "resource_requests", "lease_id": "leases"}
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(owner, sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        _refers(table, owner, owners[owner]),
        _refers(table, "organisation_id", "organisations"),
        _refers(table, "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _indexes(table, owner)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
