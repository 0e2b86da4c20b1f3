#!/bin/sh
# The backup job: follows the database's log and the objects all the time, and makes a new base once
# a day. $1: the backup's folder, on another disk. Ends with its first failure; it is started again.
set -eu
to="$1"
every="${BACKUP_EVERY_SECONDS:-86400}"
follow=""
trap '[ -z "$follow" ] || kill -TERM "$follow" 2>/dev/null || true; wait; exit 0' INT TERM
zhongtai backup make --to "$to"
due=$(($(date +%s) + every))
zhongtai backup follow --to "$to" &
follow=$!
while kill -0 "$follow" 2>/dev/null; do
  sleep 5 &
  wait $! || true
  if [ "$(date +%s)" -ge "$due" ]; then
    zhongtai backup make --to "$to"
    due=$(($(date +%s) + every))
  fi
done
wait "$follow"
