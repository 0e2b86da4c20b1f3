#!/bin/sh
# Airflow's own database, made when the cluster is, for the role that owns it and nothing else
# (docs/roles.md). `zhongtai install` gives that role the same password again, out of the same secret.
# $1: the folder of secrets.
set -eu
file="${1:-/run/secrets}/DATABASE_PASSWORD_AIRFLOW"
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-zhongtai}" --dbname postgres <<SQL
SET log_min_error_statement = panic;
\set word \`cat '$file'\`
CREATE ROLE zhongtai_airflow NOINHERIT LOGIN PASSWORD :'word';
CREATE DATABASE airflow OWNER zhongtai_airflow;
REVOKE ALL ON DATABASE airflow FROM PUBLIC;
SQL
