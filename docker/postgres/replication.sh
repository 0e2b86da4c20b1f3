#!/bin/sh
# The backup job follows the log over the network: "all" in pg_hba.conf does not mean replication.
set -eu
echo "host replication ${POSTGRES_USER:-zhongtai} all scram-sha-256" >> "$PGDATA/pg_hba.conf"
