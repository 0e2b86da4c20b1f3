"""Publishing and sharing killed with SIGKILL at random moments: each entry, each copy is looked at.

A process publishes what has changed, another shares one licence again and again and notes each
copy that it was given. One of them is killed while it works; then everything that left is looked
for in the ledger, and everything in the ledger in the tables and in the store.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from sqlalchemy import select, text

from certs.copies.share import stored_copy
from certs.licences.publish import publish_system
from kernel.house import House
from kernel.settings import save_settings
from ledger import witness
from ledger.heads import Head, sign_head
from ledger.tables import entry
from ledger.verify import verify
from tests.certs.town import NOW, Town
from tests.conftest import keep_passwords
from tests.e2e.forks import FORKS

SYSTEM, CASE, MATERIAL = "sc_food", "C1", "M1"
ROWS, BATCH = 60, 7
#: Seconds from the start of work within which the knife falls; work goes on for longer.
MOMENT = 0.25
LEFT = "left"


@dataclass
class Result:
    """Kills that met a process at work; sentences on what is wrong."""

    publish: int = 0
    share: int = 0
    strikes: int = 0
    copies: int = 0
    entries: int = 0
    wrong: list[str] = field(default_factory=list)


class Killing:
    """One series over a town with an open case and licences to publish."""

    def __init__(self, town: Town, servers: dict[str, str | int], seed: int) -> None:
        self.town, self.house, self.random = town, town.house, Random(seed)
        self.home = self.house.settings.home
        self.result, self.heads = Result(), list[Head]()
        self.checked = 0  # entries whose copies were looked at
        save_settings(self.house.settings)
        keep_passwords(self.house)
        self.house.secrets.put("S3_ID", str(servers["s3_id"]))
        self.house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
        town.material(MATERIAL, ["食品经营许可证"])
        for number in range(ROWS):
            town.licence(f"k{number}")
        publish_system(self.house, SYSTEM, "r0")

    def series(self, kills: int) -> Result:
        """Until so many kills have met a process at work, in turn a publisher and a sharer."""
        while self.result.publish + self.result.share < kills:
            if self.result.strikes % 2:
                publish_system(self.house, SYSTEM, f"end{self.result.strikes}")
                self.result.share += self._strike(_share, f"r{self.result.strikes}")
            else:
                self.town.change("UPDATE landing.licence SET row_hash = md5(row_hash)")
                self.result.publish += self._strike(_publish, f"r{self.result.strikes}")
            self._look()
        publish_system(self.house, SYSTEM, "last")
        self._end()
        return self.result

    def _strike(self, work: Callable[[Path, str], None], run: str) -> bool:
        """Whether the kill met the process at work."""
        ready = self.home / "ready"
        ready.unlink(missing_ok=True)
        process: BaseProcess = FORKS.Process(target=work, args=(self.home, run), daemon=True)
        process.start()
        while not ready.exists() and process.is_alive():
            time.sleep(0.001)
        process.join(self.random.uniform(0, MOMENT))
        process.kill()
        process.join()
        self.result.strikes += 1
        return process.exitcode == -signal.SIGKILL

    def _look(self) -> None:
        """The log as it stands, the heads of before, each copy that left or is on record."""
        found = verify(self.house)
        if found.problem:
            self._wrong(found.problem)
        made = sign_head(self.house)
        self.heads += [made] if made else []
        with self.house.engine.connect() as conn:
            for head in self.heads[-3:]:
                problem = witness.disagreement(self.house, conn, head)
                if problem:
                    self._wrong(problem)
        self.result.entries = found.entries
        self._copies()

    def _copies(self) -> None:
        """No copy without its entry, no entry without its copy, each copy in the store."""
        granted = self._granted()
        left = self.home / LEFT
        given = set(left.read_text().split()) if left.exists() else set()
        rows = {
            (one, int(seq)) for one, seq in self.town.query("SELECT id, ledger_seq FROM certs.copy")
        }
        for copy in given - granted.keys():
            self._wrong(f"the copy {copy} was given without an entry")
        if rows != set(granted.items()):
            self._wrong("the copies on record are not those of the ledger")
        for copy, seq in granted.items():
            if seq >= self.checked and not stored_copy(self.house, copy).startswith(b"%PDF"):
                self._wrong(f"the copy {copy} is not in the store")
        self.checked = self.result.entries
        self.result.copies = len(granted)

    def _granted(self) -> dict[str, int]:
        """Copies that the ledger says were given, and by which entry."""
        with self.house.engine.connect() as conn:
            rows = conn.execute(select(entry.c.seq, entry.c.body)).all()
        bodies = [(row.seq, json.loads(row.body)) for row in rows]
        return {body["copy"]: seq for seq, body in bodies if body["event"] == "look.granted"}

    def _end(self) -> None:
        """Every landed row published once in its newest version, every version in an entry."""
        current = self.town.query(
            "SELECT count(*), count(DISTINCT c.key_hash) FROM certs.licence c"
            " JOIN landing.licence l USING (system, stream, key_hash, row_hash)"
            " WHERE c.ended_at IS NULL"
        )
        if current != [(ROWS, ROWS)]:
            self._wrong("what is published is not what has landed")
        versions = self.town.query("SELECT count(*) FROM certs.licence")[0][0]
        told = sum(
            one["count"] for one in self.town.events() if one["event"] == "licence.published"
        )
        if versions != told:
            self._wrong(f"{versions} versions were published, the ledger says {told}")
        self._look()

    def _wrong(self, sentence: str) -> None:
        self.result.wrong.append(f"after {self.result.strikes} strikes: {sentence}")


def _opened(home: Path) -> House:
    from kernel.clock import stopped_clock
    from pipeline.wiring import open_house

    house = open_house(home, clock=stopped_clock(NOW))
    with house.engine.begin() as conn:
        conn.execute(text("SELECT 1"))
    return house


def _publish(home: Path, run: str) -> None:
    import certs.licences.publish as publishing

    vars(publishing)["BATCH"] = BATCH
    house = _opened(home)
    (home / "ready").touch()
    publishing.publish_system(house, SYSTEM, run)


def _share(home: Path, run: str) -> None:
    from certs.copies.share import fetch
    from registry.accounts import account

    house = _opened(home)
    with house.engine.begin() as conn:
        clerk = account(conn, "clerk")
    if clerk is None:
        sys.exit(f"{run}: there is no clerk")
    left = os.open(home / LEFT, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while True:
        made = fetch(house, clerk, CASE, MATERIAL, "办理食品经营许可")
        os.write(left, f"{made.id}\n".encode())
        (home / "ready").touch()  # the first of a process reads fonts and lists
