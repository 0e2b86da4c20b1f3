"""The questions for people, those first that settle most.

One question stands for every row of the same name, its county's own not counted, at the same kind
of office. First come those that touch waivers, hold back an item that is published, or have open
cases; among them, and among the others, those with most rows. What somebody was unsure about comes
last, and not to that person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, TextClause, text

from catalog.judging.evidence import Evidence, evidence
from catalog.judging.keys import office_of, question_name
from catalog.judging.people import decides
from catalog.judging.statements import WAITING, Statement, alike, history, in_force, of_subject
from kernel.errors import BadInput
from registry.accounts import Account

#: Below this score the rules have found nothing that is near.
LIKELY = 0.05
_OPEN = (
    "SELECT r.key, array_agg(DISTINCT r.left_name), min(l.office), count(*),"
    " count(DISTINCT nullif(r.division, '')), (array_agg(r.why ORDER BY r.\"left\"))[1],"
    ' (array_agg(r.candidates ORDER BY jsonb_array_length(r.candidates) DESC, r."left"))[1]'
    " FROM catalog.review r JOIN LATERAL (SELECT office FROM catalog.local"
    ' WHERE subject = r.subject AND "left" = r."left" LIMIT 1) l ON true'
    " WHERE r.subject = :s AND r.closed_at IS NULL GROUP BY r.key"
)
#: Questions whose rows, or whose best candidate, ask for a material that data may stand for.
_WAIVES = {
    "item": (
        'SELECT r.key FROM catalog.review r JOIN landing.material m ON m.item_code = r."left"'
        " AND m.deleted_at IS NULL AND NOT m.withheld AND m.purpose = 'prove'"
        " JOIN catalog.judgement j ON j.subject = 'material' AND j.\"left\" = m.name"
        " AND j.undone_at IS NULL"
        " JOIN catalog.canonical_material k ON k.id = ANY(string_to_array(j.\"right\", ' '))"
        " AND cardinality(k.licence_types) > 0"
        " WHERE r.subject = 'item' AND r.closed_at IS NULL"
        " UNION SELECT r.key FROM catalog.review r JOIN catalog.published_material p"
        " ON p.item_id = r.candidates -> 0 ->> 'id' AND p.purpose = 'prove'"
        " AND p.version = (SELECT max(number) FROM catalog.version)"
        " AND cardinality(p.licence_types) > 0"
        " WHERE r.subject = 'item' AND r.closed_at IS NULL"
    ),
    "material": (
        "SELECT DISTINCT r.key FROM catalog.review r JOIN catalog.canonical_material k"
        " ON k.id = r.candidates -> 0 ->> 'id' AND cardinality(k.licence_types) > 0"
        " WHERE r.subject = 'material' AND r.closed_at IS NULL"
    ),
}
#: Questions with rows that are in the published catalogue and would fall out of the next version.
_HELD = (
    "SELECT DISTINCT r.key FROM catalog.review r JOIN catalog.published_mapping p"
    ' ON p.local_code = r."left" AND p.version = (SELECT max(number) FROM catalog.version)'
    " WHERE r.subject = 'item' AND :s = 'item' AND r.closed_at IS NULL"
)
_CASES = {
    "item": (
        "SELECT r.key, count(DISTINCT c.case_number) FROM catalog.review r"
        ' JOIN landing."case" c ON c.item_code = r."left" AND c.deleted_at IS NULL'
        " AND NOT c.withheld AND c.state IN ('accepted', 'deciding')"
        " WHERE r.subject = 'item' AND r.closed_at IS NULL GROUP BY r.key"
    ),
    "material": (
        "SELECT r.key, count(DISTINCT c.case_number) FROM catalog.review r"
        ' JOIN landing.material m ON m.name = r."left" AND m.deleted_at IS NULL'
        ' AND NOT m.withheld JOIN landing."case" c ON c.item_code = m.item_code'
        " AND c.deleted_at IS NULL AND NOT c.withheld AND c.state IN ('accepted', 'deciding')"
        " WHERE r.subject = 'material' AND r.closed_at IS NULL GROUP BY r.key"
    ),
}
#: A material's question settles the lists of all items that ask for it by that name.
_ITEMS = (
    "SELECT r.key, count(DISTINCT m.item_code) FROM catalog.review r JOIN landing.material m"
    ' ON m.name = r."left" AND m.deleted_at IS NULL AND NOT m.withheld'
    " WHERE r.subject = 'material' AND :s = 'material' AND r.closed_at IS NULL GROUP BY r.key"
)


@dataclass(frozen=True)
class Question:
    """One question. `rows`: how many its answer settles; `counties`: in how many divisions.

    `urgent`: why it comes first: waives, held (a published item waits for it), cases (open ones).
    `waits`: the number of a proposal or of a merge that waits for a second person. `unsure`: who
    did not know.
    """

    key: str
    subject: str
    name: str
    office: str
    rows: int
    counties: int
    why: str
    candidates: list[dict[str, Any]]
    urgent: tuple[str, ...]
    cases: int
    waits: int | None
    unsure: tuple[str, ...]

    @property
    def likely(self) -> bool:
        """Whether the rules hold any candidate of an item for likely; of a material always."""
        return self.subject != "item" or any(one["score"] >= LIKELY for one in self.candidates)


@dataclass(frozen=True)
class SettledRow:
    """A row that a question's answer settles, and what holds of it now."""

    code: str
    name: str
    division: str
    department: str
    parent: str
    base_code: str
    relation: str | None
    right: str | None
    by: str | None
    why: str | None


@dataclass(frozen=True)
class Whole:
    """A question with all its rows and everything that was said of it, the newest first.

    `question`: None where nothing is asked any more. `evidence`: of an item's candidates, in their
    order; of a material's none. `alike`: what was said, and counts, of other questions whose names
    are the same but for level and brackets, at whatever office.
    """

    key: str
    subject: str
    name: str
    office: str
    question: Question | None
    rows: list[SettledRow]
    said: list[Statement]
    evidence: list[Evidence]
    alike: list[Statement]


def questions(
    conn: Connection, account: Account | None, subject: str, limit: int = 50, offset: int = 0
) -> list[Question]:
    """The open questions for an account (None: all), those first that settle most.

    A department's officer sees those of the own office and of none. Raises BadInput.
    """
    if subject not in _WAIVES:
        raise BadInput(f"questions are about an item or a material, not about {subject}")
    found = [one for one in _all(conn, subject) if account is None or _for(account, one)]
    return sorted(found, key=_rank)[offset : offset + limit]


def subject_of(conn: Connection, of: str) -> str:
    """item or material: what a question's key, a code or a name is of. Raises BadInput."""
    found = conn.execute(
        text('SELECT min(subject) FROM catalog.local WHERE "left" = :of OR key = :of'),
        {"of": of.strip()},
    ).scalar_one()
    if found is None:
        raise BadInput(f"there is no {of} to judge: name a question's key, a code or a material")
    return str(found)


def whole(conn: Connection, subject: str, of: str, day: date) -> Whole:
    """A question by its key, by a local code or by a material's name. Raises BadInput.

    `day`: today in the city, for what holds of flows.
    """
    row = conn.execute(
        text(
            "SELECT key, office FROM catalog.local WHERE subject = :s"
            ' AND ("left" = :of OR key = :of) ORDER BY "left" = :of DESC, "left" LIMIT 1'
        ),
        {"s": subject, "of": of.strip()},
    ).first()
    if row is None:
        raise BadInput(f"there is no {subject} {of}: name a question or a code")
    asked = _all(conn, subject, row[0])
    rows = _rows(conn, subject, row[0])
    codes = [one.code for one in rows]
    beside = [str(one["id"]) for one in asked[0].candidates] if asked and subject == "item" else []
    return Whole(
        row[0],
        subject,
        question_name([one.name for one in rows]),
        row[1],
        asked[0] if asked else None,
        rows,
        history(conn, subject, row[0], codes),
        evidence(conn, codes, beside, day),
        alike(conn, subject, row[0]),
    )


def _rows(conn: Connection, subject: str, key: str) -> list[SettledRow]:
    found = conn.execute(
        text(
            "SELECT l.\"left\", l.name, l.division, coalesce(nullif(l.handled_by, ''),"
            ' l.department), l.parent, l.base_code, j.relation, j."right", j."by", j.why'
            " FROM catalog.local l LEFT JOIN catalog.judgement j ON j.subject = l.subject"
            ' AND j."left" = l."left" AND j.undone_at IS NULL'
            ' WHERE l.subject = :s AND l.key = :key ORDER BY l.division, l."left"'
        ),
        {"s": subject, "key": key},
    )
    return [SettledRow(*row) for row in found]


def _all(conn: Connection, subject: str, key: str | None = None) -> list[Question]:
    """The open questions; with a `key` only that one's, or none."""
    waits = {one.key: one.id for one in of_subject(conn, subject, WAITING)}
    unsure: dict[str, list[str]] = {}
    for one in in_force(conn, subject).found:
        if one.relation == "unsure" and one.by not in unsure.setdefault(one.key, []):
            unsure[one.key].append(one.by)
    facts = {"s": subject} if key is None else {"s": subject, "key": key}
    waives = set(conn.execute(_open(_WAIVES[subject], key), facts).scalars())
    held = set(conn.execute(_open(_HELD, key), facts).scalars())
    cases = {of: int(n) for of, n in conn.execute(_open(_CASES[subject], key), facts)}
    lists = {of: int(n) for of, n in conn.execute(_open(_ITEMS, key), facts)}
    made = []
    for of, names, office, rows, counties, why, candidates in conn.execute(
        _open(_OPEN, key), facts
    ):
        true = (("waives", of in waives), ("held", of in held), ("cases", of in cases))
        urgent = tuple(one for one, holds in true if holds)
        said = (urgent, cases.get(of, 0), waits.get(of), tuple(unsure.get(of, ())))
        settles = (max(rows, lists.get(of, 0)), counties, why, candidates)
        made.append(Question(of, subject, question_name(names), office, *settles, *said))
    return made


def _open(query: str, key: str | None) -> TextClause:
    """A query over the open questions, or over one of them."""
    opened = "r.closed_at IS NULL"
    return text(query if key is None else query.replace(opened, f"{opened} AND r.key = :key"))


def _for(account: Account, one: Question) -> bool:
    """Whether it is this account's to answer now."""
    if one.waits is not None or account.name in one.unsure:
        return False
    if decides(account):
        return True
    return one.office in ("", office_of(account.department or ""))


def _rank(one: Question) -> tuple[Any, ...]:
    return bool(one.unsure), not one.urgent, -one.rows, one.name, one.key
