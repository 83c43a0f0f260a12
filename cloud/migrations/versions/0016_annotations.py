"""Words of staff on a stretch of a strip."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
_REFERS = {
    "recording_id": "recordings.id",
    "person_id": "people.id",
    "organisation_id": "organisations.id",
    "replaces_id": "annotations.id",
}


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("from_s", sa.Float(), nullable=False),
        sa.Column("to_s", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_annotations_{name}"))
            for name, other in _REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index(op.f("ix_annotations_recording_id"), "annotations", ["recording_id"])
    import_module("cloud.migrations.versions.0010_audit").protect("annotations")
