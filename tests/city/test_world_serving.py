"""What servers read out of the city, and what happens in it."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from city.world import CityError, World
from city.world.numbers import BETWEEN
from tests.city.strict import is_good, read_time

SEED, PEOPLE = 7, 120


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("city")
    World.open(home, SEED, PEOPLE).close()
    return home


@pytest.fixture
def world(made: Path, tmp_path: Path) -> World:
    shutil.copy(made / "world.db", tmp_path / "world.db")
    return World.open(tmp_path, SEED, PEOPLE)


def key_of(world: World, system: str, stream: str) -> str:
    return str(world.shapes[system, stream].columns["id"])


def good_key(world: World, system: str, stream: str = "licence") -> str:
    return next(key for key, bad, _ in world.keys(system, stream) if not bad)


def test_pages_laid_end_to_end_are_the_whole(world: World) -> None:
    whole = world.rows("xzsp_items", "item")
    pages = [world.page("xzsp_items", "item", at, 500) for at in range(0, len(whole) + 500, 500)]
    assert [row for page in pages for row in page] == whole
    assert world.total("xzsp_items", "item") == len(whole)


@pytest.mark.parametrize("system", ["sc_food", "sw_tax", "jt_transport"])
def test_since_is_read_in_the_streams_own_form_and_includes_its_moment(
    world: World, system: str
) -> None:
    rows = world.rows(system, "licence")
    column = world.shapes[system, "licence"].columns["updated"]
    middle = str(rows[len(rows) // 2][column])
    later = world.rows(system, "licence", since=middle)
    assert later == rows[len(rows) - len(later) :]
    assert later[0][column] == middle
    assert world.total(system, "licence", since=middle) == len(later)
    assert world.page(system, "licence", 1, 2, since=middle) == later[1:3]


def test_a_since_that_is_no_time_is_refused(world: World) -> None:
    with pytest.raises(CityError, match="epoch_ms"):
        world.rows("sw_tax", "licence", since="yesterday")


def test_reading_on_after_a_row_misses_and_doubles_nothing(world: World) -> None:
    whole, read = world.rows("rs_insurance", "licence"), []
    shape, after = world.shapes["rs_insurance", "licence"], None
    while True:
        part = world.rows("rs_insurance", "licence", after=after, limit=3)
        if not part:
            break
        read += part
        after = (str(part[-1][shape.columns["updated"]]), str(part[-1][shape.columns["id"]]))
    assert read == whole


def test_an_unknown_stream_is_an_error_that_names_it(world: World) -> None:
    with pytest.raises(CityError, match="no stream sc_food/item"):
        world.rows("sc_food", "item")


def test_a_change_table_replayed_is_the_live_stream(world: World) -> None:
    world.apply_changes(400, 1)
    for (system, stream), shape in world.shapes.items():
        if shape.deletes != "change":
            continue
        held: dict[str | None, dict[str, str | None]] = {}
        last = 0
        while part := world.changes(system, stream, last, 50):
            for sequence, op, row in part:
                assert sequence > last
                last = sequence
                key = row[shape.columns["id"]]
                assert (key in held) == (op != "I"), (system, stream, op)
                if op == "D":
                    del held[key]
                else:
                    held[key] = row
        assert last == world.last_change(system, stream)
        live = world.rows(system, stream)
        assert held == {row[shape.columns["id"]]: row for row in live}


def test_the_truth_stays_true_after_a_thousand_changes(world: World) -> None:
    before = {(one["system"], one["stream"]): one["live"] for one in world.counts()}
    touched: set[tuple[str, str]] = set()
    world.on_change(lambda system, stream: touched.add((system, stream)))
    done = world.apply_changes(1000, 1)
    assert sum(done.values()) == 1000
    assert all(done[sort] > 20 for sort in ("new", "changed", "revoked", "deleted")), done
    counts = world.counts()
    assert touched == {(one["system"], one["stream"]) for one in counts}
    grown = sum(one["live"] for one in counts) - sum(before.values())
    assert grown == done["new"] - done["deleted"]
    for one in counts:
        system, stream = one["system"], one["stream"]
        contract, shape = world.wire[system]["streams"][stream], world.shapes[system, stream]
        rows = [row for row in world.rows(system, stream) if row.get(str(shape.flag)) != "1"]
        key = contract["columns"]["id"]
        seen = {row[key]: not is_good(contract, row) for row in rows}
        assert len(seen) == len(rows) == one["live"]
        assert seen == {key: bad for key, bad, _ in world.keys(system, stream)}, (system, stream)
        assert sum(seen.values()) == one["bad"]


def test_changes_mend_bad_rows_and_spoil_good_ones(world: World) -> None:
    def bad() -> set[tuple[str, str, str]]:
        return {
            (system, stream, key)
            for system, stream in world.shapes
            for key, is_bad, _ in world.keys(system, stream)
            if is_bad
        }

    before = bad()
    world.apply_changes(2000, 3)
    assert before - bad()
    assert bad() - before


def test_a_changed_row_comes_again_and_time_never_goes_back(world: World) -> None:
    shape = world.shapes["sc_food", "licence"]
    column = shape.columns["updated"]
    last = str(world.rows("sc_food", "licence")[-1][column])
    for seed in range(3):
        world.apply_changes(150, seed)
        rows = world.rows("sc_food", "licence", since=last)
        newest = str(rows[-1][column])
        assert newest >= last
        last = newest


def test_the_worked_example_outlives_changes(world: World) -> None:
    before = (world.example(), world.case(world.example()["case"]))
    for seed in range(4):
        world.apply_changes(500, seed)
    after = (world.example(), world.case(world.example()["case"]))
    assert after[0] == before[0]
    assert {k: v for k, v in after[1].items() if k != "holds"} == {
        k: v for k, v in before[1].items() if k != "holds"
    }
    for one in after[0]["materials"]:
        if one["waived"]:
            held = [h for h in after[1]["holds"] if h["type"] == one["licence_type"]]
            assert any(h["status"] == "valid" for h in held)


def test_a_revoked_licence_says_so(world: World) -> None:
    key = good_key(world, "yc_tobacco")
    world.revoke("yc_tobacco", key)
    row = world.rows("yc_tobacco", "licence")[-1]
    assert row["zzid"] == key
    assert row["zt"] == "吊销"


def test_a_deleted_licence_is_flagged_where_deletes_are_flags_and_gone_elsewhere(
    world: World,
) -> None:
    flagged, gone = good_key(world, "yc_tobacco"), good_key(world, "sf_lawyer")
    world.delete("yc_tobacco", flagged)
    world.delete("sf_lawyer", gone)
    assert world.rows("yc_tobacco", "licence")[-1]["sfsc"] == "1"
    assert gone not in {row["zzid"] for row in world.rows("sf_lawyer", "licence")}
    for system, key in (("yc_tobacco", flagged), ("sf_lawyer", gone)):
        assert key not in {one for one, _, _ in world.keys(system, "licence")}
        with pytest.raises(CityError, match="no live licence"):
            world.revoke(system, key)


def test_a_case_is_accepted_and_closed_at_the_one_window(world: World) -> None:
    example = world.case(world.example()["case"])
    number, row_id = world.accept_case(
        example["item_code"], "person", "11010519491231002X", "某某", "sc-02"
    )
    row = world.rows("xzsp_window", "case")[-1]
    assert (row["BJBH"], row["BJGUID"], row["BJZT"]) == (number, row_id, "已受理")
    assert is_good(world.wire["xzsp_window"]["streams"]["case"], row)
    world.close_case(number)
    assert world.case(number)["state"] == "granted"
    assert world.rows("xzsp_window", "case")[-1]["BJSJ"]


def test_the_one_window_refuses_an_item_nobody_offers_and_an_impossible_applicant(
    world: World,
) -> None:
    item = world.case(world.example()["case"])["item_code"]
    with pytest.raises(CityError, match="nobody in the city offers"):
        world.accept_case("nothing", "person", "11010519491231002X", "某某", "sc-02")
    with pytest.raises(CityError, match="number") as refused:
        world.accept_case(item, "person", "110105194912310021", "某某", "sc-02")
    assert "110105194912310021" not in str(refused.value)


def test_a_marriage_is_found_from_either_spouse(world: World) -> None:
    row = world.rows("mz_marriage", "licence")[0]
    for column in ("CZZTDM", "CZZTDM2"):
        assert row in world.find("mz_marriage", "licence", str(row[column]))


def test_the_test_subject_is_good_and_nobody_of_the_city(world: World) -> None:
    people = set(world.personal_numbers())
    for (system, stream), shape in world.shapes.items():
        if shape.kind == "licence" and not shape.copies:
            row = world.test_subject(system, stream)
            assert is_good(world.wire[system]["streams"][stream], row)
            assert row[shape.columns["holder_number"]] not in people


def test_personal_numbers_cover_every_written_citizen_number(world: World) -> None:
    numbers = set(world.personal_numbers())
    for (system, stream), shape in world.shapes.items():
        names = ("holder_number", "co_holder_number", "applicant_number")
        columns = [shape.columns[name] for name in names if name in shape.columns]
        for row in world.rows(system, stream) if columns else ():
            for text in [one for name in columns for one in str(row[name] or "").split(BETWEEN)]:
                if len(text) >= 15 and text[:14].isdigit():
                    assert text in numbers


def test_times_of_sql_columns_are_timestamps_to_the_second(world: World) -> None:
    for (system, stream), shape in world.shapes.items():
        if world.wire[system]["transport"] == "sql":
            for field in ("updated", "opened", "closed"):
                for row in world.rows(system, stream) if field in shape.columns else ():
                    text = row[shape.columns[field]]
                    assert text is None or read_time("text", text)


def test_threads_may_read_while_one_changes(world: World) -> None:
    wrong: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(15):
                assert world.page("xzsp_items", "material", 100, 50)
                assert world.counts()
        except (AssertionError, CityError) as error:
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for one in readers:
        one.start()
    for seed in range(3):
        world.apply_changes(100, seed)
    for one in readers:
        one.join()
    assert not wrong


def test_each_owner_of_a_home_is_found(world: World) -> None:
    shape = world.shapes["zr_realestate", "licence"]
    column = shape.columns["co_holder_number"]
    rows = list(world.rows("zr_realestate", "licence"))
    shared = [row for row in rows if BETWEEN in str(row[column] or "")]
    assert shared
    for row in shared:
        for number in str(row[column]).split(BETWEEN):
            assert row in world.find("zr_realestate", "licence", number)
