"""The shape of a gateway's list that answers in no common way: found by asking, never guessed.

The first answer shows where rows lie, and what may be their number or what follows them. Then
parts of one row are asked for by one pair of parameter names after the other: the pair that is
obeyed gives one row, and another one as the second part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from connectors.envelopes import at, objects
from connectors.frames import Row
from registry.shapes import CODE, GOOD, Body, Kind, Word, common
from registry.shapes import TOKENS as FOLLOWED

#: How deep an answer is looked through, and how many places of it.
DEEP: Final = 4
MOST: Final = 200
TOTALS: Final = frozenset(
    {"total", "totalcount", "count", "totalnum", "totalsize", "totalrows", "totalelements",
     "totalrecords", "recordcount", "recordstotal", "rowcount", "records", "rows", "num",
     "odatacount"}
)  # fmt: skip
NEXTS: Final = frozenset(
    {"next", "nextlink", "odatanextlink", "nextcursor", "nexttoken", "nextpagetoken", "cursor",
     "after", "scrollid", "continuation"}
)  # fmt: skip
NUMBERED: Final[tuple[tuple[Literal["page", "offset"], str, str], ...]] = (
    ("page", "pageNo", "pageSize"), ("page", "pageNum", "pageSize"), ("page", "page", "size"),
    ("page", "page", "pageSize"), ("page", "page", "limit"), ("page", "page", "rows"),
    ("page", "current", "size"), ("page", "pageIndex", "pageSize"), ("page", "page", "per_page"),
    ("offset", "offset", "limit"), ("offset", "start", "limit"), ("offset", "start", "rows"),
    ("offset", "skip", "take"), ("offset", "$skip", "$top"),
)  # fmt: skip
SIZES: Final = ("limit", "size", "pageSize", "$top", "per_page", "first", "count")
TOKENS: Final = ("cursor", "after", "pageToken", "nextToken", "token", "scrollId")

#: Asks for the list with these parameters: the answer's JSON, None where they are refused.
Ask = Callable[[Mapping[str, str]], Any]


@dataclass(frozen=True)
class Found:
    """A way of paging and its shape, as a contract says it, and the rows of the first answer."""

    kind: Kind
    shape: dict[str, Any]
    rows: list[Row]


@dataclass(frozen=True)
class _Way:
    """How the list goes on. `spot`: the place of its total, or of what follows."""

    kind: Kind
    spot: str
    ask: Mapping[Word, str]


def shape_of(ask: Ask, of: Callable[[], Body]) -> Found | None:
    """What a list does that answers in no common way; None where that is not found.

    `of`: what the answers are written in, once one has come.
    """
    body = ask({})
    spot = _rows(body)
    if spot is None:
        return None
    rows = objects(at(body, spot))
    way = _numbered(ask, body, spot) or _followed(ask, spot)
    if way is None:
        return None
    shape = _otherwise(way, spot, of())
    code = at(body, CODE)
    if code is not None and str(code) not in GOOD:
        shape["good"] = [str(code)]
    return Found(way.kind, shape, rows)


def _otherwise(way: _Way, rows: str, body: Body) -> dict[str, Any]:
    """What is not the common way of that kind."""
    common_rows, total, after, names = common(way.kind, body)
    said = {"rows": (rows, common_rows)}
    said |= {"next": (way.spot, after)} if way.kind in FOLLOWED else {"total": (way.spot, total)}
    shape: dict[str, Any] = {name: one for name, (one, common) in said.items() if one != common}
    ask = {word: name for word, name in way.ask.items() if names[word] != name}
    return shape | ({"ask": ask} if ask else {})


def _numbered(ask: Ask, body: Any, spot: str) -> _Way | None:
    many = len(at(body, spot))
    totals = [
        place
        for place, value in _places(body)
        if _plain(place) in TOTALS and str(value).isdigit() and int(value) >= max(many, 2)
    ]
    for kind, which, size in NUMBERED if totals else ():
        begin = 1 if kind == "page" else 0
        first, second = (ask({which: str(begin + n), size: "1"}) for n in range(2))
        parts = [_one(first, spot), _one(second, spot)]
        # a number of this page's rows, of pages, or the size given back is another one now
        steady = [place for place in totals if at(first, place) == at(body, place)]
        if steady and None not in parts and parts[0] != parts[1]:
            return _Way(kind, steady[0], {kind: which, "size": size})
    return None


def _followed(ask: Ask, spot: str) -> _Way | None:
    for size in SIZES:
        part = ask({size: "1"})
        first = at(part, spot)
        if not isinstance(first, list) or len(first) != 1:
            continue
        for place, value in _places(part):
            if _plain(place) not in NEXTS or not isinstance(value, str) or not value:
                continue
            if value.startswith(("http://", "https://", "/", "?")):
                return _Way("next_link", place, {"size": size})
            for name in TOKENS:
                other = _one(ask({size: "1", name: value}), spot)
                if other is not None and other != first[0]:
                    return _Way("cursor", place, {"cursor": name, "size": size})
    return None


def _one(body: Any, spot: str) -> Any:
    """The one row that was asked for; None where that is not what came."""
    rows = at(body, spot)
    return rows[0] if isinstance(rows, list) and len(rows) == 1 else None


def _rows(body: Any) -> str | None:
    """The place of the longest list of objects."""
    lists = [
        (place, value)
        for place, value in _places(body)
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
    ]
    return max(lists, key=lambda one: len(one[1]))[0] if lists else None


def _places(body: Any, before: str = "", deep: int = DEEP) -> Iterator[tuple[str, Any]]:
    """Each place of an answer and what stands there, the outer ones first."""
    if not isinstance(body, dict) or not deep:
        return
    known = [(f"{before}{key}", value) for key, value in body.items() if _sayable(key)][:MOST]
    yield from known
    for place, value in known:
        yield from _places(value, f"{place}.", deep - 1)


def _sayable(key: str) -> bool:
    return 0 < len(key) <= 60 and not re.search(r"\s", key)


def _plain(place: str) -> str:
    """The last key of a place, in small letters alone; one with points is taken whole."""
    last = place if place.startswith("@") else place.rpartition(".")[2]
    return re.sub(r"[^a-z]", "", last.lower())
