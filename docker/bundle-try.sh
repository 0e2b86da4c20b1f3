#!/bin/sh
# Installs a bundle where there is no network at all, and starts what needs none of the city's: the
# command, PostgreSQL and S3 of the wheels, `zhongtai install` with its migrations.
#   sh docker/bundle-try.sh ARCHIVE [PYTHON]
set -eu
archive="$(realpath "$1")"
python="${2:-python3.11}"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
mkdir "$place/unpacked"
tar -xf "$archive" -C "$place/unpacked" --strip-components=1
# A network namespace of its own has a loopback and nothing else.
unshare --user --map-root-user --net sh -c '
  set -eu
  ip link set lo up
  [ "$(ip -o link | wc -l)" = 1 ]
  sh "$1/unpacked/install-bundle.sh" "$1/zhongtai" "$2"
  "$1/zhongtai/.venv/bin/zhongtai" --help >/dev/null
  cd "$1/zhongtai"
  .venv/bin/python docker/bundle_try.py "$1/state"
' - "$place" "$python"
