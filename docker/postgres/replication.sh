#!/bin/sh
# The backup job follows the log over the network, as a role of its own (docs/roles.md): "all" in
# pg_hba.conf does not mean replication.
set -eu
echo "host replication ${POSTGRES_DB:-zhongtai}_backup all scram-sha-256" >> "$PGDATA/pg_hba.conf"
