#!/bin/sh
# The sandbox city in a container: its stores' addresses are put together out of secrets here, in
# closed files, so that they stand in no compose file, command line or environment. $1: the folder
# of secrets.
set -eu
secrets="${1:-/run/secrets}"
word() { cat "$secrets/$1"; }
umask 077
home="${CITY_HOME:-/var/lib/city}"
mkdir -p "$home"
printf %s "postgresql://zhongtai:$(word CITY_DATABASE_PASSWORD)@${CITY_DATABASE_AT:-city-postgres:5432}/postgres" > "$home/postgres.address"
printf %s "http://$(word CITY_S3_ID):$(word CITY_S3_SECRET)@${CITY_S3_AT:-city-s3:8333}" > "$home/s3.address"
exec python -m city serve --home "$home" --postgres-file "$home/postgres.address" --s3-file "$home/s3.address" \
  --people "${CITY_PEOPLE:-2000}" \
  --host "${CITY_HOST:-city}" --port "${CITY_PORT:-8700}" --sftp-port "${CITY_SFTP_PORT:-8701}" \
  --mysql-port "${CITY_MYSQL_PORT:-8702}" --secrets "$ZHONGTAI_HOME/secrets"
