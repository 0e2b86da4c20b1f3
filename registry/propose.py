"""Proposes what the columns of a table mean. It only proposes: a person confirms the mapping.

A comment, where it says something, decides; a name is asked where it does not, and otherwise only
makes surer. Each field is given once a table, the surest first. Nothing is given below `LEAST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pypinyin import lazy_pinyin

from registry.content import Content
from registry.evidence import verdict, weighed
from registry.fields import FIELDS, Kind, StandardField, required
from registry.known_by import Column, Known, barred_by, core_of, known_by, parts_of
from registry.licence_types import details
from registry.mapping_words import Said, plain, words

__all__ = ["Column", "Proposal", "TableProposal", "propose", "tables"]

LEAST = 0.5
NAMES = ("holder_name", "applicant_name")


@dataclass(frozen=True)
class Proposal:
    """What one column may mean: a standard field, or "" where none fits. confidence: 0 to 1."""

    column: str
    field: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class TableProposal:
    """A table's kind (None: it fits no kind) and one proposal for every column, in its order."""

    kind: Kind | None
    columns: tuple[Proposal, ...]


def propose(
    table: str,
    comment: str,
    columns: Sequence[Column],
    contents: Mapping[str, Content] | None = None,
) -> TableProposal:
    """The mapping of one table. Pure: the same schema gives the same proposal.

    `contents`: what the values of its columns say, where rows are at hand.
    """
    best: tuple[float, Kind | None, dict[str, tuple[str, Known]]] = (0.0, None, {})
    for kind in FIELDS:
        given = _assign(kind, columns, contents or {})
        score = _fits(kind, table, comment, given)
        if score > best[0]:
            best = (score, kind, given)
    _, found, given = best
    return TableProposal(found, tuple(_proposal(one, found, given) for one in columns))


def _proposal(column: Column, kind: Kind | None, given: dict[str, tuple[str, Known]]) -> Proposal:
    if column.name in given:
        field, known = given[column.name]
        return Proposal(column.name, field, round(known.score, 2), f"{kind}: {known.why}")
    if kind is None:
        return Proposal(column.name, "", 0.0, "the table fits no kind of record")
    if kind == "licence" and (detail := _detail(column)):
        return Proposal(column.name, "", 0.0, f"a detail of a licence: {detail}")
    barred = barred_by(core_of(column.comment), column.name, words())
    why = f"{barred} names no field of a {kind}" if barred else f"no field of a {kind} fits"
    return Proposal(column.name, "", 0.0, why)


def _detail(column: Column) -> str:
    """The detail field of a licence type that a column's comment or name says, else ""."""
    core, name = core_of(column.comment), plain(column.name)
    for detail in details():
        if detail in (core, column.name) or (not core and "".join(lazy_pinyin(detail)) == name):
            return detail
    return ""


def _assign(
    kind: Kind, columns: Sequence[Column], contents: Mapping[str, Content]
) -> dict[str, tuple[str, Known]]:
    """column -> field, each used once, the surest first; ties go to the earlier column."""
    said = words().fields[kind]
    firms = _workplaces(columns)
    pairs = [
        (-known.score, place, list(said).index(name), column.name, name, known)
        for place, column in enumerate(columns)
        for name, standard in FIELDS[kind].items()
        if not (name in NAMES and column.name in firms)
        if (known := _seen(column, standard, said[name], contents.get(column.name))).score >= LEAST
    ]
    given: dict[str, tuple[str, Known]] = {}
    used: set[str] = set()
    for _, _, _, column_name, field, known in sorted(pairs, key=lambda pair: pair[:3]):
        if column_name not in given and field not in used:
            given[column_name] = (field, known)
            used.add(field)
    return given


def _workplaces(columns: Sequence[Column]) -> frozenset[str]:
    """In a table of persons, the columns that name where they work."""
    persons = words().persons
    cores = {one.name: core_of(one.comment) for one in columns}
    firm = any(said in core for core in cores.values() for said in persons["firm_number"])
    if firm or persons["name"].isdisjoint(cores.values()):
        return frozenset()
    return frozenset(name for name, core in cores.items() if core in persons["firm_name"])


def _seen(column: Column, standard: StandardField, said: Said, content: Content | None) -> Known:
    """How surely the column holds the field, by its words and then by its values."""
    known = known_by(column, standard, said)
    if content is None:
        return known
    found = verdict(standard, content)
    barred = bool(barred_by(core_of(column.comment), column.name, words()))
    score = weighed(known.score, found, barred=barred)
    return Known(score, " and ".join(one for one in (known.why, found.why) if one))


def _fits(kind: Kind, table: str, comment: str, given: dict[str, tuple[str, Known]]) -> float:
    """How well a table fits a kind; 0 where it does not.

    What is needed counts double, what every table has (updated, status, name) does not decide.
    """
    needed = set(required(kind))
    score, own = 0.0, 0
    for field, known in given.values():
        if field == "updated":
            continue
        score += known.score * (2 if field in needed else 1)
        own += 1
    says, names = words().kinds[kind]
    parts = set(parts_of(table))
    table_says = any(word in comment for word in says) or bool(parts & names)
    if not table_says and any(word in comment for word in words().never_tables):
        return 0.0
    if own < 2 or (own < 3 and not table_says):
        return 0.0
    return score + (3.0 if table_says else 0.0)


def tables(rows: Iterable[tuple[str, str, Column]]) -> dict[str, tuple[str, list[Column]]]:
    """Columns by table, both in the order of the rows: table -> comment and columns."""
    found: dict[str, tuple[str, list[Column]]] = {}
    for table, comment, column in rows:
        found.setdefault(table, (comment, []))[1].append(column)
    return found
