"""A version as exports read it: every implementation with its item, flow, body and materials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from catalog.deciding.bodies import BUREAU
from catalog.flow.fields import DECLARED, FIELDS
from catalog.flow.papers import is_paper
from catalog.periods import EVERYWHERE, holds_on, named_division
from catalog.versions.asked import with_said
from catalog.versions.content import COLUMNS, Content
from catalog.versions.published import PublishedMaterial

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """One implementation (or a canonical item that no county has). `flow`: values by field.

    A deviation that was accepted outranks the catalogue; where neither says anything the county's
    own guide does.
    """

    code: str
    name: str
    item: Record
    relation: str
    bare: bool  # the item itself: no county has it
    division: str
    department: str | None
    manner: str | None
    on_behalf_of: str | None
    document: str | None
    flow: dict[str, Any]
    materials: Sequence[Record]


def records(content: Content, kind: str) -> list[Record]:
    """A kind's rows by column."""
    return [dict(zip(COLUMNS[kind], row, strict=True)) for row in content[kind]]


def tasks(content: Content, day: date) -> list[Task]:
    """Every implementation, by code, then the items that have none, by id; as of a day."""
    view = _View(content, day)
    made = [
        view.task(row) for row in records(content, "mapping") if row["item_id"] != row["local_code"]
    ]
    had = {one.item["item_id"] for one in made}
    bare = [row for key, row in view.items.items() if key not in had]
    return made + [view.bare(row) for row in bare]


class _View:
    def __init__(self, content: Content, day: date) -> None:
        self.items = {row["item_id"]: row for row in records(content, "item")}
        self.declared = {row["local_code"]: row for row in records(content, "declared")}
        self.materials: dict[str, list[PublishedMaterial]] = defaultdict(list)
        for row in records(content, "material"):
            types = tuple(row["licence_types"])
            one = PublishedMaterial(**{**row, "licence_types": types})
            self.materials[one.item_id].append(one)
        self.flow = _by_item(content, "flow", day)
        self.bodies = _by_item(content, "deciding", day)

    def task(self, row: Record) -> Task:
        """One row of the mapping."""
        division = named_division(row["division"])
        return self._task(row["local_code"], row["name"], row, (division, row["department"]))

    def bare(self, item: Record) -> Task:
        """An item without an implementation."""
        row = {"item_id": item["item_id"], "relation": "same"}
        return self._task(item["item_id"], item["name"], row, (EVERYWHERE, item["department"]))

    def _task(self, code: str, name: str, row: Record, where: tuple[str, str | None]) -> Task:
        item_id, (division, department) = row["item_id"], where
        body = self._body(item_id, division)
        decides = body["department"] if body is not None else None
        return Task(
            code=code,
            name=name,
            item=self.items[item_id],
            relation=row["relation"],
            bare="local_code" not in row,
            division=division,
            department=decides or department,
            manner=body["manner"] if body is not None else None,
            on_behalf_of=body["on_behalf_of"] if body is not None else None,
            document=body["document"] if body is not None else None,
            flow=self._flow(item_id, division, code),
            materials=self._asked(item_id, division, code),
        )

    def _asked(self, item_id: str, division: str, code: str) -> list[Record]:
        """The item's list with what the place asks otherwise."""
        best = self._best(item_id, division, code)
        said = {field: value for field, value in best.items() if is_paper(field)}
        return [asdict(one) for one in with_said(self.materials[item_id], item_id, said)]

    def _body(self, item_id: str, division: str) -> Record | None:
        found = [one for one in self.bodies[item_id] if one["division"] in (EVERYWHERE, division)]
        return max(
            found,
            key=lambda one: (one["origin"] == BUREAU, one["division"] != EVERYWHERE),
            default=None,
        )

    def _best(self, item_id: str, division: str, code: str) -> dict[str, Any]:
        """By field what holds there."""
        best: dict[str, tuple[tuple[bool, bool, bool, int], Any]] = {}
        for one in self.flow[item_id]:
            if one["division"] in (EVERYWHERE, division) and one["local_code"] in ("", code):
                delta = one["origin"] == "delta"
                number = int(one["source"]) if delta else 0
                weight = (one["division"] != EVERYWHERE, bool(one["local_code"]), delta, number)
                there = best.get(one["field"])
                if there is None or weight > there[0]:
                    best[one["field"]] = (weight, one["value"])
        return {field: value for field, (_, value) in best.items()}

    def _flow(self, item_id: str, division: str, code: str) -> dict[str, Any]:
        best, said = self._best(item_id, division, code), self.declared.get(code, {})
        values = {field: best[field] for field in FIELDS if field in best}
        missing = {field: said.get(field) for field in DECLARED if field not in values}
        return values | {field: value for field, value in missing.items() if value is not None}


def _by_item(content: Content, kind: str, day: date) -> dict[str, list[Record]]:
    """Dated rows that hold on a day, by item."""
    found: dict[str, list[Record]] = defaultdict(list)
    for row in records(content, kind):
        if holds_on(row["begins"], row["ends"], day):
            found[row["item_id"]].append(row)
    return found
