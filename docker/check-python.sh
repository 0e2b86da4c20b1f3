#!/bin/sh
# One sentence instead of a riddle when Python is too old or comes without its venv module.
python="$1"
if ! command -v "$python" >/dev/null 2>&1; then
  echo "zhongtai: no $python here: install Python 3.11 or newer, or name it with \`make run PYTHON=/path/to/python3\`" >&2
  exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "zhongtai: $("$python" --version 2>&1) is too old: 3.11 or newer is needed; name one with \`make run PYTHON=/path/to/python3\`" >&2
  exit 2
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "zhongtai: this Python has no venv module: Debian and Ubuntu split it off, install it with \`apt install python3-venv\`" >&2
  exit 2
fi
