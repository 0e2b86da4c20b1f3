"""A bounded soak: 20 clerks, every system synced again and again, changes and faults in the city,
random kills of the programs that it started; then everything beside the city's truth.

`make bench NAME=soak` takes ten minutes; `ARGS="--minutes 60 --kills 1000"` is the long one.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from bench.soak.clerks import Clerks, Seen
from bench.soak.memory import Memory
from bench.soak.syncs import Syncs, longest_gaps
from cli.installation import free_base
from cli.place import Ports
from cli.services import Services
from cli.truth import Truth
from kernel.errors import RetryLater
from kernel.house import House
from ledger.verify import verify
from pipeline import steps as launcher_steps
from pipeline.wiring import open_house
from tests.e2e.disturbed import Disturbed, start_all
from tests.e2e.installed import do_step, steps_of
from tests.e2e.state import differences

Figure = dict[str, Any]
#: How often each is what is killed, of a hundred.
VICTIMS = {"sync": 92, "portal": 4, "postgres": 3, "s3": 1}
#: What the city does wrong, and to whom.
FAULTS = tuple(
    (system, how)
    for system in ("sc_enterprise", "sc_food", "ga_seal")
    for how in ("http500", "http429", "slow", "cut", "truncate")
)
QUARTERS = 4
EVERY = 600.0  # seconds within which each system is synced whole
CHANGES, BLINK = 30.0, 0.05  # seconds between changes of the city; between two looks at the clock


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 3), "goal": goal, "holds": holds}


def none(value: int) -> Figure:
    """A figure that has to be 0."""
    return figure(value, "0", value == 0)


def run(arguments: list[str]) -> dict[str, Figure]:
    """Soak, and give the table. What is wrong is named in a sentence above it."""
    parser = argparse.ArgumentParser(prog="bench soak")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        services = Services(Path(folder) / "home", Ports(free_base()), options.people, 360700)
        services.home.mkdir()
        try:
            start_all(services)
            return Soak(services, options).figures()
        finally:
            services.stop()


class Soak:
    """One soak over a running installation."""

    def __init__(self, services: Services, options: argparse.Namespace) -> None:
        self.options, self.random = options, Random(options.seed)
        self.disturbed, self.house = Disturbed(services), open_house(services.home)
        self.systems = launcher_steps.prepare(self.house)
        self.truth = Truth(self.house.secrets)
        self.kills: Counter[str] = Counter()
        self.changes = 0

    def figures(self) -> dict[str, Figure]:
        """The whole of it: a first round, the soak, a last round, the comparison."""
        self._round("first")
        clerks = Clerks(self.house.settings.portal_url, self.options.clerks, self.options.seed)
        syncs = Syncs(self.house.settings.home, self.systems)
        memory = Memory(self.disturbed.services)
        began = time.monotonic()
        for one in (clerks, syncs, memory):
            one.start()
        try:
            self._disturb(began, syncs)
        finally:
            for one in (clerks, syncs, memory):
                one.stop()
        ended = time.monotonic()
        self._round("last")
        wrong = differences(self.house, self.truth)
        wrong += unrecorded(self.house, clerks.seen.copies)
        ledger = verify(self.house)
        wrong += [ledger.problem] if ledger.problem else []
        for sentence in [*wrong, *sorted(set(clerks.seen.faults)), *syncs.faults]:
            print(sentence)
        if clerks.seen.faults:
            print("the portal said:", *last_errors(self.house), sep="\n")
        return {
            **self._done(syncs, ended - began, longest_gaps(syncs.finished, began, ended)),
            **of_clerks(clerks.seen, began, ended),
            **of_memory(memory),
            "faults_that_clerks_met": none(len(clerks.seen.faults)),
            "syncs_that_hung": none(len(syncs.faults)),
            "wrong_at_the_end": none(len(wrong)),
            "ledger_entries_verified": figure(ledger.entries, "all", ledger.verified),
        }

    def _round(self, name: str) -> None:
        for step in steps_of(self.systems):
            do_step(self.house, step, name)

    def _disturb(self, began: float, syncs: Syncs) -> None:
        """Kill at moments drawn evenly over the time, and change the city, until it is over.

        A blow that meets no sync at work falls on the next that is.
        """
        until = began + 60 * self.options.minutes
        moments = sorted(
            (self.random.uniform(began, until) for _ in range(self.options.kills)), reverse=True
        )
        changed = began
        while (now := time.monotonic()) < until:
            if now - changed > CHANGES:
                self._change()
                changed = now
            if moments and moments[-1] <= now and self._kill(syncs):
                moments.pop()
            time.sleep(BLINK)

    def _change(self) -> None:
        self.changes += 1
        system, how = self.random.choice(FAULTS)
        try:
            self.truth.post("/changes", {"count": 200, "seed": self.changes})
            self.truth.post("/misbehave", {"system": system, "how": how, "times": 2})
        except RetryLater as error:
            print(error.message)

    def _kill(self, syncs: Syncs) -> bool:
        """Whether somebody was there to be killed."""
        (victim,) = self.random.choices(list(VICTIMS), list(VICTIMS.values()))
        if victim == "sync":
            struck = syncs.kill_one(self.random)
        else:
            self.disturbed.kill(victim)
            self.disturbed.start(victim)
            struck = True
        self.kills[victim] += struck
        return struck

    def _done(self, syncs: Syncs, seconds: float, gaps: dict[str, float]) -> dict[str, Figure]:
        total = self.kills.total()
        return {
            "minutes": figure(seconds / 60),
            **{f"kills_of_{name}": figure(self.kills[name]) for name in VICTIMS},
            "kills": figure(total, f">= {self.options.kills}", total >= self.options.kills),
            "changes_in_the_city": figure(200 * self.changes),
            **{f"syncs_{how}": figure(many) for how, many in sorted(syncs.ended.items())},
            "longest_time_without_a_sync_s": of_gaps(gaps),
        }


def of_gaps(gaps: dict[str, float]) -> Figure:
    """The longest time that any system went without a sync that ended whole."""
    longest = max(gaps.values())
    return figure(longest, f"<= {EVERY:.0f}", longest <= EVERY)


def last_errors(house: House) -> list[str]:
    """The last lines of the portal's log, to tell why."""
    log = house.settings.home / "logs" / "portal.log"
    return log.read_text("utf-8", "replace").splitlines()[-60:]


def unrecorded(house: House, copies: set[str]) -> list[str]:
    """A sentence where copies were given that the ledger, or the store's table, does not have."""
    with house.engine.connect() as conn:
        kept = set(conn.scalars(text("SELECT id FROM certs.copy")))
        said = set(
            conn.scalars(
                text("""SELECT body::jsonb ->> 'copy' FROM ledger.entry
                        WHERE body LIKE '%"event":"look.granted"%'""")
            )
        )
    found = []
    if copies - said:
        found.append(f"{len(copies - said)} copies were given without an entry")
    if (kept - said) or (copies - kept):
        found.append(f"{len((kept - said) | (copies - kept))} copies are not on both records")
    return found


def of_clerks(seen: Seen, began: float, ended: float) -> dict[str, Figure]:
    """What the clerks got, by quarter of the time."""
    found = {
        "answers": figure(len(seen.times)),
        "copies_given": figure(len(seen.copies)),
        "refused_or_away": figure(sum(seen.statuses[one] for one in (403, 503))),
        "times_a_clerk_waited_for_the_portal": figure(seen.away),
    }
    for what in ("plan", "fetch"):
        quarters: list[list[float]] = [[] for _ in range(QUARTERS)]
        for at, which, seconds in seen.times:
            if which == what:
                place = min(int((at - began) / (ended - began) * QUARTERS), QUARTERS - 1)
                quarters[place].append(seconds)
        for number, times in enumerate(quarters, 1):
            found[f"{what}_p50_ms_quarter_{number}"] = figure(1000 * percentile(times, 0.5))
            found[f"{what}_p99_ms_quarter_{number}"] = figure(1000 * percentile(times, 0.99))
    return found


def percentile(values: list[float], share: float) -> float:
    """0 where there is none."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0.0


def of_memory(memory: Memory) -> dict[str, Figure]:
    """By program: the last sample, and the growth from the second quarter to the last."""
    found = {}
    for name, values in sorted(memory.samples.items()):
        found[f"memory_mb_{name}"] = figure(values[-1])
        growth = memory.growth(name)
        if growth is not None and name in ("portal", "postgres", "s3"):
            found[f"memory_growth_{name}"] = figure(growth, "<= 0.05", growth <= 0.05)
    return found
