"""What changed between two published versions, and for whom: each change in a plain sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from catalog.flow.fields import DECLARED
from catalog.periods import named_division
from catalog.versions import changes as told
from catalog.versions.changes import Change
from catalog.versions.content import COLUMNS, Content
from catalog.versions.history import KEYS, content_of

Record = Mapping[str, Any]
#: The order in which changes of an item are told.
KINDS = ("item", "mapping", "material", "field", "deciding", "flow", "declared")


@dataclass(frozen=True)
class Wanted:
    """Whose changes are asked for; None: everybody's. `division`: a present name."""

    item_id: str | None = None
    department: str | None = None
    division: str | None = None


def diff(conn: Connection, old: int, new: int, wanted: Wanted | None = None) -> list[Change]:
    """The changes from version `old` (0: nothing) to `new`, by item, kind and place."""
    before = content_of(conn, old) if old else {kind: [] for kind in COLUMNS}
    found = differences(before, content_of(conn, new))
    return [one for one in found if is_wanted(one, wanted or Wanted())]


def differences(before: Content, after: Content) -> list[Change]:
    """The same of two contents."""
    sides = _Sides(before, after)
    found = [one for kind in KINDS for one in _MAKERS[kind](sides)]
    return sorted(found, key=lambda one: (one.item_id, KINDS.index(one.about), one.division or ""))


class _Sides:
    """Both contents by key, and what names an item on the page."""

    def __init__(self, before: Content, after: Content) -> None:
        self.old = {kind: _by_key(kind, before) for kind in KINDS}
        self.new = {kind: _by_key(kind, after) for kind in KINDS}
        self.items: dict[str, Record] = {
            key[0]: row for side in (self.old, self.new) for key, row in side["item"].items()
        }
        counted = (
            row["item_id"] for row in self.new["mapping"].values() if row["division"] is not None
        )
        self.counties = Counter(counted)

    def pairs(self, kind: str) -> Iterator[tuple[Record | None, Record | None]]:
        """Rows that differ: (old, new), either None."""
        old, new = self.old[kind], self.new[kind]
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield old.get(key), new.get(key)

    def change(self, about: str, item_id: str, **over: Any) -> Change:
        """A change of an item, with the item's name and competent department."""
        item = self.items.get(item_id, {})
        name = item.get("name", item_id)
        over.setdefault("department", item.get("department"))
        over.setdefault("division", None)
        if about not in ("item", "mapping"):  # these name the item themselves
            over["sentence"] = f"“{name}”：{over['sentence']}"
        return Change(about=about, item_id=item_id, item=name, **over)

    def kept(self, item_id: str) -> bool:
        """Whether the item is in both: what is in or out with its item is not told again."""
        return (item_id,) in self.old["item"] and (item_id,) in self.new["item"]


def _items(sides: _Sides) -> Iterator[Change]:
    for old, new in sides.pairs("item"):
        if old is None or new is None:
            row = new or old or {}
            kind = "item_added" if old is None else "item_removed"
            yield sides.change("item", row["item_id"], kind=kind, **told.item(row, kind))
            continue
        for column in COLUMNS["item"][1:]:
            if old[column] != new[column]:
                said = told.item_field(old, column, old[column], new[column])
                yield sides.change("item", new["item_id"], **said)


def _mappings(sides: _Sides) -> Iterator[Change]:
    for old, new in sides.pairs("mapping"):
        row = new or old or {}
        where = {"division": named_division(row["division"]), "department": row["department"]}
        for said in told.mapping(old, new, sides.items):
            yield sides.change("mapping", row["item_id"], **where, **said)


def _materials(sides: _Sides) -> Iterator[Change]:
    for old, new in sides.pairs("material"):
        row = new or old or {}
        if sides.kept(row["item_id"]):
            counties = sides.counties[row["item_id"]]
            for said in told.material(old, new, counties):
                yield sides.change("material", row["item_id"], **said)


def _fields(sides: _Sides) -> Iterator[Change]:
    for old, new in sides.pairs("field"):
        row = new or old or {}
        if sides.kept(row["item_id"]):
            for said in told.field(old, new):
                yield sides.change("field", row["item_id"], **said)


def _deciding(sides: _Sides) -> Iterator[Change]:
    for old, new in sides.pairs("deciding"):
        row = new or old or {}
        if sides.kept(row["item_id"]):
            where = {"division": row["division"] or None}
            yield sides.change("deciding", row["item_id"], **where, **told.deciding(old, new))


def _flow(sides: _Sides) -> Iterator[Change]:
    for old, new in sides.pairs("flow"):
        row = new or old or {}
        if sides.kept(row["item_id"]):
            where = {"division": row["division"] or None}
            yield sides.change("flow", row["item_id"], **where, **told.flow(old, new))


def _declared(sides: _Sides) -> Iterator[Change]:
    """What a county's guide says otherwise than before, while it is mapped in both."""
    for old, new in sides.pairs("declared"):
        row = new or old or {}
        key = (row["local_code"],)
        mapped = sides.new["mapping"].get(key)
        if mapped is None or key not in sides.old["mapping"]:
            continue
        where = {"division": named_division(mapped["division"]), "department": mapped["department"]}
        for field in DECLARED:
            was, now = (old or {}).get(field), (new or {}).get(field)
            if was != now:
                said = told.declared(mapped["name"], field, was, now)
                yield sides.change("declared", mapped["item_id"], **where, **said)


_MAKERS = {
    "item": _items,
    "mapping": _mappings,
    "material": _materials,
    "field": _fields,
    "deciding": _deciding,
    "flow": _flow,
    "declared": _declared,
}


def _by_key(kind: str, content: Content) -> dict[tuple[Any, ...], Record]:
    columns = COLUMNS[kind]
    return {tuple(row[: KEYS[kind]]): dict(zip(columns, row, strict=True)) for row in content[kind]}


def is_wanted(one: Change, wanted: Wanted) -> bool:
    """Whether a change is among those asked for; one without a division is everybody's."""
    return (
        wanted.item_id in (None, one.item_id)
        and wanted.department in (None, one.department)
        and (wanted.division is None or one.division in (None, wanted.division))
    )
