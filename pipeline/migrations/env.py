"""Alembic's environment: the connection is given by `pipeline.migrate`; no .ini file."""

from alembic import context

from pipeline.tables import ROOMS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=list(ROOMS),
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
