"""What is wrong with an installation, and how to mend it: a line a check, ok, warn or bad.

A check reads and changes nothing (a small object is written and removed to see whether the store
takes one). It names no secret's value and no person.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from certs.seals import authority
from kernel.errors import ZhongtaiError
from kernel.house import House
from ledger.tables import head
from ledger.watch import signing
from pipeline.backup.slot import KEPT_LOG, followed
from pipeline.migrate import FOLDER
from pipeline.reached import reached
from pipeline.roles.seen import differences
from pipeline.wiring import open_house
from registry import exchange_services

State = Literal["ok", "warn", "bad"]
OLDEST_SERVER, ROOM, LITTLE = 150000, 2 * 1024**3, 10 * 1024**3  # server_version_num, bytes
APART = timedelta(seconds=5)
PROBE = "doctor/probe"
MEND_DATABASE = (
    "start it; or its address (database_url in settings.json) or the role's password"
    " (docs/roles.md) is not the one that it knows: its own log says which"
)


@dataclass(frozen=True)
class Line:
    """A check's outcome: what was seen, and what to do about it (empty when ok)."""

    check: str
    state: State
    seen: str
    mend: str = ""


def look_over(home: Path) -> list[Line]:
    """All checks, in order. One that cannot be made is a bad line; the others go on."""
    lines = list(_folder(home))
    try:
        house = open_house(home)
    except ZhongtaiError as error:
        return [*lines, Line("settings and keys", "bad", str(error), "mend what it names")]
    lines.append(Line("settings and keys", "ok", "they open"))
    for name, check in CHECKS:
        lines.append(_made(name, check, house))
    house.close()
    return lines


def shown(lines: list[Line]) -> list[dict[str, Any]]:
    """The lines as facts."""
    return [asdict(one) for one in lines]


def _made(name: str, check: Callable[[House], Line], house: House) -> Line:
    try:
        return check(house)
    except SQLAlchemyError:
        mend = "see the line `database`" if name != "database" else MEND_DATABASE
        return Line(name, "bad", "the database does not answer", mend)
    except ZhongtaiError as error:
        return Line(name, "bad", str(error), "mend what it names")


def _folder(home: Path) -> Iterator[Line]:
    """What can be seen without opening anything."""
    fonts = find_spec("noto_cjk_sans_otc") is not None
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Line("python", "ok", python)
    again = "install the lock again: make run"
    yield Line("fonts", "ok", "there") if fonts else Line("fonts", "bad", "no Chinese font", again)
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    said = f"{free // 1024**2:,} MB free"
    state: State = "bad" if free < ROOM else "warn" if free < LITTLE else "ok"
    yield Line("disk", state, said, "" if state == "ok" else f"free some on the disk of {home}")
    open_to = [
        file.name
        for folder in ("keys", "secrets")
        for file in sorted((home / folder).glob("*"))
        if file.suffix not in (".crt", ".json") and file.is_file() and file.stat().st_mode & 0o077
    ]
    mend = f"chmod 600 {home}/keys/* {home}/secrets/*"
    yield (
        Line("rights of files", "bad", f"others may read {', '.join(open_to[:3])}", mend)
        if open_to
        else Line("rights of files", "ok", "keys and secrets are closed to others")
    )


def _database(house: House) -> Line:
    with house.engine.connect() as conn:
        number = int(conn.execute(text("SHOW server_version_num")).scalar_one())
    seen = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number < OLDEST_SERVER:
        return Line("database", "bad", seen, "PostgreSQL 15 or newer is needed")
    return Line("database", "ok", seen)


def _tables(house: House) -> Line:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with house.engine.connect() as conn:
        there = conn.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar()
        found = (
            conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if there
            else "none"
        )
    if found != wanted:
        return Line(
            "tables", "bad", f"version {found}, the program wants {wanted}",
            "run `zhongtai install` (or `up`, whichever set it up) of this version: it migrates",
        )  # fmt: skip
    return Line("tables", "ok", f"version {found}")


def _roles(house: House) -> Line:
    """Whether the services' roles have the rights that this version writes down."""
    wrong = differences(house)
    if wrong:
        return Line(
            "roles", "bad", f"{len(wrong)} rights differ from the table, the first: {wrong[0]}",
            "run `zhongtai install` (or `up`, whichever set it up): it grants them anew",
        )  # fmt: skip
    return Line("roles", "ok", "each service has the rights of its duty and no others")


def _clocks(house: House) -> Line:
    with house.engine.connect() as conn:
        theirs = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(theirs - house.clock())
    seen = f"{apart.total_seconds():.1f} s apart"
    if apart > APART:
        return Line("clocks", "bad", seen, "set both machines by the same time server")
    return Line("clocks", "ok", seen)


def _store(house: House) -> Line:
    house.objects.put(PROBE, b"probe")
    house.objects.remove(PROBE)
    return Line("object store", "ok", f"takes objects into {house.settings.s3_bucket}")


def _ledger(house: House) -> Line:
    with house.engine.connect() as conn:
        found = signing(conn, house.clock())
        size = conn.execute(select(head.c.size).order_by(head.c.size.desc()).limit(1)).scalar()
    seen = f"head of size {size or 0}, {found.state}"
    if found.state in ("alarm", "stopped"):
        return Line("ledger", "bad", seen, "run `zhongtai ledger sign`; is the portal running?")
    return Line("ledger", "ok", seen)


def _certificates(house: House) -> Line:
    if not (house.settings.home / "keys" / "ca.crt").is_file():
        return Line("certificates", "ok", "none yet: the first copy makes them")
    held = authority.certificates(house)
    until = min(authority.ends(held.seal), authority.ends(held.authority))
    left = until - house.clock()
    if left < authority.SOON:
        state: State = "bad" if left < timedelta() else "warn"
        return Line("certificates", state, f"until {until:%Y-%m-%d}", "run `zhongtai keys renew`")
    return Line("certificates", "ok", f"until {until:%Y-%m-%d}")


def _portal(house: House) -> Line:
    return Line("portal", *reached(house.settings.portal_url, house.clock()))


def _demo(house: House) -> Line:
    if house.settings.city_url:
        return Line(
            "sandbox", "warn", "the demo's accounts and its city are on",
            "for real work: an installation whose city_url is empty",
        )  # fmt: skip
    return Line("sandbox", "ok", "no sandbox, no demo accounts")


def _exchange(house: House) -> Line:
    if house.settings.exchange != "gateway":
        return Line("exchange", "ok", "calls come directly")
    wrong = exchange_services.invented()
    if wrong and not house.settings.city_url:
        return Line(
            "exchange", "bad", f"the sandbox city's service ids stand for {', '.join(wrong)}",
            "write the ids that the province gave into registry/exchange_services.yml",
        )  # fmt: skip
    return Line("exchange", "ok", "calls ride the exchange")


def _outside(house: House) -> Line:
    if not house.settings.heads_folder:
        return Line(
            "heads outside", "warn", "heads of the ledger are kept nowhere else",
            "set heads_folder in settings.json to a place of somebody else",
        )  # fmt: skip
    return Line("heads outside", "ok", house.settings.heads_folder)


def _backup(house: House) -> Line:
    with house.engine.connect() as conn:
        found = followed(conn)
    mend = "let `zhongtai backup follow --to` run, and `zhongtai backup make` once a day"
    if found is None:
        return Line("backup", "warn", "nobody follows the database's log", mend)
    if found.behind is None:
        lost = "the server has thrown away log that the follower lacks"
        return Line("backup", "bad", lost, "see docs/runbook/BackupStopped.md")
    kept = f"the server keeps {found.behind // 1024**2:,} MB of log for it"
    if not found.active:
        state: State = "bad" if found.behind > KEPT_LOG else "warn"
        return Line("backup", state, f"the follower is away; {kept}", mend)
    if found.behind > KEPT_LOG:
        return Line("backup", "bad", f"the follower does not keep up; {kept}", mend)
    return Line("backup", "ok", "the log is followed")


CHECKS: tuple[tuple[str, Callable[[House], Line]], ...] = (
    ("database", _database),
    ("tables", _tables),
    ("roles", _roles),
    ("clocks", _clocks),
    ("object store", _store),
    ("ledger", _ledger),
    ("certificates", _certificates),
    ("portal", _portal),
    ("sandbox", _demo),
    ("exchange", _exchange),
    ("heads outside", _outside),
    ("backup", _backup),
)
