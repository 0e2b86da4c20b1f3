"""Landed licences for the bench: invented, encrypted as the landing encrypts them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from kernel.crypto import derive, encrypt_many, keyed_hashes
from kernel.db import copy_rows
from kernel.house import House

SYSTEM, STREAM, TYPE = "sc_food", "licence", "食品经营许可证"
COLUMNS = (
    "system", "stream", "key_hash", "row_hash", "batch", "run", "source_time", "landed_at",
    "withheld", "type", "holder_kind", "holder_hash", "co_holder_hash", "issuer", "issued",
    "valid_from", "valid_to", "status", "sealed",
)  # fmt: skip
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PART = 20_000
#: Licences a holder, on average; one in ten has a second holder.
EACH = 3


def land(house: House, count: int) -> None:
    """Write `count` rows into `landing.licence`."""
    house = house.under("owner")  # ANALYZE is the owner's
    for start in range(0, count, PART):
        with house.engine.begin() as conn:
            copy_rows(
                conn, "landing.licence", COLUMNS, _rows(house, start, min(count, start + PART))
            )
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("ANALYZE landing.licence")


def _rows(house: House, start: int, end: int) -> Iterator[tuple[Any, ...]]:
    count = end - start
    key = derive(house.keys.master, "landing", SYSTEM, STREAM)
    people = [(one * 7919 + start) % (1 + end // EACH) for one in range(2 * count)]
    keys = _hashes(house, [f"key\x1fk{number}" for number in range(start, end)])
    holders = _hashes(house, [f"holder\x1fp{one}" for one in people])
    plains = [_values(number, people[number - start]) for number in range(start, end)]
    places = [f"landing/{SYSTEM}/{STREAM}/{one}".encode() for one in keys]
    for at, sealed in enumerate(encrypt_many(key, plains, places)):
        both = at % 10 == 0
        yield (
            SYSTEM, STREAM, keys[at], keys[at], "sc_food/licence/r1/0", "r1", AT, AT,
            False, TYPE, "person", holders[at], holders[count + at] if both else None,
            "赣州市市场监督管理局", date(2024, 1, 2), date(2024, 1, 2), date(2029, 1, 1),
            "valid", sealed,
        )  # fmt: skip


def _hashes(house: House, texts: list[str]) -> list[str]:
    digests = keyed_hashes(house.keys.index, [one.encode() for one in texts]).hex()
    return [digests[at : at + 32] for at in range(0, len(digests), 32)]


def _values(number: int, person: int) -> bytes:
    values = {
        "number": f"JY1360702{number:08d}",
        "holder_name": "王小明",
        "holder_number": f"36070219850307{person % 10_000:04d}",
        "co_holder_name": None,
        "co_holder_number": None,
        "details": {"经营项目": "热食类食品制售", "经营场所": f"章贡区某路{number % 500}号"},
    }
    return json.dumps(values, ensure_ascii=False).encode()
