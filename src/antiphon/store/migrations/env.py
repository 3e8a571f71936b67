"""Alembic runs this; the connection, with its transaction and lock, comes from `store/migrate.py`."""

from alembic import context

from antiphon.store.tables import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables)
with context.begin_transaction():
    context.run_migrations()
