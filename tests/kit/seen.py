"""What one cell of the fault matrix ended in: told from what the landing holds, in few words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlalchemy import select

from kernel.errors import Resting, ZhongtaiError
from kernel.house import House
from landing.read import is_live
from landing.tables import RECORDS, finding, quarantine

#: A row: stream, hash of its key, hash of its content.
Row = tuple[str, str, str]


@dataclass
class State:
    """What the landing holds of a system: live rows, open refusals with their reasons, findings."""

    live: set[Row] = field(default_factory=set)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def keys(self) -> set[tuple[str, str]]:
        """Keys that are known, stored or refused."""
        return {row[:2] for row in self.live} | self.refused.keys()


@dataclass(frozen=True)
class Seen:
    """A cell's end, and the sentence that a person reads of it (empty for right rows)."""

    end: str
    says: str


def state_of(house: House, code: str) -> State:
    """The landing as it is."""
    found = State()
    with house.engine.connect() as conn:
        for table in RECORDS.values():
            chosen = select(table.c.stream, table.c.key_hash, table.c.row_hash)
            live = conn.execute(chosen.where(table.c.system == code, is_live(table)))
            found.live |= {(row[0], row[1], row[2]) for row in live}
        refused = select(quarantine.c.stream, quarantine.c.key_hash, quarantine.c.reason)
        refused = refused.where(quarantine.c.system == code, quarantine.c.closed_at.is_(None))
        found.refused = {(row[0], row[1]): row[2] for row in conn.execute(refused)}
        open_now = select(finding).where(finding.c.system == code, finding.c.closed_at.is_(None))
        for one in conn.execute(open_now):
            found.findings[one.stream, one.kind, one.subject] = one.detail
    return found


def seen(
    error: ZhongtaiError | None, before: State, during: State, after: State, retried: bool
) -> Seen:
    """The end in words, and its sentence.

    `before`, `after`: with a source that is right. `retried`: the first request went wrong.
    """
    fresh = during.findings.keys() - before.findings.keys()
    kinds = sorted({kind for _, kind, _ in fresh})
    refused = {key: why for key, why in during.refused.items() if key not in after.refused}
    said = [str(error)] if error else []
    said += [during.findings[one] for one in sorted(fresh)] + sorted(refused.values())
    words = []
    if error is not None:
        words.append("resting" if isinstance(error, Resting) else f"error {type(error).__name__}")
    if kinds:
        words.append("finding " + ", ".join(kinds))
    if refused:
        words.append("quarantined")
    if error is not None and before.live and during.live == before.live:
        words.append("rows as before")
    else:
        words.append(_rows(during, after, set(refused)))
    if len(words) == 1 and words[0] != "right rows":
        words.insert(0, "silent")
    if words == ["right rows"] and retried:
        words = ["right rows after a retry"]
    return Seen("; ".join(words), plain(said[0]) if said else "")


def _rows(during: State, after: State, refused: set[tuple[str, str]]) -> str:
    """What of the source's true rows is there."""
    known = set(during.refused)
    missing = {row for row in after.live if row not in during.live and row[:2] not in known}
    wrong = {row for row in during.live if row not in after.live}
    if not missing and not wrong:
        return "right rows" if not refused else "the other rows are right"
    if not during.live and not known:
        return "nothing landed"
    if {row[:2] for row in missing} == {row[:2] for row in wrong}:
        return "rows as given"
    return "some rows" if not wrong else "some rows as given"


def plain(sentence: str) -> str:
    """The sentence without what differs between two runs: times, ports, fingerprints, counts."""
    sentence = re.sub(r"127\.0\.0\.1:\d+", "<address>", sentence)
    sentence = re.sub(r"\d{14}", "<time>", sentence)
    sentence = re.sub(r"#[0-9a-f]{8}", "<fingerprint>", sentence)
    return re.sub(r"(?<![\w.:-])\d[\d,]*(?:\.\d+)?(?![\w:-])", "N", sentence)
