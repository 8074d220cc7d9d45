"""Alembic runs the migrations on the connection that the store hands it, in the store's own transaction."""

from __future__ import annotations

from alembic import context

from evidence.store.web_schema import API_KEY

context.configure(
    connection=context.config.attributes["connection"], target_metadata=API_KEY.metadata, transactional_ddl=True
)
context.run_migrations()
