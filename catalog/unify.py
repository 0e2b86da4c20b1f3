"""Unify: what the counties call things becomes the canonical items and materials, or a question.

Role: reads live landing items and materials; writes canonical items, canonical materials, the
rules' verdicts, what holds of each row and the questions for people, all in one transaction, one
run at a time. The same rows give the same result in whatever order they came; a run that finds
nothing new writes nothing. Only what is new is judged: a verdict is kept by a digest of the name
and its evidence until the rules or the canonical items change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from catalog.canonical import Changed, write_items
from catalog.items import lexicon as item_words
from catalog.items import things as item_things
from catalog.items.match import Canonical, Index, Local
from catalog.items.model import FILE as ITEM_MODEL
from catalog.items.weigh import judge_all
from catalog.judging import contradictions, lists, live, verdicts
from catalog.judging.effect import settle
from catalog.judging.marks import left_behind
from catalog.judging.statements import rekey
from catalog.materials import lexicon as material_words
from catalog.materials.proofs import known_proofs
from catalog.sources import read_canonical
from catalog.tables import LOCK
from catalog.unify_materials import unify_materials
from kernel import logs
from kernel.db import lock
from kernel.house import House


@dataclass(frozen=True)
class UnifyCounts:
    """Live items: canonical ones, counties' ones, of these unified, and open questions of items."""

    canonical: int
    county: int
    unified: int
    to_review: int


@dataclass(frozen=True)
class _Last:
    """The last run: by which rules it judged, and what it left."""

    counts: UnifyCounts
    rules: str
    left_behind: str


def unify(house: House, run: str) -> UnifyCounts:
    """Bring the catalogue up to what has landed. Repeating it changes nothing."""
    proofs = known_proofs()
    digests = (
        item_words.load().digest,
        item_things.load().digest,
        material_words.load().digest,
        proofs.digest,
        code_digest(),
    )
    rules = hashlib.sha256("|".join(digests).encode()).hexdigest()
    with house.engine.begin() as conn:
        lock(conn, LOCK)
        last = _last(conn)
        whole = last is None or last.rules != rules or last.left_behind != left_behind(conn)
        if last is None or last.rules != rules:
            _forget_all(conn)
        at = house.clock()
        canonical = read_canonical(conn)
        changed = _unify_items(conn, canonical, at, whole=whole)
        changed = unify_materials(conn, at, proofs, whole=whole) or changed
        changed = _by_lists(conn, at) or changed
        if last is not None and not whole and not changed:
            logs.info("unify found nothing new", run=run)
            return last.counts
        contradictions.refresh(conn, at)
        counts = _count(conn, len(canonical))
        conn.execute(
            text(
                "INSERT INTO catalog.unified (run, at, rules, left_behind, canonical, county,"
                " unified, to_review) VALUES (:run, :at, :rules, :left_behind, :canonical,"
                " :county, :unified, :to_review)"
            ),
            {
                "run": run,
                "at": at,
                "rules": rules,
                "left_behind": left_behind(conn),
                **counts.__dict__,
            },
        )
    logs.info("unified", run=run, **counts.__dict__)
    return counts


@cache
def code_digest() -> str:
    """Digest of the rules' own code and learned weights, so that a new version runs anew."""
    files = [*sorted(Path(__file__).parent.rglob("*.py")), ITEM_MODEL]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _local(row: Any) -> Local:
    """What is judged of a row of `live.unjudged`."""
    _, name, base_code, parent, _task_type, department = row
    return Local(name, base_code, department, parent)


def _unify_items(
    conn: Connection, canonical: tuple[Canonical, ...], at: datetime, *, whole: bool
) -> bool:
    """Canonical items, verdicts and what holds; whether anything had changed."""
    changed = write_items(conn, canonical, at)
    came = live.refresh(conn, "item")
    forgotten = _forget_touched(conn, changed)
    among = None if whole or forgotten is None else came.digests | forgotten
    asked = live.unjudged(conn, "item", among)
    if asked:
        found = judge_all(Index(canonical), map(_local, asked))
        verdicts.keep(
            conn,
            "item",
            ((row[0], verdicts.of_match(found[_local(row)]), (row[2],)) for row in asked),
        )
    if came.gone:
        verdicts.forget_unused(conn, "item")
    if whole:
        settle(conn, "item", None, at)
    elif came.all or asked:
        again = live.lefts_of(conn, "item", {row[0] for row in asked})
        settle(conn, "item", came.all | again, at)
    return bool(came.all or asked or changed.written or changed.gone)


def _by_lists(conn: Connection, at: datetime) -> bool:
    """What lists of materials settle or put in doubt; whether they say anything else now."""
    changed = lists.refresh(conn)
    if changed:
        settle(conn, "item", changed, at)
    return bool(changed)


def _forget_all(conn: Connection) -> None:
    """The rules are others: nothing of what they said is kept; what persons said is."""
    for subject in ("item", "material"):
        verdicts.forget(conn, subject)
    conn.execute(text("DELETE FROM catalog.local"))
    rekey(conn)


def _forget_touched(conn: Connection, changed: Changed) -> set[str] | None:
    """None where canonical items changed: every verdict is forgotten then, else an empty set.

    A name is weighed beside all canonical items (which words are rare, which candidate leads), so
    any of them may touch any verdict.
    """
    if not changed.written and not changed.gone:
        return set()
    verdicts.forget(conn, "item")
    return None


def _last(conn: Connection) -> _Last | None:
    row = conn.execute(
        text(
            "SELECT canonical, county, unified, to_review, rules, left_behind"
            " FROM catalog.unified ORDER BY id DESC LIMIT 1"
        )
    ).first()
    return None if row is None else _Last(UnifyCounts(*row[:4]), *row[4:])


def _count(conn: Connection, canonical: int) -> UnifyCounts:
    row = conn.execute(
        text(
            "SELECT (SELECT count(*) FROM catalog.local WHERE subject = 'item'),"
            " (SELECT count(*) FROM catalog.judgement"
            " WHERE subject = 'item' AND undone_at IS NULL AND relation = 'same'),"
            " (SELECT count(*) FROM catalog.review WHERE subject = 'item' AND closed_at IS NULL)"
        )
    ).one()
    return UnifyCounts(canonical, *row)
