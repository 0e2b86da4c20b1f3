"""Alembic's environment: the connection is given by `pipeline.migrate`; no .ini file."""

from alembic import context

from catalog.judging.tables import metadata as catalog_tables
from certs.offers.tables import metadata as certs_tables
from landing.tables import metadata as landing_tables
from ledger.tables import metadata as ledger_tables
from registry.tables import metadata as registry_tables

TABLES = [registry_tables, ledger_tables, landing_tables, catalog_tables, certs_tables]

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES,
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
