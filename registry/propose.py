"""Proposes what the columns of a table mean. It only proposes: a person confirms the mapping.

A comment, where it says something, decides; a name is asked where it does not, and otherwise only
makes surer. Each field is given once a table, the surest first. Nothing is given below `LEAST`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pypinyin import lazy_pinyin

from registry.content import Content
from registry.evidence import verdict, weighed
from registry.fields import FIELDS, Kind, StandardField, required
from registry.licence_types import details
from registry.mapping_words import Said, Words, plain, words

LEAST = 0.5
#: How sure a way of knowing makes. With a name that agrees, the rest is cut to a third.
SAID, ENDS, WEAK = 0.93, 0.78, 0.62
NAMED, SPELT, SHORT, SHORTEST = 0.82, 0.84, 0.74, 0.58
#: A type that cannot hold the field leaves this share.
WRONG_TYPE = 0.4

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NOTE = re.compile(
    r"[（(\[【{].*?[)）\]】}]|[（(\[【{：:，,；;。].*$|(?<=[\u4e00-\u9fff]{2})\s+.*$|\s+"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PREFIX = re.compile(r"^(?:f|c|t|d|s|n|v|fd|col|fld|str|dt|vc|nb|l)_(?=.{2})", re.IGNORECASE)
_TIMES = re.compile(r"date|time", re.IGNORECASE)
_NUMBERS = re.compile(
    r"^(?:big|small|tiny|medium)?(?:int|serial)|^number|^numeric|^decimal|^float|^double|^bit|^bool",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """One column of a schema as its database describes it; `comment` and `type` may be empty."""

    name: str
    type: str
    comment: str


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


@dataclass(frozen=True)
class _Known:
    """A way of knowing: how sure, and why in a few words."""

    score: float
    why: str


def propose(
    table: str,
    comment: str,
    columns: Sequence[Column],
    contents: Mapping[str, Content] | None = None,
) -> TableProposal:
    """The mapping of one table. Pure: the same schema gives the same proposal.

    `contents`: what the values of its columns say, where rows are at hand.
    """
    best: tuple[float, Kind | None, dict[str, tuple[str, _Known]]] = (0.0, None, {})
    for kind in FIELDS:
        given = _assign(kind, columns, contents or {})
        score = _fits(kind, table, comment, given)
        if score > best[0]:
            best = (score, kind, given)
    _, found, given = best
    return TableProposal(found, tuple(_proposal(one, found, given) for one in columns))


def _proposal(column: Column, kind: Kind | None, given: dict[str, tuple[str, _Known]]) -> Proposal:
    if column.name in given:
        field, known = given[column.name]
        return Proposal(column.name, field, round(known.score, 2), f"{kind}: {known.why}")
    if kind is None:
        return Proposal(column.name, "", 0.0, "the table fits no kind of record")
    if kind == "licence" and (detail := _detail(column)):
        return Proposal(column.name, "", 0.0, f"a detail of a licence: {detail}")
    barred = _barred(_core(column.comment), column.name, words())
    why = f"{barred} names no field of a {kind}" if barred else f"no field of a {kind} fits"
    return Proposal(column.name, "", 0.0, why)


def _detail(column: Column) -> str:
    """The detail field of a licence type that a column's comment or name says, else ""."""
    core, name = _core(column.comment), plain(column.name)
    for detail in details():
        if detail in (core, column.name) or (not core and "".join(lazy_pinyin(detail)) == name):
            return detail
    return ""


def _assign(
    kind: Kind, columns: Sequence[Column], contents: Mapping[str, Content]
) -> dict[str, tuple[str, _Known]]:
    """column -> field, each used once, the surest first; ties go to the earlier column."""
    said = words().fields[kind]
    pairs = [
        (-known.score, place, list(said).index(name), column.name, name, known)
        for place, column in enumerate(columns)
        for name, standard in FIELDS[kind].items()
        if (known := _seen(column, standard, said[name], contents.get(column.name))).score >= LEAST
    ]
    given: dict[str, tuple[str, _Known]] = {}
    used: set[str] = set()
    for _, _, _, column_name, field, known in sorted(pairs, key=lambda pair: pair[:3]):
        if column_name not in given and field not in used:
            given[column_name] = (field, known)
            used.add(field)
    return given


def _seen(column: Column, standard: StandardField, said: Said, content: Content | None) -> _Known:
    """How surely the column holds the field, by its words and then by its values."""
    known = _known(column, standard, said)
    if content is None:
        return known
    found = verdict(standard, content)
    barred = bool(_barred(_core(column.comment), column.name, words()))
    score = weighed(known.score, found, barred=barred)
    return _Known(score, " and ".join(one for one in (known.why, found.why) if one))


def _known(column: Column, standard: StandardField, said: Said) -> _Known:
    """How surely the column holds the field."""
    core = _core(column.comment) or (column.name if _CHINESE.search(column.name) else "")
    named = _by_name(column.name, said)
    if _CHINESE.search(core):
        known = _by_comment(core, said)
        if known.score and named.score:
            known = _Known(1 - (1 - known.score) / 3, f"{known.why} and {named.why}")
    else:
        known = _Known(0, "") if _barred("", column.name, words()) else named
    if known.score and not _holds(column.type, standard):
        return _Known(known.score * WRONG_TYPE, known.why)
    return known


def _core(comment: str) -> str:
    """A comment without notes in brackets, lists after a colon, and spaces."""
    return _NOTE.sub("", comment.strip()).removesuffix("字段").strip("*、 ")


def _by_comment(core: str, said: Said) -> _Known:
    if core in said.says:
        return _Known(SAID, f"the comment says {core}")
    if _barred(core, "", words()):
        return _Known(0, "")
    if core in said.weak:
        return _Known(WEAK, f"the comment says {core}")
    ending = max(
        (text for text in said.says if core.endswith(text) and len(text) > 2), key=len, default=""
    )
    if ending and len(core) - len(ending) <= 6:
        return _Known(ENDS, f"the comment ends in {ending}")
    return _Known(0, "")


def _by_name(name: str, said: Said) -> _Known:
    for form in (plain(name), plain(_PREFIX.sub("", name))):
        if form in said.names:
            sure = SHORTEST if len(form) < 3 else NAMED
            return _Known(sure, "the name is a known one")
        if len(form) > 5 and form in said.pinyin:
            return _Known(SPELT, "the name is its pinyin")
        if form in said.short:
            sure = SHORT if len(form) > 3 else SHORTEST
            return _Known(sure if len(form) > 2 else 0.5, "the name has its initials")
    return _Known(0, "")


def _barred(core: str, name: str, known: Words) -> str:
    """The part of the comment, or of the name, that says it is no field; else ""."""
    for word in sorted(known.never):
        if word in core:
            return word
    for end in known.ends:
        if core.endswith(end):
            return end
    parts = [part.lower() for part in _WORDS.findall(name)]
    return next((part for part in parts if part in known.never_names), "")


def _holds(type_: str, standard: StandardField) -> bool:
    """Whether a column of this type can hold the field. An empty type can hold anything."""
    if _TIMES.search(type_):
        return standard.holds in ("date", "time")
    if _NUMBERS.search(type_.strip()):
        if standard.holds in ("date", "time"):
            return type_.lower().startswith("bigint")
        return standard.holds != "text"
    return True


def _fits(kind: Kind, table: str, comment: str, given: dict[str, tuple[str, _Known]]) -> float:
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
    parts = {part.lower() for part in _WORDS.findall(table)}
    table_says = any(word in comment for word in says) or bool(parts & names)
    if own < 2 or (own < 3 and not table_says):
        return 0.0
    return score + (3.0 if table_says else 0.0)


def tables(rows: Iterable[tuple[str, str, Column]]) -> dict[str, tuple[str, list[Column]]]:
    """Columns by table, both in the order of the rows: table -> comment and columns."""
    found: dict[str, tuple[str, list[Column]]] = {}
    for table, comment, column in rows:
        found.setdefault(table, (comment, []))[1].append(column)
    return found
