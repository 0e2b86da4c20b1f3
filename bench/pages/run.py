"""How long the running portal takes for each page while 20 clerks work; then over a million rows.

`make bench NAME=pages`. Clerks look at their list, search, open a plan or its form, with a pause to
think between two things. Every other page is looked at LOOKS times meanwhile.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from random import Random
from threading import Barrier, Event, Lock, Thread
from typing import Any

import requests
from sqlalchemy import text

from bench.bureau.run import TOKEN, signed_in
from bench.pages.fill import fill
from cli.installation import installation
from kernel.house import House
from registry.contract import System
from tests.e2e.installed import do_step, steps_of

Figure = dict[str, Any]
Taken = dict[str, list[float]]
GOAL, LOOKS, THINKS = 150.0, 25, 2.0  # ms at p95; looks a page; seconds between two things
WORKS = 120.0  # seconds that the clerks work at least, from their first page after a start
PAGES = {
    "officer": ["/dept", "/dept/letter", "/dept/systems/sc_food", "/catalog/waivers"],
    "ops": ["/ops", "/ops/systems/sc_food", "/ops/alarms", "/ops/report"],
    "bureau": [
        "/bureau", "/bureau/coverage", "/bureau/overview", "/catalog/names", "/catalog/versions",
        "/catalog/versions/1", "/catalog/ask/unused",
    ],
    "sysadmin": ["/admin/accounts"],
    "auditor": ["/admin/signins"],
}  # fmt: skip
#: Pages whose lists are a million rows long, the first of them and one in the middle.
LONG = {
    "clerk": ["/clerk"],
    "officer": ["/dept/systems/sc_food"],
    "ops": ["/ops", "/ops/systems/sc_food", "/ops/systems/sc_food?before={middle}", "/ops/report"],
    "bureau": [
        "/catalog/uses",
        "/catalog/uses/营业执照?state=approved",
        "/catalog/uses/营业执照?state=approved&after=bench000400",
        "/rights/roster",
    ],
    "auditor": ["/admin/signins", "/admin/signins?before={middle}", "/admin/signins?who=bureau"],
}


class Clerks:
    """So many clerks at work, each a thread with a session of its own; they keep their times."""

    def __init__(self, house: House, many: int) -> None:
        self.house, self.taken = house, defaultdict[str, list[float]](list)
        self._over, self._lock, self._in = Event(), Lock(), Barrier(many + 1)
        self._threads = [
            Thread(target=self._work, args=(Random(one),), daemon=True) for one in range(many)
        ]

    def __enter__(self) -> Clerks:
        for one in self._threads:
            one.start()
        self._in.wait(120)  # twenty sign-ins at once are not what a morning is measured by
        self._begun = time.monotonic()
        return self

    def work_on(self) -> None:
        """Until they have worked for WORKS seconds."""
        time.sleep(max(0.0, WORKS - (time.monotonic() - self._begun)))

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join(60)

    def _work(self, random: Random) -> None:
        session = signed_in(self.house, "clerk")
        url = self.house.settings.portal_url
        cases = _cases(self.house)
        self._in.wait(120)
        while not self._over.wait(THINKS * random.uniform(0.5, 1.5)):
            case = f"/clerk/cases/{random.choice(cases)}"
            what, path = random.choice(
                (("/clerk", "/clerk"), ("search", ""), ("plan", case), ("form", f"{case}/form"))
            )
            begun = time.perf_counter()
            if what == "search":
                words = {"item_text": random.choice(("食品经营", "spjy", "开饭店", "设立登记"))}
                head = {"X-Form-Token": self._token(session)}
                begun = time.perf_counter()
                answer = session.post(f"{url}/clerk/items", data=words, headers=head, timeout=60)
            else:
                answer = session.get(url + path, timeout=60)
            answer.raise_for_status()
            with self._lock:
                self.taken[f"clerk: {what}"].append(1000 * (time.perf_counter() - begun))

    def _token(self, session: requests.Session) -> str:
        page = session.get(f"{self.house.settings.portal_url}/account/password", timeout=60)
        found = TOKEN.search(page.text)
        if found is None:
            raise RuntimeError("the page has no form")
        return found[1]


def run(arguments: list[str]) -> dict[str, Figure]:
    """Both halves; a figure a page."""
    parser = argparse.ArgumentParser(prog="bench pages")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder), options.people) as (house, systems),
    ):
        _round(house, systems)
        with house.under("owner").engine.begin() as conn:
            conn.execute(text("ANALYZE"))  # as the server does by itself within a minute
        with Clerks(house, options.clerks) as clerks:
            found = _looked(house, PAGES, "")
            clerks.work_on()
        found |= _figures(clerks.taken)
        fill(house, options.rows, "h1")
        found |= _looked(house, LONG, f" over {options.rows:,} rows")
    return found


def _round(house: House, systems: dict[str, System]) -> None:
    for step in steps_of(systems):
        do_step(house, step, "bench")


def _looked(house: House, pages: dict[str, list[str]], more: str) -> dict[str, Figure]:
    taken: Taken = defaultdict(list)
    for who, paths in pages.items():
        session = signed_in(house, who)
        for path in paths:
            address = house.settings.portal_url + path.format(middle=_middle(house, path))
            for _ in range(LOOKS):
                begun = time.perf_counter()
                session.get(address, timeout=60).raise_for_status()
                taken[f"{who}: {path}{more}"].append(1000 * (time.perf_counter() - begun))
    return _figures(taken)


def _figures(taken: Taken) -> dict[str, Figure]:
    found = {}
    for name, times in sorted(taken.items()):
        ordered = sorted(times)
        half, worst = ordered[len(ordered) // 2], ordered[max(0, int(0.95 * len(ordered)) - 1)]
        found[f"{name} p50"] = {"value": round(half, 1), "goal": "-", "holds": None}
        goal = {"goal": f"<= {GOAL:.0f} ms", "holds": worst <= GOAL}
        found[f"{name} p95"] = {"value": round(worst, 1), **goal}
    return found


def _middle(house: House, path: str) -> int:
    """The number in the middle of a list."""
    table = "ledger.entry" if path.startswith("/admin") else "landing.quarantine"
    column = "seq" if path.startswith("/admin") else "id"
    with house.engine.connect() as conn:
        return int(conn.execute(text(f"SELECT max({column}) / 2 FROM {table}")).scalar_one())  # noqa: S608


def _cases(house: House) -> list[str]:
    query = "SELECT case_number FROM landing.\"case\" WHERE post IN ('sc-02', 'mz-02')"
    query += " AND state IN ('accepted', 'deciding') AND deleted_at IS NULL AND NOT withheld"
    with house.engine.connect() as conn:
        return list(conn.execute(text(query)).scalars())
