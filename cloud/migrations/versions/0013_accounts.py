"""Accounts that an administrator gives and takes: disabled ones, and passwords for one login."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("people", sa.Column("disabled_ms", sa.BigInteger(), nullable=True))
    op.add_column(
        "people",
        sa.Column("one_time", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
