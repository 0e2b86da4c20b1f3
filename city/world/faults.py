"""Bad rows."""
from __future__ import annotations

from random import Random

from city.world.render import Shape
from city.world.store import Record


def spoil(shape: Shape, records: list[Record], rng: Random) -> None:
    """Make 0.5 % of the records bad."""
    count = round(len(records) * 0.005)
    if len(records) >= 100:
        count = max(1, count)
    field = {"licence": "number", "case": "case_number", "item": "name", "material": "name"}
    for one in rng.sample(records, count):
        one.fault = {field[shape.kind]: None}
        one.reason = f"{field[shape.kind]} is empty"
