"""Judgements that cannot all be right: found, kept, and shown with what they rest on.

Names and canonical items are points. `same` joins two of them: what a person said, a rule said, a
base code says, or that two names have one normal form. `different`, `none`, `narrower` and
`broader` part them, and two canonical items are never one. Where a way of joins leads from a
person's word to a point that it may not reach, that way is a contradiction: A is B, B is C, A is
not C.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from catalog.judging.statements import Statement, in_force

_NEIGHBOURS = text(  # rows of the questions that were judged, and of those of the same normal form
    'SELECT DISTINCT l.key, l.name, l."left", l.base_code, l.office, l.norm, j.statement,'
    ' j."right", j.relation, j."by" FROM catalog.local l JOIN (SELECT DISTINCT o.office, o.norm'
    " FROM catalog.statement s JOIN catalog.local o ON o.subject = s.subject"
    ' AND (o.key = s.key OR o."left" = s."left") WHERE s.subject = :s AND s.state = \'in_force\''
    " AND s.undone_at IS NULL AND s.relation <> 'unsure') near"
    " ON near.office = l.office AND near.norm = l.norm"
    ' LEFT JOIN catalog.judgement j ON j.subject = l.subject AND j."left" = l."left"'
    " AND j.undone_at IS NULL WHERE l.subject = :s"
)
_NAMES = {
    "item": "SELECT id, name FROM catalog.canonical_item WHERE gone_at IS NULL",
    "material": "SELECT id, name FROM catalog.canonical_material",
}
_SAYS = {"narrower": "窄于", "broader": "宽于", "different": "不是"}


@dataclass(frozen=True)
class Rest:
    """One thing that a contradiction rests on. `judgement`: the number of a person's statement."""

    kind: str  # person | rule | base_code | same_name
    says: str
    judgement: int | None = None
    by: str | None = None


@dataclass(frozen=True)
class Contradiction:
    """As found: `key` and `name` are of the question whose judgement it begins at."""

    subject: str
    kind: str  # two_persons | same_name | base_code | gone
    key: str
    name: str
    says: str
    rests: tuple[Rest, ...]

    @property
    def id(self) -> str:
        """The same for the same rests, from whichever end they were found."""
        said = sorted(f"{one.kind}/{one.says}/{one.judgement}" for one in self.rests)
        return hashlib.sha256("\n".join((self.subject, *said)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Shown:
    """A contradiction that stands, for a page."""

    id: str
    subject: str
    kind: str
    key: str
    name: str
    says: str
    rests: list[dict[str, Any]]
    found_at: datetime


def refresh(conn: Connection, at: datetime) -> None:
    """Find all contradictions; keep new ones, end those that are gone."""
    found = {one.id: one for subject in _NAMES for one in find(conn, subject)}
    there = conn.execute(
        text("SELECT id, ended_at IS NULL FROM catalog.contradiction ORDER BY id")
    ).all()
    known, standing = {row[0] for row in there}, {row[0] for row in there if row[1]}
    conn.execute(
        text("UPDATE catalog.contradiction SET ended_at = :at WHERE id = ANY(:ids)"),
        {"at": at, "ids": sorted(standing - set(found))},
    )
    conn.execute(
        text(
            "UPDATE catalog.contradiction SET ended_at = NULL, found_at = :at WHERE id = ANY(:ids)"
        ),
        {"at": at, "ids": sorted((set(found) & known) - standing)},
    )
    for key in sorted(set(found) - known):
        one = found[key]
        conn.execute(
            text(
                "INSERT INTO catalog.contradiction (id, subject, kind, key, name, says, rests,"
                " found_at) VALUES (:id, :subject, :kind, :key, :name, :says, :rests, :at)"
            ),
            {
                **asdict(one),
                "id": key,
                "rests": Jsonb([asdict(rest) for rest in one.rests]),
                "at": at,
            },
        )


def standing(conn: Connection, subject: str | None = None) -> list[Shown]:
    """The contradictions that stand, the oldest first."""
    found = conn.execute(
        text(
            "SELECT id, subject, kind, key, name, says, rests, found_at FROM catalog.contradiction"
            " WHERE ended_at IS NULL AND (CAST(:s AS text) IS NULL OR subject = :s)"
            " ORDER BY found_at, id"
        ),
        {"s": subject},
    )
    return [Shown(*row) for row in found]


def find(conn: Connection, subject: str) -> list[Contradiction]:
    """All contradictions of a subject, each once."""
    said = [one for one in in_force(conn, subject).found if one.relation != "unsure"]
    if not said:
        return []
    names = {row[0]: row[1] for row in conn.execute(text(_NAMES[subject]))}
    graph = _Graph(subject, names, _latest(said), conn.execute(_NEIGHBOURS, {"s": subject}).all())
    found: dict[str, Contradiction] = {}
    for statement in graph.said:
        for one in graph.contradict(statement):
            found.setdefault(one.id, one)  # from its other end it is the same
    return [found[key] for key in sorted(found)]


def _latest(said: Sequence[Statement]) -> list[Statement]:
    """Of each person only the last word on a question (what it is, and each thing it is not)."""
    last: dict[tuple[Any, ...], Statement] = {}
    for one in said:
        what = one.rights if one.relation == "different" else ()
        last[one.by, one.key, one.left, what] = one
    return sorted(last.values(), key=lambda one: (one.key, one.left or "", one.by, one.id))


class _Graph:
    """Points, joins between them, and what may not be joined."""

    def __init__(
        self, subject: str, names: dict[str, str], said: list[Statement], rows: Sequence[Any]
    ) -> None:
        self.subject, self.names, self.said = subject, names, said
        self.joins: dict[str, list[tuple[str, Rest]]] = defaultdict(list)
        own = {one.left for one in said if one.left is not None}
        self.where = {row.left: row for row in rows}
        forms: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for row in rows:
            point = f"row/{row.left}" if row.left in own else f"key/{row.key}"
            if point.startswith("key/"):
                forms[row.office, row.norm][point] = row.name
            self._join_row(point, row)
        for one in said:
            if one.relation == "same" and len(one.rights) == 1:
                self._join(_point(one), f"id/{one.rights[0]}", self._of_person(one))
        for points in forms.values():
            self._join_forms(sorted(points.items()))

    def _join_row(self, point: str, row: Any) -> None:
        if self.subject == "item" and row.base_code in self.names and row.statement is not None:
            says = f"“{row.name}”（{row.left}）的代码指向“{self.names[row.base_code]}”"
            self._join(point, f"id/{row.base_code}", Rest("base_code", says))
        if row.statement is None and row.relation == "same" and row.right in self.names:
            says = f"规则认定“{row.name}”是“{self.names[row.right]}”"
            self._join(point, f"id/{row.right}", Rest("rule", says, None, row.by))

    def _join_forms(self, points: Sequence[tuple[str, str]]) -> None:
        for (first, name), (second, other) in pairwise(points):
            says = f"“{name}”与“{other}”去除层级、括注后是同一名称"
            self._join(first, second, Rest("same_name", says))

    def _join(self, first: str, second: str, rest: Rest) -> None:
        if (second, rest) not in self.joins[first]:
            self.joins[first].append((second, rest))
            self.joins[second].append((first, rest))

    def _of_person(self, one: Statement) -> Rest:
        named = "、".join(self.names.get(item, item) for item in one.rights)
        relation = _SAYS.get(one.relation, "是")
        says = "不是任何一项" if one.relation == "none" else f"{relation}“{named}”"
        return Rest("person", f"{one.by}认定“{one.name}”{says}", one.id, one.by)

    def contradict(self, one: Statement) -> Iterator[Contradiction]:
        """What begins at this statement."""
        gone = [item for item in one.rights if item not in self.names]
        if gone:
            says = f"{one.by}认定“{one.name}”与“{gone[0]}”有关，该项已不在目录中"
            yield self._made(one, "gone", says, (self._of_person(one),))
        start, own = _point(one), self._of_person(one)
        ways = self._ways(start)
        reached = {point.removeprefix("id/"): way for point, way in ways.items()}
        for item in sorted(reached):
            if self._may_not(one, item):
                rests = self._rests(own, reached[item])
                says = f"“{one.name}”{self._shown(one)}，但由其他依据得出它是“{self.names[item]}”"
                yield self._made(one, _kind(rests), says, rests)

    def _may_not(self, one: Statement, item: str) -> bool:
        if item not in self.names:
            return False
        if one.relation == "same":
            return len(one.rights) == 1 and one.rights[0] in self.names and item != one.rights[0]
        if one.relation == "none":
            return True
        return item in one.rights

    def _shown(self, one: Statement) -> str:
        named = "、".join(self.names.get(item, item) for item in one.rights)
        if one.relation == "none":
            return "被认定不是任何一项"
        return f"被认定{_SAYS.get(one.relation, '是')}“{named}”"

    def _ways(self, start: str) -> dict[str, tuple[Rest, ...]]:
        """The shortest way to each canonical point; canonical points are ends, not ways through."""
        found: dict[str, tuple[Rest, ...]] = {}
        seen = {start}
        todo: deque[tuple[str, tuple[Rest, ...]]] = deque([(start, ())])
        while todo:
            point, way = todo.popleft()
            for other, rest in sorted(self.joins[point], key=lambda join: (join[0], str(join[1]))):
                if other in seen:
                    continue
                seen.add(other)
                if other.startswith("id/"):
                    found[other] = (*way, rest)
                else:
                    todo.append((other, (*way, rest)))
        return found

    def _rests(self, own: Rest, way: tuple[Rest, ...]) -> tuple[Rest, ...]:
        return (own, *(rest for rest in way if rest != own))

    def _made(self, one: Statement, kind: str, says: str, rests: tuple[Rest, ...]) -> Contradiction:
        return Contradiction(self.subject, kind, one.key, one.name, says, rests)


def _point(one: Statement) -> str:
    return f"key/{one.key}" if one.left is None else f"row/{one.left}"


def _kind(rests: Sequence[Rest]) -> str:
    kinds = {rest.kind for rest in rests}
    if "base_code" in kinds:
        return "base_code"
    return "same_name" if "same_name" in kinds else "two_persons"
