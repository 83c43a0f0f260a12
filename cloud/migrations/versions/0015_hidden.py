"""A hidden organisation, and steps of its alerts that may be removed: the canary's, after a day."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
_ITS_OWN = """
SELECT 1 FROM alerts JOIN mothers ON mothers.id = alerts.mother_id
JOIN organisations ON organisations.id = mothers.organisation_id
WHERE alerts.id = OLD.alert_id AND organisations.hidden
"""
_SQLITE = f"""
CREATE TRIGGER alert_steps_only_added_delete BEFORE DELETE ON alert_steps
WHEN NOT EXISTS ({_ITS_OWN})
BEGIN SELECT RAISE(ABORT, 'rows of alert_steps are only added'); END
"""
_POSTGRESQL = f"""
CREATE FUNCTION lucina_only_added_but_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP = 'DELETE' AND EXISTS ({_ITS_OWN}) THEN RETURN OLD; END IF;
RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    op.add_column(
        "organisations",
        sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL)
        op.execute("DROP TRIGGER only_added_row ON alert_steps")
        op.execute(
            "CREATE TRIGGER only_added_row BEFORE UPDATE OR DELETE ON alert_steps"
            " FOR EACH ROW EXECUTE FUNCTION lucina_only_added_but_hidden()"
        )
        return
    op.execute("DROP TRIGGER alert_steps_only_added_delete")
    op.execute(_SQLITE)
