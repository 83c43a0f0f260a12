"""What Alembic runs: on the connection, and inside the transaction, that migrate() gives it."""

from alembic import context

from cloud.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, when BEGIN is ours: an upgrade is all or nothing
)
context.run_migrations()
