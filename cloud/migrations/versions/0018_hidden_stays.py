"""What is hidden is so from its first day; nobody is moved there or away: the database refuses."""

from alembic import op

revision = "0018"
down_revision = "0017"
_MOVES = """
SELECT 1 FROM organisations WHERE hidden AND id IN (OLD.organisation_id, NEW.organisation_id)
"""
_SQLITE = (
    """
    CREATE TRIGGER organisations_hidden_stays BEFORE UPDATE OF hidden ON organisations
    WHEN OLD.hidden IS NOT NEW.hidden
    BEGIN SELECT RAISE(ABORT, 'an organisation is hidden when it is made, or never'); END
    """,
    f"""
    CREATE TRIGGER mothers_hidden_stay BEFORE UPDATE OF organisation_id ON mothers
    WHEN OLD.organisation_id IS NOT NEW.organisation_id AND EXISTS ({_MOVES})
    BEGIN SELECT RAISE(ABORT, 'nobody is moved to a hidden organisation, or away'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION lucina_hidden_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
    IF OLD.hidden IS DISTINCT FROM NEW.hidden THEN
    RAISE EXCEPTION 'an organisation is hidden when it is made, or never';
    END IF;
    RETURN NEW;
    END $$
    """,
    f"""
    CREATE FUNCTION lucina_hidden_mother_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
    IF OLD.organisation_id IS DISTINCT FROM NEW.organisation_id AND EXISTS ({_MOVES}) THEN
    RAISE EXCEPTION 'nobody is moved to a hidden organisation, or away';
    END IF;
    RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER hidden_stays BEFORE UPDATE ON organisations
    FOR EACH ROW EXECUTE FUNCTION lucina_hidden_stays()
    """,
    """
    CREATE TRIGGER hidden_stays BEFORE UPDATE ON mothers
    FOR EACH ROW EXECUTE FUNCTION lucina_hidden_mother_stays()
    """,
)


def upgrade() -> None:
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
