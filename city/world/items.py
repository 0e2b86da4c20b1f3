"""thin"""
from __future__ import annotations
from dataclasses import dataclass
from typing import Any
from city.world.places import data_rows, PREFIXES, office_codes, DEPARTMENTS, CITY_CODE

@dataclass
class Catalogue:
    items: list[dict[str, Any]]
    materials: list[dict[str, Any]]

def make_catalogue(seed: int, count: int) -> Catalogue:
    codes = office_codes(seed)
    items, materials = [], []
    for n, row in enumerate(data_rows("items_guangan_district_sichuan.csv")):
        prefix = list(DEPARTMENTS)[n % 25]
        base = f"3601{n:05d}000"
        common = dict(base_code=base, name=row["item_name"], parent=None, task_type="行政许可", department=DEPARTMENTS[prefix], handling_department="政务服务科", limit_days="20", promise_days="5", fee="false")
        items.append(dict(common, code=base, level="canonical", division="360000"))
        items.append(dict(common, code=codes[prefix, CITY_CODE] + "3" + base, level="implementation", division=CITY_CODE))
        for code in (base, items[-1]["code"]):
            for order, name in enumerate(("申请表", "营业执照"), 1):
                materials.append(dict(item_code=code, situation="", name=name, need="true", purpose="prove" if order == 2 else "surrender", source_type="issued" if order == 2 else "applicant", form="原件", copies="1", order=str(order)))
    return Catalogue(items, materials)

def rows_of(system: str, kind: str, catalogue: Catalogue) -> list[dict[str, Any]]:
    return catalogue.items if kind == "item" else catalogue.materials
