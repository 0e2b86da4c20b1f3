"""A Singer tap over a PostgreSQL system of the sandbox city: what its views hold, in full.

A program of its own. Its `config` names the views, the rows between two states, and a file that may
hold a fault, which it then commits itself.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import psycopg


def say(**message: Any) -> None:
    """One message on a line of its own."""
    print(json.dumps(message, ensure_ascii=False, default=str), flush=True)


def schema(conn: psycopg.Connection[Any], view: str) -> dict[str, Any]:
    """The columns of a view with their types, as JSON Schema."""
    query = f'SELECT * FROM "{view}" WHERE false'  # noqa: S608 (out of the test's own contract)
    columns = conn.execute(query.encode()).description or []
    return {"properties": {one.name: {"type": ["null", "string"]} for one in columns}}


def give(conn: psycopg.Connection[Any], view: str, every: int, fault: str) -> None:
    """All rows of a view, a state after each `every` rows; the fault comes after the first ones."""
    say(type="SCHEMA", stream=view, schema=schema(conn, view), key_properties=[])
    cursor = conn.execute(f'SELECT * FROM "{view}"'.encode())  # noqa: S608
    names = [one.name for one in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    if fault == "repeated_page":
        rows = rows + rows
    for number, row in enumerate(rows):
        if number == every + 1:
            commit(fault, view)
        say(type="RECORD", stream=view, record=row)
        if (number + 1) % every == 0:
            say(type="STATE", value={"given": number + 1})


def commit(fault: str, view: str) -> None:
    """Go wrong in the middle of the rows."""
    match fault:
        case "slow":
            time.sleep(2)
        case "cut":
            print('{"type": "RECORD", "rec', end="", flush=True)
            os._exit(1)
        case "truncate":
            sys.exit(0)
        case "wrong_encoding":
            message = {"type": "RECORD", "stream": view, "record": {"a": "赣州"}}
            os.write(1, json.dumps(message, ensure_ascii=False).encode("gb18030") + b"\n")


def main() -> None:
    """Behave as the settings say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--catalog")
    parser.add_argument("--state")
    parser.add_argument("--discover", action="store_true")
    given = parser.parse_args()
    config = json.loads(Path(given.config).read_text())
    fault = Path(config["fault"]).read_text() if Path(config["fault"]).exists() else ""
    if fault == "down":
        sys.exit(1)
    url = "postgresql://" + config["url"].partition("://")[2]
    with psycopg.connect(url, connect_timeout=5) as conn:
        if given.discover:
            found = [{"tap_stream_id": one, "schema": schema(conn, one)} for one in config["views"]]
            print(json.dumps({"streams": found}))
            return
        for entry in json.loads(Path(given.catalog).read_text())["streams"]:
            give(conn, entry["tap_stream_id"], int(config["every"]), fault)


if __name__ == "__main__":
    main()
