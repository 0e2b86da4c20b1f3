#!/bin/sh
# Installs Zhongtai out of the unpacked bundle, without any network.
#   sh install-bundle.sh DIR [PYTHON]     DIR: a new folder, like /opt/zhongtai; PYTHON: a Python 3.11
set -eu
say() { echo "zhongtai: $1" >&2; exit 2; }
[ $# -ge 1 ] || say "name the folder to install into: sh install-bundle.sh /opt/zhongtai"
to="$1"
python="${2:-python3.11}"
cd "$(dirname "$0")"
machine="$(uname -m)"
[ -d "wheels/$machine" ] || say "this bundle has no wheels for $machine: it has $(ls wheels | tr '\n' ' ')"
[ ! -e "$to" ] || say "$to is there already: name a new folder; the state folder is another one and stays"
command -v "$python" >/dev/null 2>&1 || say "no $python here: name a Python 3.11 as the second word"
[ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = 3.11 ] ||
  say "the wheels are for Python 3.11, and $python is $("$python" --version 2>&1)"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  say "this Python has no venv module: install the system's package for it (python3-venv)"
sha256sum --quiet --check SHA256SUMS || say "a file of the bundle is not as it was made: fetch it again"
mkdir -p "$to"
tar -xf source.tar -C "$to"
"$python" -m venv "$to/.venv"
pip() { PIP_CONFIG_FILE=/dev/null "$to/.venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
pip install --no-index --find-links wheels/any --find-links "wheels/$machine" --require-hashes \
  -r requirements.lock
pip install --no-index --no-build-isolation --no-deps --editable "$to"
echo "$to is installed. Next: docs/deploy.md there, \"On any servers\"; $to/.venv/bin/zhongtai --help"
