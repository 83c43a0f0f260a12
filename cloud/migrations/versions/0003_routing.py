"""Who can be asked: capabilities, duty rosters, consents, positions, and what was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _add_columns()
    _add_duties()
    _add_consents()
    _add_changes()
    op.create_table(
        "positions",
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_ahead_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_wrong", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_positions_mother_id")),
        sa.PrimaryKeyConstraint("mother_id", name=op.f("pk_positions")),
    )


def _add_columns() -> None:
    no, shanghai = sa.false(), "Asia/Shanghai"
    op.add_column(
        "organisations", sa.Column("by_roster", sa.Boolean(), nullable=False, server_default=no)
    )
    op.add_column("organisations", sa.Column("nicu", sa.Boolean(), nullable=True))
    op.add_column("organisations", sa.Column("blood_bank", sa.Boolean(), nullable=True))
    op.add_column(
        "organisations", sa.Column("zone", sa.String(60), nullable=False, server_default=shanghai)
    )
    op.create_index(op.f("ix_people_organisation_id"), "people", ["organisation_id"])


def _add_duties() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("from_min", sa.Integer(), nullable=False),
        sa.Column("to_min", sa.Integer(), nullable=False),
        sa.Column("nobody", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_duties_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duties_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    for columns in (("organisation_id", "role"), ("role", "weekday"), ("role", "day")):
        op.create_index(op.f(f"ix_duties_{'_'.join(columns)}"), "duties", [*columns])


def _add_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_consents_mother_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_consents_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_mother_id"), "consents", ["mother_id"])


def _add_changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("mother_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_changes_organisation_id")
        ),
        sa.ForeignKeyConstraint(["mother_id"], ["mothers.id"], name=op.f("fk_changes_mother_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_changes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_mother_id"), "changes", ["mother_id"])
    op.create_index(op.f("ix_changes_organisation_id"), "changes", ["organisation_id"])
