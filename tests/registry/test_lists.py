"""The registry's own lists: licence types, departments, divisions, waiver rules."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from stdnum.cn import uscc

from kernel.errors import BadContract
from registry import departments, divisions, licence_types, mandates, waiver_rules
from registry.named import load_named

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
WASTE = "城市建筑垃圾处置核准证"


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_there_are_more_than_60_types_each_of_a_known_department() -> None:
    types = licence_types.load()
    assert len(types) >= 60
    assert {one.department for one in types.values()} <= set(departments.load())


def test_a_national_code_is_one_that_was_seen_and_says_where() -> None:
    seen = {row["type_code_21"] for row in _rows(DATA / "licence_type_codes_national.csv")}
    coded = [one for one in licence_types.load().values() if one.code]
    assert len(coded) == 6
    for one in coded:
        assert one.code in seen
        assert one.source
        assert uscc.is_valid(one.code[:18])


def test_a_delegated_type_has_its_mandate_and_no_other_has() -> None:
    delegated = [one for one in licence_types.load().values() if one.standing == "delegated"]
    assert len(delegated) == 3
    day = date(2026, 11, 26)
    for one in licence_types.load().values():
        held = mandates.in_force(one.name, day)
        assert (held is not None) == (one.standing == "delegated")
        assert held is None or held.department == one.department
        assert one.standing != "issuer-sealed"


def test_a_mandate_counts_from_its_first_to_its_last_day() -> None:
    days = {date(2025, 12, 31): False, date(2026, 1, 1): True, date(2028, 12, 31): True}
    for day, counts in {**days, date(2029, 1, 1): False}.items():
        assert (mandates.in_force("公共租赁住房资格证明", day) is not None) == counts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("department: 市民政局, types: [结婚证], begins: '2026-01-01'", "no delegated type"),
        (f"department: 市民政局, types: [{WASTE}], begins: '2026-01-01'", f"but {WASTE} is"),
        (f"department: 市城市管理局, types: [{WASTE}], begins: '2028-01-01'", "ends before"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(
    text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = f"x: {{{text}, until: '2027-01-01'}}"
    (tmp_path / "mandates.yml").write_text(whole, "utf-8")
    monkeypatch.setattr(mandates, "FILE", tmp_path / "mandates.yml")
    mandates.load.cache_clear()
    with pytest.raises(BadContract, match=says):
        mandates.load()
    mandates.load.cache_clear()


def test_what_one_type_is_called_no_other_type_is() -> None:
    called = [n for one in licence_types.load().values() for n in (one.name, *one.also_called)]
    assert len(called) == len(set(called))
    for one in licence_types.load().values():
        assert not set(one.proves) & set(called), one.name
        assert len(set(one.proves)) == len(one.proves)


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("身份证", ("居民身份证",)),
        ("有效身份证件", ("居民身份证",)),
        ("户籍证明", ("居民户口簿",)),
        ("户口簿", ("居民户口簿",)),
        ("房屋产权证明", ("不动产权证书",)),
        ("婚姻状况证明", ("结婚证", "离婚证")),
        ("营业执照", ("营业执照",)),
    ],
)
def test_a_material_is_proved_by_its_licences(name: str, types: tuple[str, ...]) -> None:
    assert licence_types.by_material_name()[name] == types


def test_another_document_with_a_like_name_is_not_proved() -> None:
    """生育医学证明 is another document than 出生医学证明; 施工许可证 is no 施工合同."""
    for name in ("生育医学证明", "卫生许可证", "从业资格证", "租赁合同", "护理证明"):
        assert name not in licence_types.by_material_name()


def test_a_type_says_which_of_its_fields_are_personal() -> None:
    assert licence_types.load()["营业执照"].personal_fields == {"法定代表人"}
    assert licence_types.load()["居民户口簿"].asked_live


def test_a_wrong_list_names_file_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "waiver_rules.yml"
    file.write_text('营业执照:\n  department: 甲\n  document: 乙\n  confirmed: "2026"\n', "utf-8")
    with pytest.raises(BadContract) as caught:
        load_named(file, waiver_rules.WaiverRule)
    assert caught.value.message == (
        'waiver_rules.yml, line 4, 营业执照.confirmed: 2026 is not a day, like "2028-12-31"'
    )


def test_the_departments_are_those_of_the_systems() -> None:
    listed = {row["department"] for row in _rows(ROOT / "tests/data/systems.csv")}
    assert set(departments.load()) == listed
    assert len({one.prefix for one in departments.load().values()}) == len(listed) == 25


def test_the_city_has_18_counties_with_a_code_and_two_zones_without() -> None:
    levels = [one.level for one in divisions.load().values()]
    assert (levels.count("city"), levels.count("county"), levels.count("zone")) == (1, 18, 2)
    for one in divisions.load().values():
        assert (one.code is None) == (one.level == "zone")


@pytest.mark.parametrize("file", ["history", "code_changes"])
def test_every_code_and_name_that_ever_was_leads_to_a_division(file: str) -> None:
    for row in _rows(ROOT / f"city/data/divisions_ganzhou_{file}.csv"):
        found = divisions.resolve(row["code"])
        assert found is not None, row
        name = row.get("name") or row["name_in_china_division_2.7.0"]
        assert not name or divisions.resolve(name) is found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("360782", "南康区"),
        ("南康市", "南康区"),
        ("赣县", "赣县区"),
        ("360721000000", "赣县区"),
        ("龙南", "龙南市"),
        ("江西省赣州市章贡区", "章贡区"),
        ("赣州市 章贡区", "章贡区"),
        ("赣州经济技术开发区", "赣州经济技术开发区"),
        ("经开区", "赣州经济技术开发区"),
        ("赣州市蓉江新区", "蓉江新区"),
        ("赣州市", "赣州市"),
        ("江西省赣州市", "赣州市"),
        ("360700", "赣州市"),
    ],
)
def test_a_division_is_known_by_any_of_its_names_and_codes(text: str, name: str) -> None:
    found = divisions.resolve(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("text", ["", "章", "南昌市", "360102", "36070", "360702001000", "章贡县"])
def test_a_likeness_is_not_a_division(text: str) -> None:
    assert divisions.resolve(text) is None


def test_a_confirmed_waiver_is_of_a_known_type_by_its_competent_department() -> None:
    rules, types = waiver_rules.load(), licence_types.load()
    for name, rule in rules.items():
        assert rule.department == types[name].department
        assert rule.confirmed_date.year == 2026
    documents = [rule.document for rule in rules.values()]
    assert len(set(documents)) == len(documents)


def test_some_types_are_not_confirmed() -> None:
    left = set(licence_types.load()) - set(waiver_rules.load())
    assert {"结婚证", "高层次人才认定证书"} <= left
    assert len(left) == 8
