"""Unify: what the counties call things becomes the canonical items and materials, or a question.

Role: reads live landing items and materials; writes canonical items, canonical materials, the
rules' verdicts, what holds of each row and the questions for people, all in one transaction, one
run at a time. The same rows give the same result in whatever order they came; a run that finds
nothing new writes nothing. Only what is new is judged: a verdict is kept by a digest of the name
and its evidence until the rules change, or the canonical items change in a way that touches it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from catalog.canonical import Changed, write_items
from catalog.items import lexicon as item_words
from catalog.items.candidates import questions
from catalog.items.match import Canonical, Index, Local, Verdict, judge_name
from catalog.judging import contradictions, live, verdicts
from catalog.judging.effect import settle
from catalog.judging.marks import left_behind
from catalog.materials import lexicon as material_words
from catalog.materials.proofs import known_proofs
from catalog.sources import read_canonical
from catalog.tables import LOCK
from catalog.unify_materials import unify_materials
from kernel.db import lock
from kernel.house import House

#: Beyond this share of canonical items that changed, every name is judged again.
MANY = 0.1
#: A changed item that scores less than this beside a settled name does not touch its verdict.
NEAR = 0.5


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
    digests = (item_words.load().digest, material_words.load().digest, proofs.digest, code_digest())
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
        if last is not None and not whole and not changed:
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
        return counts


def judge_all(index: Index, locals_: Iterable[Local]) -> dict[Local, Verdict]:
    """A verdict for each different local item; questions with scored candidates."""
    verdicts = {local: judge_name(index, local) for local in sorted(set(locals_), key=_order)}
    asked = [(local, verdict) for local, verdict in verdicts.items() if verdict.item_id is None]
    scored = questions(index, asked)
    verdicts.update({local: new for (local, _), new in zip(asked, scored, strict=True)})
    return verdicts


@cache
def code_digest() -> str:
    """Digest of the rules' own code, so that a new version of it runs anew."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _order(local: Local) -> tuple[str, str, str]:
    return local.name, local.base_code, local.department


def _local(row: Any) -> Local:
    """What is judged of a row of `live.unjudged`."""
    _, name, base_code, _parent, _task_type, department = row
    return Local(name, base_code, department)


def _unify_items(
    conn: Connection, canonical: tuple[Canonical, ...], at: datetime, *, whole: bool
) -> bool:
    """Canonical items, verdicts and what holds; whether anything had changed."""
    changed = write_items(conn, canonical, at)
    came = live.refresh(conn, "item")
    forgotten = _forget_touched(conn, canonical, changed)
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


def _forget_all(conn: Connection) -> None:
    """The rules are others: nothing of what they said is kept."""
    for subject in ("item", "material"):
        verdicts.forget(conn, subject)
    conn.execute(text("DELETE FROM catalog.local"))


def _forget_touched(
    conn: Connection, canonical: tuple[Canonical, ...], changed: Changed
) -> set[str] | None:
    """Forget the verdicts that a change of canonical items could touch; their digests.

    None: so much changed that all were forgotten.
    """
    ids = changed.written | changed.gone
    if not ids:
        return set()
    if len(ids) > MANY * len(canonical):
        verdicts.forget(conn, "item")
        return None
    touched = verdicts.mentioning(conn, "item", ids)
    rows = [row for row in live.every(conn, "item") if row[0] not in touched]
    news = Index(one for one in canonical if one.id in changed.written)
    if news.items:
        found = judge_all(news, map(_local, rows))
        least = verdicts.least_scores(conn, "item", NEAR)
        touched |= {row[0] for row in rows if _touches(found[_local(row)], least.get(row[0], 0.0))}
    verdicts.forget(conn, "item", touched)
    return touched


def _touches(alone: Verdict, least: float) -> bool:
    """Whether a name's verdict beside the changed items alone could change its verdict beside all.

    `least`: the lowest score among the candidates that it has.
    """
    if alone.item_id is not None or alone.rule != "none":
        return True
    best = max((one.score for one in alone.candidates), default=0.0)
    return best > 0 and best >= least


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
