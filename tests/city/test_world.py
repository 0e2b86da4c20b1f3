"""What the sandbox city holds when it was made."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from city.world import CityError, World
from tests.city.strict import is_good

SEED, PEOPLE = 360700, 200


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("city")
    World.open(home, SEED, PEOPLE).close()
    return home


@pytest.fixture
def world(made: Path, tmp_path: Path) -> World:
    shutil.copy(made / "world.db", tmp_path / "world.db")
    return World.open(tmp_path, SEED, PEOPLE)


def fingerprint(home: Path) -> str:
    conn = sqlite3.connect(home / "world.db")
    text = "\n".join(conn.iterdump())
    conn.close()
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_seed_gives_the_same_city_whatever_the_hash_order(
    made: Path, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from city.world import World;"
        f"World.open(Path(sys.argv[1]), {SEED}, {PEOPLE}).close()"
    )
    env = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=env)
    assert fingerprint(tmp_path) == fingerprint(made)


def test_a_city_of_another_seed_or_size_is_not_opened(made: Path) -> None:
    with pytest.raises(CityError, match="not of seed 1 and 200 people"):
        World.open(made, 1, PEOPLE)
    with pytest.raises(CityError, match="use another folder"):
        World.open(made, SEED, 300)


def test_bad_rows_are_exactly_those_that_the_truth_names(world: World) -> None:
    for (system, stream), shape in world.shapes.items():
        contract = world.wire[system]["streams"][stream]
        key = contract["columns"]["id"]
        seen = {str(row[key]): is_good(contract, row) for row in world.rows(system, stream)}
        named = {one: not bad for one, bad, _ in world.keys(system, stream)}
        assert seen == named, (system, stream)
        if not shape.copies:
            assert all(seen.values())


def test_half_a_percent_is_bad_and_a_stream_of_a_hundred_rows_has_one(world: World) -> None:
    for one in world.counts():
        assert one["bad"] == max(round(one["live"] * 0.005), one["live"] >= 100), one


def test_each_bad_row_has_a_reason_without_a_number(world: World) -> None:
    reasons = [
        reason
        for system, stream in world.shapes
        for _, bad, reason in world.keys(system, stream)
        if bad
    ]
    assert reasons
    assert all(reason and not any(len(word) > 17 for word in reason.split()) for reason in reasons)


def test_every_wire_column_stands_in_every_row(world: World) -> None:
    for system, code in world.wire.items():
        for stream, contract in code["streams"].items():
            columns = [*contract["columns"].values(), *contract.get("details", {}).values()]
            if contract["deletes"] == "flag":
                columns.append(contract["deleted_column"])
            for row in world.rows(system, stream, limit=50):
                assert sorted(row) == sorted(columns)
                assert all(cell is None or isinstance(cell, str) for cell in row.values())


def test_every_column_is_filled_somewhere(world: World) -> None:
    for system, code in world.wire.items():
        for stream, contract in code["streams"].items():
            rows = world.rows(system, stream)
            for name, column in contract.get("details", {}).items():
                assert any(row[column] for row in rows), (system, name)
            for field, column in contract["columns"].items():
                if field not in ("valid_to", "co_holder_name", "co_holder_number"):
                    assert any(row[column] for row in rows), (system, stream, field)


def test_every_licence_type_is_held_by_somebody(world: World) -> None:
    for (system, stream), shape in world.shapes.items():
        if shape.kind == "licence":
            column = shape.columns["type"]
            held = {row[column] for row in world.rows(system, stream)}
            assert set(shape.types) <= held, system


def test_about_1400_canonical_items_and_twenty_counties(world: World) -> None:
    rows = world.rows("xzsp_items", "item")
    canonical = [row for row in rows if row["cj"] == "基本目录"]
    places = {row["xzqh"] for row in rows if row["cj"] == "实施清单"}
    assert 1300 <= len(canonical) <= 1500
    assert len({row["sxmc"] for row in canonical if row["sxmc"]}) > 1300
    assert len({row["ssbm"] for row in rows if row["ssbm"]}) >= len(rows) - 20
    assert len(places) == 21
    assert {"赣州经济技术开发区", "蓉江新区", "360700", "360704"} <= places
    departments = {code["department"] for code in world.wire.values()}
    assert {row["sszt"] for row in canonical} == departments


def test_six_in_ten_implementations_carry_the_right_base_code(world: World) -> None:
    rows = world.rows("xzsp_items", "item")
    canonical = {row["ssbm"] for row in rows if row["cj"] == "基本目录" and row["ssbm"]}
    own = [row for row in rows if row["cj"] == "实施清单"]
    coded = [row for row in own if row["jbbm"]]
    assert 0.55 < len(coded) / len(own) < 0.65
    missing = {row["jbbm"] for row in coded} - canonical
    assert len(missing) <= 20  # of canonical rows that are themselves bad


def test_a_material_belongs_to_an_item(world: World) -> None:
    codes = {row["ssbm"] for row in world.rows("xzsp_items", "item")}
    lists: dict[str | None, int] = {}
    for system in ("xzsp_items", "xzsp_window"):
        for row in world.rows(system, "material"):
            lists[row["ssbm"]] = lists.get(row["ssbm"], 0) + 1
    unknown = {code for code in lists if code} - codes
    assert len(unknown) <= 10  # of items whose own row is bad
    assert max(count for code, count in lists.items() if code) <= 8


def test_the_size_grows_with_the_people(world: World) -> None:
    licences = sum(
        len(world.rows(system, stream))
        for (system, stream), shape in world.shapes.items()
        if shape.kind == "licence"
    )
    assert 6 <= licences / PEOPLE <= 9
    live = {(one["system"], one["stream"]): one["live"] for one in world.counts()}
    assert live["xzsp_window", "case"] == PEOPLE // 2
    assert live["ga_seal", "case"] == PEOPLE // 10


def test_a_name_in_an_old_encoding_can_be_written(world: World) -> None:
    for system, code in world.wire.items():
        encoding = code.get("encoding")
        if encoding:
            for stream in code["streams"]:
                for row in world.rows(system, stream):
                    "".join(cell or "" for cell in row.values()).encode(encoding)


def test_clerks_of_the_demo_have_cases_whose_applicants_hold_something(world: World) -> None:
    busy: dict[str, int] = {}
    for row in world.rows("xzsp_window", "case"):
        if row["BJZT"] in ("已受理", "审查中") and row["BJBH"]:
            held = world.case(row["BJBH"])["holds"]
            if any(one["status"] == "valid" for one in held):
                busy[str(row["SLGW"])] = busy.get(str(row["SLGW"]), 0) + 1
    for post in ("sc-02", "mz-02", "ga-02", "sc-01"):
        assert busy.get(post, 0) >= 3, busy


def test_the_worked_example_holds_together(world: World) -> None:
    example = world.example()
    case = world.case(example["case"])
    assert case["post"] == example["post"] == "sc-02"
    assert case["state"] == "deciding"
    item = next(r for r in world.rows("xzsp_items", "item") if r["ssbm"] == case["item_code"])
    asked = [r for r in world.rows("xzsp_items", "material") if r["ssbm"] == item["jbbm"]]
    asked.sort(key=lambda row: int(str(row["px"])))
    assert [row["clmc"] for row in asked] == [one["name"] for one in example["materials"]]
    assert 4 <= len(asked) <= 6
    valid = {one["type"] for one in case["holds"] if one["status"] == "valid"}
    waived = {one["licence_type"] for one in example["materials"] if one["waived"]}
    assert len(waived) >= 2
    assert waived <= valid
    assert {one["name"] for one in example["materials"] if not one["waived"]}.isdisjoint(valid)


def test_the_example_s_waivable_materials_are_asked_for_to_prove(world: World) -> None:
    example = world.example()
    code = world.case(example["case"])["item_code"]
    own = {r["clmc"]: r for r in world.rows("xzsp_window", "material") if r["ssbm"] == code}
    for one in example["materials"]:
        if one["waived"]:
            assert own[one["name"]]["clyt"] == "核验"
            assert own[one["name"]]["clly"] == "政府部门核发"
