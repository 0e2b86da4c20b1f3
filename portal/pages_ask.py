"""Pages of the bureau's questions: a readable table, and where to download all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from kernel.errors import BadInput
from portal.guards import only
from portal.port import Account
from portal.port_asking import QUESTIONS, About
from portal.render import page, portal_of

router = APIRouter(prefix="/catalog/ask", include_in_schema=False)
Numbers = Annotated[Account, Depends(only("numbers"))]
SHOWN = 300
MANY = 4  # of a list in a cell; more are folded
SHORT = 20  # a code of so many characters stays on one line
#: What each question may be asked with.
ASKS: Mapping[str, tuple[str, ...]] = {
    "unused": ("years",),
    "more-materials": (),
    "package": ("items",),
    "next-system": ("from_nothing", "code"),
    "unsatisfied": (),
}


@router.get("")
def questions(request: Request, _: Numbers) -> Response:
    """The questions that there are."""
    return page(request, "ask.html", questions=QUESTIONS)


@router.get("/{question}")
def ask(
    request: Request,
    _: Numbers,
    question: str,
    years: str = "3",
    items: str = "",
    code: str = "",
    from_nothing: bool = False,
) -> Response:
    """A table; each row names what it was made of."""
    said: dict[str, Any] = {
        "years": years, "items": items, "code": code, "from_nothing": from_nothing,
    }  # fmt: skip
    asks = ASKS.get(question, ())
    table, problem = None, ""
    try:
        about = About(_years(years), code.strip() or None, from_nothing, items.split())
        table = portal_of(request).platform.asking.table(question, about)
    except BadInput as error:
        if question not in QUESTIONS:
            raise
        problem = error.message
    return page(
        request,
        "table.html",
        400 if problem else 200,
        question=question,
        asks=asks,
        said=said,
        table=table,
        problem=problem,
        shown=SHOWN,
        query=_query(asks, said),
        cell=cell,
    )


def _years(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadInput("年数写成 1 至 30 的整数。")
    return int(text)


def _query(asks: tuple[str, ...], said: Mapping[str, Any]) -> str:
    """The same question, as the API is asked."""
    pairs = []
    for name in asks:
        if name == "items":
            pairs += [("item", one) for one in said["items"].split()]
        elif said[name]:
            pairs.append((name, str(said[name]).lower()))
    return urlencode(pairs)


def cell(value: Any) -> tuple[str, list[str], str]:
    """A value as text; what is folded behind it; its class: n a number, nowrap a short code."""
    if value is None or value == "":
        return "", [], ""
    if isinstance(value, list | tuple):
        texts = [str(one) for one in value]
        return ("", texts, "") if len(texts) > MANY else ("；".join(texts), [], "")
    if isinstance(value, bool):
        return ("是" if value else "否"), [], ""
    if isinstance(value, float):
        return f"{value:.1%}", [], "n"
    if isinstance(value, int):
        return f"{value:,}", [], "n"
    text = str(value)
    short = text.isascii() and len(text) <= SHORT and " " not in text
    return text, [], "nowrap" if short else ""
