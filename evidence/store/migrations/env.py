"""Alembic runs the migrations on the connection that the store hands it, in the store's own transaction."""

from __future__ import annotations

from alembic import context

from evidence.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
