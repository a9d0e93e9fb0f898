"""What Alembic runs: the migrations on the connection that the store gives it, in the store's own transaction."""

from alembic import context

from rempart_store.schema.table import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
