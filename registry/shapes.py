"""Where a gateway's answer says what, and what it is asked with, for each way of paging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field as Key

from registry.parts import Parameter, Part, Spot, Text

Kind = Literal["page", "offset", "cursor", "next_link"]
Body = Literal["json", "xml"]
#: Our words for what a list is asked with.
Word = Literal["page", "size", "offset", "cursor", "since"]


class Shape(Part):
    """What a gateway does otherwise than the common way of its paging.

    `rows`, `total`, `next`, `code`: places in the answer; `good`: codes of a good answer; `ask`:
    our word: the parameter's name.
    """

    rows: Spot | None = None
    total: Spot | None = None
    next: Spot | None = None
    code: Spot | None = None
    good: Annotated[list[Text], Key(max_length=10)] = Key(default_factory=list)
    ask: dict[Word, Parameter] = Key(default_factory=dict)


@dataclass(frozen=True)
class Whole:
    """The whole way of a gateway. `total` of numbered pages, `next` of the others; else ''.

    `said`: whether the contract says anything of it.
    """

    rows: str
    total: str
    next: str
    code: str
    good: tuple[str, ...]
    ask: Mapping[Word, str]
    said: bool = False


#: The common way of each kind: places of rows, total and next, and the parameters.
COMMON: Final[Mapping[Kind, tuple[str, str, str, Mapping[Word, str]]]] = MappingProxyType(
    {
        "page": ("data.rows", "data.total", "", {"page": "pageNo", "size": "pageSize"}),
        "offset": ("items", "total", "", {"offset": "offset", "size": "limit"}),
        "cursor": ("data.list", "", "data.nextCursor", {"cursor": "cursor", "size": "limit"}),
        "next_link": ("results", "", "next", {"size": "limit"}),
    }
)
CODE, GOOD = "code", ("0", "200")
#: In XML rows have a name, wherever they stand; the total stands below the root.
ROW, TOTAL = "ROW", "total"
TOKENS: Final = ("cursor", "next_link")


def common(kind: Kind, body: Body = "json") -> tuple[str, str, str, Mapping[Word, str]]:
    """Places of rows, total and next, and the parameters; '' where there is no common place."""
    rows, total, after, ask = COMMON[kind]
    return (rows, total, after, ask) if body == "json" else ("", TOTAL if total else "", "", ask)


def whole(kind: Kind, said: Shape | None, body: Body = "json") -> Whole:
    """The common way, with what the contract says otherwise. `rows` of XML: '' for any `ROW`."""
    rows, total, after, ask = common(kind, body)
    one = said or Shape()
    return Whole(
        rows=one.rows or rows,
        total=one.total or total,
        next=one.next or after,
        code=one.code or CODE,
        good=tuple(one.good) or GOOD,
        ask={"since": "since", **ask, **one.ask},
        said=said is not None,
    )


def needless(kind: Kind, said: Shape) -> list[str]:
    """Keys of a shape that this way of paging has no use for."""
    _, total, after, ask = COMMON[kind]
    unused = [name for name, used in (("total", total), ("next", after)) if not used]
    found = [name for name in unused if getattr(said, name) is not None]
    return found + [f"ask.{word}" for word in said.ask if word not in (*ask, "since")]
