"""thin"""
from __future__ import annotations
from random import Random
from typing import Any
from city.world.items import Catalogue
from city.world.people import People
from city.world.places import PREFIXES

def make_cases(system: str, count: int, people: People, catalogue: Catalogue, rng: Random) -> list[dict[str, Any]]:
    rows = []
    for n in range(count // (2 if system == "xzsp_window" else 10)):
        item = rng.choice([i for i in catalogue.items[:60] if i["level"] == "implementation"])
        firm = rng.choice(people.firms)
        rows.append(dict(case_number=f"{system}-{n:05d}", item_code=item["code"], department=item["department"], post=PREFIXES[item["department"]] + "-02", state="accepted", opened="2026-10-20 09:00:00", closed=None, applicant_name=firm.name, applicant_number=firm.code, applicant_kind="organisation"))
    return rows
