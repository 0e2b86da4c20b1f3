"""Unify: what the counties call things becomes the canonical items and materials, or a question.

Role: reads live landing items and materials; writes canonical items, canonical materials, the
rules' judgements and the questions for people, all in one transaction, one run at a time. The same
rows give the same result in whatever order they came; a run that finds nothing new writes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

from catalog.canonical import write_items
from catalog.items import lexicon as item_words
from catalog.items import things as item_things
from catalog.items.match import Index, Verdict
from catalog.items.model import FILE as ITEM_MODEL
from catalog.items.weigh import judge_all
from catalog.judging.decisions import Question, Settled, write
from catalog.materials import lexicon as material_words
from catalog.materials.proofs import known_proofs
from catalog.sources import (
    Implementation,
    LandedItems,
    fingerprint,
    read_items,
)
from catalog.tables import LOCK
from catalog.unify_materials import unify_materials
from kernel.db import lock
from kernel.house import House


@dataclass(frozen=True)
class UnifyCounts:
    """Live items: canonical ones, counties' ones, of these unified, and open questions of items."""

    canonical: int
    county: int
    unified: int
    to_review: int


def unify(house: House, run: str) -> UnifyCounts:
    """Bring the catalogue up to what has landed. Repeating it changes nothing."""
    proofs = known_proofs()
    with house.engine.begin() as conn:
        lock(conn, LOCK)
        rules = (
            item_words.load().digest,
            item_things.load().digest,
            material_words.load().digest,
            proofs.digest,
            code_digest(),
        )
        seen = fingerprint(conn, rules)
        last = conn.execute(
            text(
                "SELECT canonical, county, unified, to_review, fingerprint FROM catalog.unified"
                " ORDER BY id DESC LIMIT 1"
            )
        ).first()
        if last is not None and last[4] == f"{seen}|{_left(conn)}":
            return UnifyCounts(*last[:4])
        landed = read_items(conn)
        _unify_items(conn, house, landed)
        unify_materials(conn, house.clock(), proofs)
        counts = _count(conn, landed)
        conn.execute(
            text(
                "INSERT INTO catalog.unified"
                " (run, at, fingerprint, canonical, county, unified, to_review)"
                " VALUES (:run, :at, :fingerprint, :canonical, :county, :unified, :to_review)"
            ),
            {
                "run": run,
                "at": house.clock(),
                "fingerprint": f"{seen}|{_left(conn)}",
                **counts.__dict__,
            },
        )
        return counts


@cache
def code_digest() -> str:
    """Digest of the rules' own code and learned weights, so that a new version runs anew."""
    files = [*sorted(Path(__file__).parent.rglob("*.py")), ITEM_MODEL]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _unify_items(conn: Connection, house: House, landed: LandedItems) -> None:
    at = house.clock()
    write_items(conn, landed.canonical, at)
    verdicts = judge_all(Index(landed.canonical), (one.local for one in landed.implementations))
    settled: list[Settled] = []
    asked: list[Question] = []
    for one in landed.implementations:
        verdict = verdicts[one.local]
        if verdict.item_id is None:
            asked.append(_question(one, verdict))
        else:
            settled.append(
                Settled(
                    one.code,
                    one.name,
                    verdict.item_id,
                    verdict.rule,
                    verdict.why,
                    verdict.confidence,
                )
            )
    write(conn, "item", settled, asked, at)


def _question(one: Implementation, verdict: Verdict) -> Question:
    return Question(
        one.code,
        one.name,
        one.division,
        one.handling_department or one.department,
        verdict.candidates,
    )


def _count(conn: Connection, landed: LandedItems) -> UnifyCounts:
    same = conn.execute(
        text(
            'SELECT "left" FROM catalog.judgement'
            " WHERE subject = 'item' AND undone_at IS NULL AND relation = 'same'"
        )
    ).scalars()
    county = {one.code for one in landed.implementations}
    to_review = conn.execute(
        text("SELECT count(*) FROM catalog.review WHERE subject = 'item' AND closed_at IS NULL")
    ).scalar_one()
    return UnifyCounts(len(landed.canonical), len(county), len(county & set(same)), to_review)


def _left(conn: Connection) -> str:
    """What the tables hold now, so that a run notices any change made since the last one."""
    row = conn.execute(
        text(
            "SELECT (SELECT concat_ws(',', count(*), max(id), sum(id) FILTER"
            " (WHERE undone_at IS NULL)) FROM catalog.judgement),"
            " (SELECT count(*) FROM catalog.review WHERE closed_at IS NULL),"
            " (SELECT count(*) FROM catalog.canonical_item WHERE gone_at IS NULL),"
            " (SELECT count(*) FROM catalog.canonical_material)"
        )
    ).one()
    return ",".join(str(value) for value in row)
