"""How gateways wrap rows: the parameters and the shape of each paging kind, JSON or XML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain, islice
from typing import Any

from lxml import etree

from connectors import xml
from connectors.answers import judge_code
from connectors.chunks import UNFIT
from connectors.frames import Row
from connectors.paging import Page
from kernel.errors import PersonMustAct
from registry.shapes import GOOD, ROW, TOKENS, Kind, Whole, Word


def parameters(
    kind: Kind, ask: Mapping[Word, str], size: int, skip: int = 0, token: str | None = None
) -> dict[str, str]:
    """The query of one part of a list. `ask`: what its parameters are called."""
    said = {ask["size"]: str(size)}
    match kind:
        case "page":
            return {ask["page"]: str(skip // size + 1)} | said
        case "offset":
            return {ask["offset"]: str(skip)} | said
        case "cursor":
            return said | ({ask["cursor"]: token} if token else {})
        case "next_link":
            return said


def parse_json(content: bytes) -> Any:
    """JSON with numbers as they are written. Raises ValueError when broken or too deep."""
    try:
        return json.loads(content, parse_int=str, parse_float=str)
    except RecursionError:
        raise ValueError("nested too deep") from None


def page_of(system: str, path: str, kind: Kind, body: Any, shape: Whole) -> Page:
    """The page in a JSON envelope. Raises ValueError when it has not that shape."""
    if not isinstance(body, dict):
        raise ValueError("not an object")
    code = at(body, shape.code)
    if code is not None:
        judge_code(system, path, code, shape.good)
    rows = at(body, shape.rows)
    if not isinstance(rows, list) and shape.said:
        raise PersonMustAct(
            f"{system} has no list at {shape.rows} of its answer at {path}, as its YAML says "
            f"(shape.rows): it answers {described(body)}",
            system=system,
        )
    if not isinstance(rows, list):
        raise ValueError(f"no list at {shape.rows}")
    if kind in ("page", "offset"):
        return Page(objects(rows), int(_text(at(body, shape.total)) or ""))
    says, after = found(body, shape.next)
    return Page(objects(rows), next=_text(after), says_next=says)


def at(body: Any, spot: str) -> Any:
    """What stands at a place in an answer; None where there is no such place."""
    return found(body, spot)[1]


def found(body: Any, spot: str) -> tuple[bool, Any]:
    """Whether there is such a place, and what stands there. A key may hold points itself."""
    if not isinstance(body, dict):
        return False, None
    if spot in body:
        return True, body[spot]
    key, _, rest = spot.partition(".")
    return found(body.get(key), rest) if rest else (False, None)


def described(body: Any) -> str:
    """The keys of an answer, never its values."""
    if not isinstance(body, dict):
        return "a list without an envelope" if isinstance(body, list) else "a single value"
    inner = next((one for one in body.values() if isinstance(one, dict)), {})
    names = [str(name)[:30] for name in body][:8]
    within = (
        f" and within it {', '.join(str(one)[:30] for one in list(inner)[:8])}" if inner else ""
    )
    return f"an object with {', '.join(names)}{within}"


def page_of_xml(system: str, path: str, kind: Kind, content: bytes, shape: Whole) -> Page:
    """The page in an XML envelope. Raises ValueError when it is broken or has not that shape."""
    root = xml.parse(content)
    code = xml.text_at(root, shape.code)
    if code or not shape.said:
        judge_code(system, path, code or GOOD[0], shape.good)
    rows = xml.rows_at(root, shape.rows) if shape.rows else xml.rows_of(root, ROW.lower())
    if rows is None:
        raise PersonMustAct(
            f"{system} has no rows at {shape.rows} of its answer at {path}, as its YAML says "
            f"(shape.rows): it answers {_elements(root)}",
            system=system,
        )
    if kind in TOKENS:
        after = xml.text_at(root, shape.next)
        return Page(rows, next=_text(after), says_next=after is not None)
    return Page(rows, int(xml.text_at(root, shape.total) or ""))


def _elements(root: etree._Element) -> str:
    """The names in an answer, never what they hold."""
    said = f"{_named(root)} with {_names(root) or 'nothing'}"
    inner = next((one for one in root if len(one)), None)
    return said if inner is None else f"{said} and within {_named(inner)} {_names(inner)}"


def _names(element: etree._Element) -> str:
    return ", ".join(dict.fromkeys(_named(one) for one in islice(element, 8)))


def _named(element: etree._Element) -> str:
    return xml.name_of(element)[:30]


def objects(rows: list[Any]) -> list[Row]:
    """The rows of an answer. Raises ValueError unless each is an object.

    Names that stand for something else here (`+bad`), or are no text, are brought to plain ones.
    """
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a row is not an object")
    odd = {name for name in chain.from_iterable(rows) if name.startswith("+") or UNFIT.search(name)}
    if odd:
        return [{_plain(name): cell for name, cell in row.items()} for row in rows]
    return rows


def _plain(name: str) -> str:
    return UNFIT.sub("", name).lstrip("+")


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
