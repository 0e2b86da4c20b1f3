#!/bin/sh
# Installs a hashed lock and the project itself into a virtual environment. Says what went wrong.
venv="$1"
lock="$2"
echo "Installing $lock (once; some 300 MB to fetch) …"
hashed() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"; }
if ! { hashed docker/pip.lock && hashed "$lock"; }; then
  echo "zhongtai: pip could not install $lock: is there a network or a mirror (pip config set global.index-url …), and room on the disk?" >&2
  exit 2
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
