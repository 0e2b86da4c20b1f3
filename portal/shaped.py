"""The shape of a gateway's lists on the mapping page: what is usual, said and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from portal.sent import Pairs, one
from registry.shapes import CODE, COMMON, GOOD, ROW, TOKENS, Body, Kind, Word, common

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
    """Every key that the way of paging uses, and every one that is said; none but of HTTP."""
    if transport.get("kind") != "rest":
        return []
    said = transport.get("shape", {})
    ask = said.get("ask", {})
    usual = _usual(transport.get("paging", {}).get("kind", ""), transport.get("body", "json"))
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


def _usual(kind: str, body: Body) -> dict[str, str]:
    """What holds while nothing is said; "" where something must be, or where any `ROW` is one."""
    if kind not in COMMON:
        return {}
    rows, total, after, ask = common(cast(Kind, kind), body)
    places = {"rows": rows or ROW, "code": CODE, "good": "、".join(GOOD)}
    places |= {"next": after} if kind in TOKENS else {"total": total}
    return places | {f"ask.{word}": name for word, name in {**ask, "since": "since"}.items()}


def _text(said: Any) -> str:
    return "、".join(map(str, said)) if isinstance(said, list) else str(said)


def _filled(made: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text for name, text in made.items() if text}
