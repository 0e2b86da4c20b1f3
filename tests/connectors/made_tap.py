"""A Singer tap made for tests: a program of its own that speaks the protocol, well or badly.

Its `config` says how it behaves (`how`), how many rows it has and after how many it says its
state. Its state is the number of rows given.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

COLUMNS = {"id": {"type": "string"}, "number": {"type": ["null", "string"]}}
PERSON = "某市民 360700199001011234"


def say(**message: Any) -> None:
    """One message on a line of its own."""
    print(json.dumps(message, ensure_ascii=False), flush=True)


def main() -> None:
    """Behave as the settings say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--catalog")
    parser.add_argument("--state")
    parser.add_argument("--discover", action="store_true")
    given = parser.parse_args()
    config = json.loads(Path(given.config).read_text())
    if given.discover:
        entry = {"tap_stream_id": "permits", "stream": "permits", "schema": {"properties": COLUMNS}}
        print(json.dumps({"streams": [entry]}, indent=1))
        return
    [chosen] = json.loads(Path(given.catalog).read_text())["streams"]
    assert chosen["metadata"][-1]["metadata"]["selected"] is True
    state = json.loads(Path(given.state).read_text()) if given.state else {"given": 0}
    mode = oct(Path(given.config).stat().st_mode)[-3:]
    assert (mode, config["token"], "XX_TOKEN" in os.environ) == ("600", "t0ken", False)
    if config["how"] != "no_schema":
        say(type="SCHEMA", stream="permits", schema={"properties": COLUMNS}, key_properties=["id"])
    say(type="SCHEMA", stream="others", schema={"properties": {}}, key_properties=[])
    say(type="ACTIVATE_VERSION", stream="permits", version=1)
    for row in range(state["given"], int(config["rows"])):
        if row == int(config["rows"]) // 2:
            misbehave(config["how"])
        say(type="RECORD", stream="permits", record={"id": f"r{row}", "number": row})
        say(type="RECORD", stream="others", record={"id": "not ours"})
        if (row + 1) % int(config["every"]) == 0:
            say(type="STATE", value={"given": row + 1})


def misbehave(how: str) -> None:
    """In the middle of the rows."""
    match how:
        case "dies":
            print(f"ValueError: {PERSON}", file=sys.stderr, flush=True)
            sys.exit(3)
        case "killed":
            print('{"type": "REC', end="", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        case "cut":
            print('{"type": "REC', end="", flush=True)
            os._exit(0)
        case "hangs":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        case "talks":
            print(PERSON, flush=True)
        case "batch":
            say(type="BATCH", stream="permits", encoding={}, manifest=[])
        case "endless":
            while True:
                sys.stdout.write("x" * 65536)


if __name__ == "__main__":
    main()
