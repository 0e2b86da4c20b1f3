"""New rows that appear in the city's systems after it was made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from city.world.act import ROW, Actor
from city.world.errors import CityError
from city.world.licences import Licences
from city.world.people import People
from city.world.render import Shape
from city.world.store import load

FEWEST = 4  # a stream keeps so many rows


class Newcomers:
    """Makes the canonical data of new rows."""

    def __init__(self, actor: Actor, people: People, rng: Random) -> None:
        self.actor, self.people, self.rng = actor, people, rng
        self.licences: dict[Shape, Licences] = {}
        self.today = date.fromisoformat(actor.now[:10])

    def data(self, shape: Shape) -> dict[str, Any]:
        """A good new row of a stream."""
        makers: dict[str, Callable[[Shape], dict[str, Any]]] = {
            "licence": self._new_licence,
            "case": self._new_case,
            "item": self._new_item,
            "material": self._new_material,
        }
        return makers[shape.kind](shape)

    def _new_licence(self, shape: Shape) -> dict[str, Any]:
        if shape not in self.licences:
            department = self.actor.wire[shape.system]["department"]
            maker = Licences(shape, department, self.people, self.rng)
            maker.serial = self.actor.next_count(shape.system, shape.stream) + 5000
            self.licences[shape] = maker
        return self.licences[shape].fresh(self.today)

    def _template(self, shape: Shape) -> dict[str, Any]:
        """The data of some row that the stream holds or held."""
        found = self.actor.conn.execute(
            f"{ROW} WHERE system = ? AND stream = ? AND pinned = 0 ORDER BY id LIMIT 30",
            (shape.system, shape.stream),
        ).fetchall()
        if not found:
            raise CityError(f"{shape.system}/{shape.stream} has no row to make another like it")
        row = self.rng.choice(found)
        return load(row).data

    def _new_case(self, shape: Shape) -> dict[str, Any]:
        data = self._template(shape)
        person = data["applicant_kind"] == "person"
        if person:
            who = self.rng.choice([one for one in self.people.persons if one.age >= 18])
            data.update(applicant_name=who.name, applicant_number=who.number)
        else:
            firm = self.rng.choice(self.people.firms)
            data.update(applicant_name=firm.name, applicant_number=firm.code)
        number = self.actor.new_number(shape.system)
        data.update(case_number=number, state="accepted", opened=self.actor.now, closed=None)
        return data

    def _new_item(self, shape: Shape) -> dict[str, Any]:
        data = self._template(shape)
        count = self.actor.next_count(shape.system, shape.stream)
        if shape.system == "xzsp_policy":
            code = f"QQGS-2026-{count:04d}"
        else:
            office = data["code"][:19] if len(data["code"]) == 31 else "11360700MAFEA56MY73"
            code = f"{office}36208{count:07d}"
        data.update(code=code, base_code=None, level="implementation", promise_days="3")
        data["name"] += "（跨省通办）"
        return data

    def _new_material(self, shape: Shape) -> dict[str, Any]:
        data = self._template(shape)
        names = ("补充说明", "信用承诺书", "现场照片", "联系方式确认书")
        data.update(name=self.rng.choice(names), purpose="surrender", source_type="applicant")
        data.update(order="9", form="原件", situation="")
        return data
