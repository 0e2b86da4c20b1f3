"""Systems for the tests of a sync: one behind a gateway that a test rules, and the city's."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy

from kernel.clock import CITY_TIME
from kernel.house import House
from kernel.secrets import Secrets
from kernel.settings import save_settings
from registry.applied import apply
from tests.conftest import keep_passwords
from tests.connectors.gateway import Reply, Request, gateway
from tests.running import RunningCity

SYSTEMS = Path(__file__).parents[2] / "connectors" / "systems"
#: The city's sc_food is taken for its columns; the gateway below gives its rows.
CODE, STREAM = "sc_food", "licence"
Row = dict[str, str | None]


@dataclass
class Hands:
    """A clock that a test moves."""

    now: datetime = field(default_factory=lambda: at("2026-11-26 10:00"))

    def __call__(self) -> datetime:
        """The time that the test has set."""
        return self.now


def at(text: str) -> datetime:
    """A moment in the city."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


def licence(key: str, changed: str = "2026-11-20 08:00:00", **over: str) -> Row:
    """A good row of the stream."""
    return {
        "certGuid": key,
        "certNo": f"JY{key}",
        "certTypeName": "食品经营许可证",
        "holderName": "某公司",
        "holderCode": "91110000600037341L",
        "holderTypeCode": "001",
        "issueOrgName": "某局",
        "issueDate": "2024/01/02",
        "validFrom": "2024/01/02",
        "validTo": "2029/01/01",
        "certState": "1",
        "modifyTime": changed,
        "delFlag": "0",
        "jycs": "某路1号",
        "jyxm": "热食类食品制售",
        "splb": "某类",
        **over,
    }


class List:
    """A gateway's rows: by page, since a time, and one by one. `asked`: requests so far;
    `missing`: the status for a record that is not there."""

    def __init__(self, *rows: Row, missing: int = 200) -> None:
        self.rows, self.asked, self.missing = list(rows), 0, missing

    def __call__(self, request: Request) -> Reply:
        """Answer as the page envelope does."""
        self.asked += 1
        rows = sorted(self.rows, key=lambda row: (row["modifyTime"] or "", row["certGuid"] or ""))
        if request.path.startswith("/licences/"):
            key = request.path.removeprefix("/licences/")
            found = [row for row in rows if row["certGuid"] == key]
            return _page(found, 1, 1) if found else replace(_page([], 1, 1), status=self.missing)
        since = request.query.get("since", "")
        live = [row for row in rows if (row["modifyTime"] or "") >= since]
        return _page(live, int(request.query["pageNo"]), int(request.query["pageSize"]))


def _page(rows: list[Row], number: int, size: int) -> Reply:
    part: list[Any] = rows[(number - 1) * size : number * size]
    return Reply({"code": 200, "data": {"total": len(rows), "rows": part}})


@contextmanager
def listed(
    house: House, folder: Path, source: List, *puts: tuple[str, str], clock: Hands | None = None
) -> Iterator[House]:
    """An installation with one system, whose list is `source`; `puts` change its YAML."""
    text = (SYSTEMS / f"{CODE}.yml").read_text("utf-8")
    text = text[: text.index("\n  case:") + 1].replace("size: 500", "size: 5")
    write(folder, CODE, text, *puts)
    with gateway(source) as running:
        house.secrets.put("SC_FOOD_URL", running.url)
        house.secrets.put("SC_FOOD_TOKEN", "a token")
        apply(house, folder, "test")
        yield replace(house, clock=clock or house.clock)


def write(folder: Path, code: str, text: str, *puts: tuple[str, str]) -> None:
    """A contract with some of its text replaced."""
    for old, new in puts:
        assert old in text, f"the contract does not say {old!r}"
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    (folder / f"{code}.yml").write_text(text, "utf-8")


def of_city(
    house: House, city: RunningCity, folder: Path, code: str, *puts: tuple[str, str]
) -> House:
    """An installation with one of the city's systems."""
    write(folder, code, (SYSTEMS / f"{code}.yml").read_text("utf-8"), *puts)
    apply(house, folder, "test")
    secrets = Secrets(house.settings.home)
    for file in city.secrets.iterdir():
        secrets.put(file.name, file.read_text("utf-8"))
    return replace(house, secrets=secrets)


def on_disk(house: House, servers: dict[str, str | int]) -> Path:
    """Let another process open the installation. Gives its folder."""
    save_settings(house.settings)
    keep_passwords(house)
    for name, key in (
        ("S3_ID", "s3_id"),
        ("S3_SECRET", "s3_secret"),
    ):
        house.secrets.put(name, str(servers[key]))
    return house.settings.home


def environment() -> dict[str, str]:
    """A child's environment: it finds the tests beside the platform."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def until_let_go(house: House) -> None:
    """Wait until the database heard of a killed process's end: its locks go then, not before."""
    held = sqlalchemy.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    deadline = time.monotonic() + 60
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while conn.execute(held).scalar_one():
            assert time.monotonic() < deadline
            time.sleep(0.02)
