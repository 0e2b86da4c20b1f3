"""The bureau's pages over a year of plans: how long the running portal takes for each.

The rows are made here, not planned: a million materials of a quarter of a million cases. Of the
goal (150 ms at p95) the first look at a page is part: nothing is warmed up.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Connection, text

from certs.sums.refresh import refresh
from cli.installation import installation
from kernel.clock import CITY_TIME
from kernel.db import copy_rows
from kernel.house import House
from registry import divisions
from registry.accounts import DEMO_PASSWORD

Figure = dict[str, Any]
GOAL = 150.0
LOOKS = 40
COLUMNS = (
    "case_number", "material_id", "material", "item_id", "division", "department", "post", "plan",
    "planned_at", "verdict", "detail", "source", "demanded", "state", "outcome", "day",
)  # fmt: skip
VERDICTS = ("waived", "bring", "could_be_waived", "own", "not_needed")
WEIGHTS = (50, 20, 5, 20, 5)
REASONS = ("stale", "licence_not_found", "not_connected", "purpose_not_prove")
SYSTEMS = ("sc_food", "ga_population", "zr_realestate")
ITEMS, MATERIALS, DEPARTMENTS = 1400, 4, 25
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


def figure(value: float, goal: str, holds: bool | None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 1), "goal": goal, "holds": holds}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Fill an installation, look at each page of the running portal."""
    parser = argparse.ArgumentParser(prog="bench bureau")
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder), 50) as (house, _),
    ):
        today = house.clock().astimezone(CITY_TIME).date()
        summed = _fill(house, options.rows, today)
        found = {"rows": figure(options.rows, "-", None), "seconds_to_sum": summed}
        for who, paths in _pages(today).items():
            session = signed_in(house, who)
            for path in paths:
                found[path] = _looked_at(session, house, path)
    return found


def _pages(today: date) -> dict[str, list[str]]:
    year = f"begin={today - timedelta(days=364)}&end={today}"
    middle = f"{today - timedelta(days=200)}~3607002026{1000:08d}~M1"
    return {
        "bureau": [
            "/bureau", f"/bureau?{year}", "/bureau/coverage", "/bureau/reasons",
            "/bureau/screen/part", f"/bureau/rows?{year}",
            f"/bureau/rows?{year}&outcome=demanded&division=章贡区",
            f"/bureau/rows?{year}&outcome=saved&item_id=I0007",
            f"/bureau/rows?{year}&outcome=saved&after={middle}", "/bureau/complaints",
        ],
        "officer": [f"/dept/letter?month={today:%Y-%m}"],
    }  # fmt: skip


def _fill(house: House, many: int, today: date) -> Figure:
    """Tally, quarantine and complaints of that many rows each; seconds to sum a whole year."""
    house = house.under("owner")  # bulk rows past the rights, and ANALYZE
    with house.engine.begin() as conn:
        copy_rows(conn, "certs.tally", COLUMNS, _rows(many, today, house.clock().isoformat()))
        _others(conn, many)
    began = time.perf_counter()
    with house.engine.begin() as conn:
        refresh(conn, [today - timedelta(days=n) for n in range(366)])
        conn.execute(text("INSERT INTO certs.tallied VALUES (1, now())"))
    seconds = time.perf_counter() - began
    with house.engine.begin() as conn:
        for table in ("certs.tally", "certs.tally_sum", "landing.quarantine", "catalog.complaint"):
            conn.execute(text(f"ANALYZE {table}"))
    return figure(seconds, "-", None)


def _rows(many: int, today: date, now: str) -> Iterator[tuple[object, ...]]:
    chance, places = random.Random(7), [*divisions.load()]
    for number in range(many // MATERIALS):
        day, item = today - timedelta(days=chance.randrange(365)), chance.randrange(ITEMS)
        place, office = chance.choice(places), f"部门{item % DEPARTMENTS}"
        for material in range(MATERIALS):
            (verdict,) = chance.choices(VERDICTS, WEIGHTS)
            demanded = "law_asks" if verdict == "waived" and chance.random() < 0.03 else None
            outcome = "demanded" if demanded else "saved" if verdict == "waived" else verdict
            detail = chance.choice(REASONS) if verdict in ("bring", "could_be_waived") else ""
            yield (
                f"3607002026{number:08d}", f"M{material}", "营业执照", f"I{item:04d}", place,
                office, "sc-02", number, now, verdict, detail,
                chance.choice(SYSTEMS) if detail else "", demanded, "accepted", outcome, day,
            )  # fmt: skip


def _others(conn: Connection, many: int) -> None:
    """Refused rows of a year, one every half a minute; complaints of two years."""
    conn.execute(
        text(
            "INSERT INTO landing.quarantine (system, stream, key_hash, row_hash, batch, run, rule,"
            ' "column", reason, first_seen, last_seen, closed_at, sealed)'
            " SELECT 'sc_food', 'licence', 'k' || n, 'r', 'b', 'r',"
            " (ARRAY['holder', 'date', 'required'])[n % 3 + 1], 'ZTDM', 'wrong',"
            " now() - n * interval '30 seconds', now(), now(), CAST('' AS bytea)"
            " FROM generate_series(1, :many) n"
        ),
        {"many": many},
    )
    conn.execute(
        text(
            "INSERT INTO catalog.complaint (source, reference, said_on, division, item, material,"
            " words, imported_by, imported_at) SELECT 'hotline', 'g' || n,"
            " current_date - CAST(n % 700 AS integer), '', 'i', 'm', 'w', 'b', now()"
            " FROM generate_series(1, :many) n"
        ),
        {"many": many},
    )


def signed_in(house: House, who: str) -> requests.Session:
    """A session of a demo account."""
    session, url = requests.Session(), house.settings.portal_url
    session.trust_env = False
    token = TOKEN.search(session.get(f"{url}/login", timeout=60).text)
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    form = {"name": who, "password": DEMO_PASSWORD, "form_token": token[1]}
    session.post(f"{url}/login", data=form, timeout=60).raise_for_status()
    return session


def _looked_at(session: requests.Session, house: House, path: str) -> Figure:
    """p95 in milliseconds, the connection kept open."""
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        session.get(house.settings.portal_url + path, timeout=60).raise_for_status()
        taken.append(1000 * (time.perf_counter() - began))
    worst = sorted(taken)[int(0.95 * LOOKS) - 1]
    return figure(worst, f"<= {GOAL:.0f} ms at p95", worst <= GOAL)
