#!/bin/sh
# Redis as Celery's broker. Its password comes out of the container's secrets and its settings by
# standard input, so that neither stands in a command line. $1: the folder of secrets.
# Messages are on disk within a second; one that is lost is handed out again by the scheduler.
# Clients that have vanished are noticed within 20 s: what would be given to them is kept for others.
set -eu
password="$(cat "${1:-/run/secrets}/REDIS_PASSWORD")"
exec redis-server - <<CONF
bind ${REDIS_BIND:-0.0.0.0}
port ${REDIS_PORT:-6379}
requirepass $password
dir ${REDIS_DATA:-/data}
appendonly yes
appendfsync everysec
save ""
tcp-keepalive 15
maxmemory 256mb
maxmemory-policy noeviction
CONF
