"""One form for several items (一套表格): each field asked once, with what can fill it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from catalog.forms.fields import KnownField, Origin, load, plain
from catalog.forms.table import FormField
from catalog.tables import published_field


@dataclass(frozen=True)
class PublishedField:
    """A field of a published item's form. `standard`: its one name, as of that version."""

    item_id: str
    name: str
    standard: str
    type: str
    required: bool
    order: int


@dataclass(frozen=True)
class AskedField:
    """A field of the one form. `names`: as the items call it. `filled`: best first, may be none."""

    name: str
    type: str
    required: bool
    items: tuple[str, ...]
    names: tuple[str, ...]
    filled: tuple[Origin, ...]


def published(fields: Iterable[FormField]) -> list[PublishedField]:
    """Forms as a version keeps them: each field with its one name, in the form's order."""
    orders: dict[str, int] = {}
    rows = []
    for one in fields:
        orders[one.item_id] = orders.get(one.item_id, 0) + 1
        known = load().get(plain(one.name))
        standard = known.name if known else plain(one.name)
        order = orders[one.item_id]
        rows.append(PublishedField(one.item_id, one.name, standard, one.type, one.required, order))
    return rows


def fields_of(conn: Connection, version: int, items: Sequence[str]) -> list[PublishedField]:
    """The fields of these items in a version, in the order of the items and of their forms."""
    f = published_field.c
    names = (f[name] for name in PublishedField.__dataclass_fields__)
    query = select(*names).where(f.version == version, f.item_id.in_(list(items)))
    found = [PublishedField(*row) for row in conn.execute(query.order_by(f.order, f.name))]
    return sorted(found, key=lambda one: list(items).index(one.item_id))


def one_form(fields: Sequence[PublishedField]) -> list[AskedField]:
    """The union, each once, in the order of first meeting. Required where any item requires it.

    Fields of one meaning under several names are one; the same name with another type is another.
    """
    known: Mapping[str, KnownField] = load()
    found: dict[tuple[str, str], AskedField] = {}
    for one in fields:
        about = known.get(plain(one.standard))
        type_ = about.type if about else one.type
        filled = about.filled if about else ()
        fresh = AskedField(one.standard, type_, one.required, (one.item_id,), (one.name,), filled)
        there = found.get((one.standard, type_))
        found[one.standard, type_] = fresh if there is None else _with(there, one)
    return list(found.values())


def _with(there: AskedField, one: PublishedField) -> AskedField:
    return replace(
        there,
        required=there.required or one.required,
        items=tuple(dict.fromkeys((*there.items, one.item_id))),
        names=tuple(dict.fromkeys((*there.names, one.name))),
    )
