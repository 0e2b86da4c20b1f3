"""The test subject that a look-up system answers probes with."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from city.world.clock import ANCHOR, CANONICAL
from city.world.errors import CityError
from city.world.licences import Licences
from city.world.people import TODAY, People, Person, citizen_number
from city.world.places import County
from city.world.render import Shape

BORN = date(1990, 6, 15)
MARRIED = date(2018, 5, 20)
PLACE = County("章贡区", "360702")


def test_subject(shape: Shape, department: str) -> dict[str, Any]:
    """The canonical row of nobody: valid numbers, none of the city's people."""
    rng = Random("test subject")
    people = People([_nobody(0, rng), _nobody(1, rng), _nobody(2, rng)])
    man, woman, child = people.persons
    man.name, woman.name, child.name = "测试对象甲", "测试对象乙", "测试对象丙"
    man.spouse, woman.spouse = woman.index, man.index
    man.married = woman.married = MARRIED
    man.divorced = woman.index
    child.mother, child.father = woman.index, man.index
    kind = shape.types[0]
    holder = child if kind == "出生医学证明" else man
    made = Licences(shape, department, people, rng).grant(kind, holder)
    if made is None:
        raise CityError(f"no test subject for {shape.system}")
    made["status"] = "valid"
    return {**made, "id": "0", "updated": ANCHOR.strftime(CANONICAL)}


def _nobody(index: int, rng: Random) -> Person:
    born = TODAY.replace(year=2022) if index == 2 else BORN
    number = citizen_number(rng, "360702", born, index == 1)
    return Person(index, "测试对象", number, born, index == 1, PLACE, "江西省赣州市章贡区测试路1号")
