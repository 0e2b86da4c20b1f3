"""What is wrong now and somebody should be told of: the causes of alarms, out of the tables.

An alarm's subject and detail hold no personal data: an account, a case or a row never stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from certs.events.receivers import SYSTEM
from certs.rights.alarms import alarms as looks
from kernel.house import House
from landing import holds, pauses, read
from ledger import watch
from pipeline import standing, view
from pipeline.ops import freshness
from pipeline.rows import SystemTile
from registry.contract import System

#: A sync that failed is tried again within a minute: only what stays is told.
GRACE: Final = timedelta(minutes=5)
KINDS: Final = ("failing", "late", "hold", "drift", "webhook", "ledger", "looks")


@dataclass(frozen=True)
class Trouble:
    """One cause. `subject`: what it is about; of a kind and a subject one alarm is open at most."""

    kind: str
    subject: str
    detail: str
    began: datetime


@dataclass(frozen=True)
class Now:
    """What is wrong now, and the systems that a person has paused: those are not told as mended."""

    troubles: tuple[Trouble, ...]
    paused: frozenset[str]


def now(house: House) -> Now:
    """Everything that is wrong now, by kind."""
    at, systems = house.clock(), standing.applied(house)
    tiles = view.states(house) if systems else []
    with house.engine.connect() as conn:
        found = [
            *_failing(tiles, at),
            *_late(tiles, systems, conn, at),
            *_holds(conn),
            *_drift(conn, systems),
            *_receivers(conn),
            *_ledger(conn, at),
            *_looks(conn),
        ]
        return Now(tuple(found), frozenset(pauses.read_all(conn)))


def _failing(tiles: list[SystemTile], at: datetime) -> Iterator[Trouble]:
    for one in tiles:
        since = one.failing_since
        if since is not None and one.paused is None and at - since >= GRACE:
            yield Trouble("failing", one.code, one.error or "最近一次同步失败", since)


def _late(
    tiles: list[SystemTile], systems: Mapping[str, System], conn: Connection, at: datetime
) -> Iterator[Trouble]:
    late = [one.code for one in tiles if one.state == "late"]
    if not late:
        return
    complete = freshness.complete(conn)
    for code in late:
        streams = [one for one in freshness.of_system(systems[code], complete, at) if one.late]
        for one in streams[:1]:
            since = "从来" if one.hours is None else f"已 {one.hours:.0f} 小时"
            detail = f"目录 {one.stream} {since}没有完整同步，约定最长 {one.allowed} 小时"
            yield Trouble("late", code, detail, one.complete_at or at)


def _holds(conn: Connection) -> Iterator[Trouble]:
    told: set[str] = set()
    for one in holds.open_holds(conn):
        if one.system not in told:
            told.add(one.system)
            yield Trouble("hold", one.system, f"目录 {one.stream}：{one.detail}", one.since)


def _drift(conn: Connection, systems: Mapping[str, System]) -> Iterator[Trouble]:
    found = [one for one in read.open_findings(conn) if one.acknowledged_at is None]
    for code in sorted({one.system for one in found} & systems.keys()):
        mine = [one for one in found if one.system == code]
        began = min(one.first_seen for one in mine)
        yield Trouble("drift", code, f"{len(mine)} 项变化等待确认", began)


def _receivers(conn: Connection) -> Iterator[Trouble]:
    for one in read.open_findings(conn, SYSTEM):
        if one.kind.startswith("webhook_"):
            yield Trouble("webhook", f"{one.subject} {one.kind}", one.detail, one.first_seen)


def _ledger(conn: Connection, at: datetime) -> Iterator[Trouble]:
    found = watch.signing(conn, at)
    if found.since is not None and found.state in ("alarm", "stopped"):
        words = {"alarm": "账本超过 15 分钟没有签名", "stopped": "账本没有签名，已停止调取证照"}
        yield Trouble("ledger", "heads", words[found.state], found.since)


def _looks(conn: Connection) -> Iterator[Trouble]:
    for one in looks(conn):
        yield Trouble("looks", f"{one.kind} {one.id}", f"查看监督告警第 {one.id} 号", one.raised_at)
