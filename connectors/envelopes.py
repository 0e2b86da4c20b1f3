"""How gateways wrap rows: the parameters and the shape of each paging kind, JSON or XML."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any, Literal

from connectors import xml
from connectors.answers import judge_code
from connectors.chunks import UNFIT
from connectors.frames import Row
from connectors.paging import Page

Kind = Literal["page", "offset", "cursor", "next_link"]


def parameters(kind: Kind, size: int, skip: int = 0, token: str | None = None) -> dict[str, str]:
    """The query of one part of a list."""
    match kind:
        case "page":
            return {"pageNo": str(skip // size + 1), "pageSize": str(size)}
        case "offset":
            return {"offset": str(skip), "limit": str(size)}
        case "cursor":
            return {"limit": str(size)} | ({"cursor": token} if token else {})
        case "next_link":
            return {"limit": str(size)}


def parse_json(content: bytes) -> Any:
    """JSON with numbers as they are written. Raises ValueError when broken or too deep."""
    try:
        return json.loads(content, parse_int=str, parse_float=str)
    except RecursionError:
        raise ValueError("nested too deep") from None


def page_of(system: str, path: str, kind: Kind, body: Any) -> Page:
    """The page in a JSON envelope. Raises ValueError when it has not the shape of its kind."""
    if not isinstance(body, dict):
        raise ValueError("not an object")
    if "code" in body:
        judge_code(system, path, body["code"])
    match kind, body:
        case "page", {"data": {"rows": list(rows), "total": total}}:
            return Page(objects(rows), int(total))
        case "offset", {"items": list(rows), "total": total}:
            return Page(objects(rows), int(total))
        case "cursor", {"data": {"list": list(rows), **rest}}:
            return Page(objects(rows), next=_text(rest.get("nextCursor")))
        case "next_link", {"results": list(rows)}:
            return Page(objects(rows), next=_text(body.get("next")))
    raise ValueError(f"not a {kind} envelope")


def page_of_xml(system: str, path: str, content: bytes) -> Page:
    """The page in an XML envelope. Raises ValueError when it is broken."""
    root = xml.parse(content)
    judge_code(system, path, xml.child(root, "code") or "200")
    return Page(xml.rows_of(root, "row"), int(xml.child(root, "total") or ""))


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
