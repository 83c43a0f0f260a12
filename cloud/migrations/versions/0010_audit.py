"""The audit becomes a chain that only grows, with all that was written down before; who looked."""

import sqlalchemy as sa
from alembic import op

from cloud.store.audit import Unsealed, row_sha256, seal

revision = "0010"
down_revision = "0009"
# As the chain begins. What later migrations put into it they protect by protect() themselves.
SOURCES = (
    "alert_steps",
    "changes",
    "consents",
    "consultation_messages",
    "green_steps",
    "lease_steps",
    "looks",
    "reading_opinions",
    "reading_steps",
    "referral_steps",
    "resource_steps",
)
_REFUSE = """
CREATE OR REPLACE FUNCTION lucina_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("row_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("source", "row_id", name=op.f("uq_audit_source_row_id")),
    )
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_looks_mother_id")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_looks_recording_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_looks_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_looks_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint(
            "person_id", "mother_id", "about", "hour",
            name=op.f("uq_looks_person_id_mother_id_about_hour"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_looks_mother_id_at_ms"), "looks", ["mother_id", "at_ms"])
    conn = op.get_bind()
    seal(conn, _before(conn))
    if conn.dialect.name == "postgresql":
        op.execute(_REFUSE)
    for table in (*SOURCES, "audit"):
        protect(table)


def _before(conn: sa.Connection) -> list[Unsealed]:
    """All rows that there are, in the order in which they were written, as well as is known."""
    found: list[Unsealed] = []
    for name in SOURCES:
        table = sa.Table(name, sa.MetaData(), autoload_with=conn, resolve_fks=False)
        found += [
            Unsealed(row.at_ms, name, row.id, row_sha256(row._mapping))
            for row in conn.execute(sa.select(table))
        ]
    return sorted(found, key=lambda row: (row.at_ms, row.source, row.row_id))


def protect(table: str) -> None:
    """Nobody who comes by SQL changes or removes a row without taking the trigger away first."""
    if op.get_bind().dialect.name == "postgresql":
        for events, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER only_added_{each.lower()} BEFORE {events} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION lucina_only_added()"
            )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_only_added_{event.lower()} BEFORE {event} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
        )
