"""The shape of a gateway's lists on the mapping page: what is usual, said and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from portal.sent import Pairs, one
from registry.shapes import CODE, COMMON, GOOD, Kind, Word

#: Names of the form's fields begin so; words of asking go on with `ask.`.
FIELD: Final = "shape."
PLACES: Final = ("rows", "total", "next", "code", "good")
WORDS: Final[tuple[Word, ...]] = get_args(Word)


@dataclass(frozen=True)
class Line:
    """A key of the shape: its name, what is said of it, and what holds while nothing is."""

    name: str
    said: str
    usual: str


def lines(transport: Mapping[str, Any]) -> list[Line]:
    """Every key that the way of paging uses, and every one that is said; none but of HTTP JSON."""
    if transport.get("kind") != "rest" or transport.get("body") == "xml":
        return []
    said = transport.get("shape", {})
    ask = said.get("ask", {})
    usual = _usual(transport.get("paging", {}).get("kind", ""))
    texts = {name: _text(said.get(name, "")) for name in PLACES}
    texts |= {f"ask.{word}": _text(ask.get(word, "")) for word in WORDS}
    return [
        Line(name, text, usual.get(name, ""))
        for name, text in texts.items()
        if text or name in usual
    ]


def typed(sent: Pairs) -> dict[str, Any]:
    """The shape as a contract has it; empty where nothing is otherwise than usual."""
    made: dict[str, Any] = {name: one(sent, FIELD + name) for name in PLACES}
    made["good"] = [code for part in made["good"].split("、") for code in part.split()]
    made["ask"] = _filled({word: one(sent, f"{FIELD}ask.{word}") for word in WORDS})
    return _filled(made)


def _usual(kind: str) -> dict[str, str]:
    if kind not in COMMON:
        return {}
    rows, total, after, ask = COMMON[cast(Kind, kind)]
    places = {"rows": rows, "total": total, "next": after, "code": CODE, "good": "、".join(GOOD)}
    words = {f"ask.{word}": name for word, name in {**ask, "since": "since"}.items()}
    return {name: text for name, text in {**places, **words}.items() if text}


def _text(said: Any) -> str:
    return "、".join(map(str, said)) if isinstance(said, list) else str(said)


def _filled(made: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text for name, text in made.items() if text}
