"""Where events go: to a file, or to an OpenLineage endpoint over HTTP.

What an endpoint does not take, because it is away or refuses it, waits in a file and is sent by
`zhongtai lineage send`. Nothing of an event is a person's: names of columns and counts.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from kernel import logs
from kernel.errors import BadInput
from kernel.house import House

TOKEN = "LINEAGE_TOKEN"  # noqa: S105 - the name of a secret
SECONDS = 5.0


@dataclass(frozen=True)
class Sent:
    """What a sending did. `refused`: kept apart, since they would be refused again."""

    sent: int
    refused: int
    waiting: int


def folder_of(home: Path) -> Path:
    """Where the events of an installation are."""
    return home / "logs" / "lineage"


def send(house: House, event: dict[str, Any]) -> None:
    """Hand on one event. Never raises because of the endpoint."""
    line = json.dumps(event, ensure_ascii=False)
    folder = folder_of(house.settings.home)
    if house.settings.lineage == "file":
        _append(folder / f"{datetime.now(UTC).date()}.jsonl", line)
        return
    answer = _post(house, line)
    if answer is not None:
        _append(folder / "unsent.jsonl", line)
        logs.warning(f"a lineage event waits, the endpoint {answer}")


def send_waiting(house: House) -> Sent:
    """Send what waits, in its order, until the endpoint does not answer. Raises BadInput."""
    if not house.settings.lineage.startswith("http"):
        raise BadInput("lineage in settings.json names no endpoint: nothing is sent")
    folder = folder_of(house.settings.home)
    mine = folder / f"sending-{os.getpid()}.jsonl"
    try:
        (folder / "unsent.jsonl").rename(mine)
    except FileNotFoundError:
        return Sent(0, 0, 0)
    sent, refused, left = 0, 0, mine.read_text("utf-8").splitlines()
    while left:
        answer = _post(house, left[0])
        if answer is not None and not answer.startswith("answered 4"):
            break
        if answer is None:
            sent += 1
        else:
            refused += 1
            _append(folder / "refused.jsonl", left[0])
        left = left[1:]
    for line in left:
        _append(folder / "unsent.jsonl", line)
    mine.unlink()
    return Sent(sent, refused, len(left))


def _post(house: House, line: str) -> str | None:
    """None when it was taken, else in a few words why not. No redirect, no proxy."""
    headers = {"Content-Type": "application/json"}
    if house.secrets.has(TOKEN):
        headers["Authorization"] = f"Bearer {house.secrets.get(TOKEN)}"
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                house.settings.lineage,
                data=line.encode(),
                headers=headers,
                timeout=SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return f"did not answer: {type(error).__name__}"
    return None if answer.ok and answer.status_code < 300 else f"answered {answer.status_code}"


def _append(file: Path, line: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(place, (line + "\n").encode())
    finally:
        os.close(place)
