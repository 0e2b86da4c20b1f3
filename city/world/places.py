"""Ganzhou's 20 counties and districts and the 25 departments."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from random import Random

from stdnum.cn import uscc

from city.world.errors import CityError

CITY = "赣州市"
CITY_CODE = "360700"
PROVINCE_CODE = "360000"
ZONES = ("赣州经济技术开发区", "蓉江新区")  # functional zones: no division code of their own

DEPARTMENTS = {
    "xzsp": "市行政审批局",
    "ga": "市公安局",
    "rs": "市人力资源和社会保障局",
    "yb": "市医疗保障局",
    "zr": "市自然资源局",
    "gjj": "市住房公积金管理中心",
    "sc": "市市场监督管理局",
    "sw": "国家税务总局赣州市税务局",
    "gw": "国网赣州供电公司",
    "mz": "市民政局",
    "jy": "市教育局",
    "wj": "市卫生健康委员会",
    "zj": "市住房和城乡建设局",
    "jt": "市交通运输局",
    "ny": "市农业农村局",
    "hj": "市生态环境局",
    "yj": "市应急管理局",
    "sl": "市水利局",
    "ly": "市林业局",
    "wl": "市文化广电新闻出版旅游局",
    "swj": "市商务局",
    "fg": "市发展和改革委员会",
    "sf": "市司法局",
    "cg": "市城市管理局",
    "yc": "市烟草专卖局",
}
PREFIXES = {name: prefix for prefix, name in DEPARTMENTS.items()}


@dataclass(frozen=True)
class County:
    """A county, district or functional zone. `code` is None for the two zones."""

    name: str
    code: str | None

    @property
    def division(self) -> str:
        """What stands in a division column: the code, or the name where there is none."""
        return self.code or self.name


def data_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file in city/data."""
    text = (files("city") / "data" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def counties() -> list[County]:
    """The 18 with a code of today, by code, then the two zones."""
    coded = [
        County(row["name_in_china_division_2.7.0"], row["code"])
        for row in data_rows("divisions_ganzhou_code_changes.csv")
        if row["name_in_china_division_2.7.0"]
    ]
    return [*coded, *(County(name, None) for name in ZONES)]


def old_codes() -> list[str]:
    """Division codes that people registered long ago carry and that are gone today."""
    return [
        row["code"]
        for row in data_rows("divisions_ganzhou_code_changes.csv")
        if not row["name_in_china_division_2.7.0"]
    ]


def office(prefix: str, county: County | None) -> str:
    """The department's name in a county, or in the city when there is no county."""
    name = DEPARTMENTS.get(prefix)
    if name is None:
        raise CityError(f"no department {prefix}: {', '.join(DEPARTMENTS)}")
    if county is None:
        return name
    if prefix == "sw":
        return f"国家税务总局{county.name}税务局"
    if prefix == "gw":
        return f"国网{county.name}供电公司"
    if prefix == "gjj":
        return f"{CITY}住房公积金管理中心{county.name}办事处"
    return county.name + name.removeprefix("市")


def credit_code(rng: Random, kind: str, division: str) -> str:
    """A valid invented credit code: kind 91 firm, 92 own account, 11 authority, 51, 52, 12."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = kind + division + "MA" + "".join(rng.choice(alphabet) for _ in range(7))
    return body + str(uscc.calc_check_digit(body))


def office_codes(seed: int) -> dict[tuple[str, str], str]:
    """Credit codes of every office by (prefix, division)."""
    rng = Random(f"offices/{seed}")
    places = [(CITY_CODE, CITY_CODE), *((c.division, c.code or CITY_CODE) for c in counties())]
    return {
        (prefix, division): credit_code(rng, "11", code)
        for prefix in DEPARTMENTS
        for division, code in places
    }
