"""What one applicant needs for one or more items of the published catalogue: in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from catalog.forms.asked import AskedField, fields_of, one_form
from catalog.situations.asking import Decision, Listed
from catalog.situations.lexicon import ToAsk
from catalog.versions.asked import asked_of
from catalog.versions.read import PublishedItem, current_version, item_of_code
from kernel.errors import BadInput


@dataclass(frozen=True)
class Whole:
    """`next`: the question that still changes the list; None when the list is final.

    `open`: how many questions may still come. `saved`: papers that the items ask for on their own,
    less those of the list.
    """

    version: int
    items: tuple[PublishedItem, ...]
    answers: Mapping[str, str]
    next: ToAsk | None
    open: int
    materials: tuple[Listed, ...]
    saved: int
    fields: tuple[AskedField, ...]


def whole(
    conn: Connection,
    codes: Sequence[str],
    answers: Mapping[str, str],
    day: date,
    version: int | None = None,
) -> Whole:
    """The next question, the list and the one form for items by id or any county's code, on a day.

    A county's code asks for what that county asks; of an item named twice the first code counts.

    Raises BadInput: no code, a code or a version that is not published, a wrong answer.
    """
    newest = current_version(conn)
    number = newest if version is None else version
    if not 1 <= number <= newest:
        raise BadInput(f"no catalogue version {number}; published are {newest}")
    items = [_item(conn, number, code) for code in dict.fromkeys(codes)]
    if not items:
        raise BadInput("name at least one item, by its id or a county's code")
    first = {item.item_id: item for item in reversed(items)}
    ids = list(dict.fromkeys(item.item_id for item in items))
    decision = Decision(one for key in ids for one in asked_of(conn, number, first[key], day))
    decision.check(answers)
    open_ = decision.open(answers)
    listed = decision.listed(answers)
    return Whole(
        version=number,
        items=tuple(items),
        answers=dict(answers),
        next=open_[0].to_ask if open_ else None,
        open=len(open_),
        materials=tuple(listed),
        saved=sum(len(one.items) for one in listed) - len(listed),
        fields=tuple(one_form(fields_of(conn, number, ids))),
    )


def _item(conn: Connection, version: int, code: str) -> PublishedItem:
    item = item_of_code(conn, version, code)
    if item is None:
        raise BadInput(f"no item {code} in catalogue version {version}")
    return item
