"""Deletes arrive: by absence from a full read, and by comparing keys."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from kernel.errors import Disagrees
from kernel.house import House
from landing import cursors
from landing.cases import NewCase, provisional
from landing.finish import finish_stream
from landing.land import land_batch
from landing.read import case_by_number, case_secret
from landing.reconcile import reconcile
from registry.contract import Limits
from tests.landing.frames import batch_of, citizen, raw, rows_of, stream_of
from tests.landing.state import all_of, live, refused

TALENT, ESTATE = stream_of("rs_talent", "licence"), stream_of("zr_realestate", "licence")


def test_a_row_absent_from_a_full_read_ends_and_so_does_its_quarantine_entry(house: House) -> None:
    bad = raw(TALENT, "k3", number="")
    started = house.clock()
    rows = (raw(TALENT, "k1"), raw(TALENT, "k2"), bad)
    land_batch(house, "rs_talent", TALENT, "r1", 0, batch_of(*rows))
    assert finish_stream(house, "rs_talent", TALENT, "r1", started, True) == 0
    assert (len(live(house, "licence")), len(refused(house))) == (2, 1)
    started = house.clock()
    land_batch(house, "rs_talent", TALENT, "r2", 0, batch_of(raw(TALENT, "k1")))
    assert finish_stream(house, "rs_talent", TALENT, "r2", started, True) == 1
    assert (len(live(house, "licence")), len(refused(house))) == (1, 0)
    after = all_of(house)
    assert finish_stream(house, "rs_talent", TALENT, "r2", started, True) == 0
    assert all_of(house) == after
    with house.engine.connect() as conn:
        assert cursors.complete_at(conn, "rs_talent", "licence") == started


def test_a_full_read_killed_and_begun_anew_forgets_what_only_the_first_one_saw(
    house: House,
) -> None:
    land_batch(house, "rs_talent", TALENT, "r1", 0, batch_of(raw(TALENT, "k1"), raw(TALENT, "k2")))
    started = house.clock() + timedelta(microseconds=1)
    land_batch(house, "rs_talent", TALENT, "r1", 1, batch_of(raw(TALENT, "k2")))
    assert finish_stream(house, "rs_talent", TALENT, "r1", started, True) == 1


def test_a_run_that_landed_no_batch_ends_nothing(house: House) -> None:
    land_batch(house, "rs_talent", TALENT, "r1", 0, batch_of(raw(TALENT, "k1")))
    assert finish_stream(house, "rs_talent", TALENT, "r2", house.clock(), True) == 0
    assert len(live(house, "licence")) == 1


def test_reconciling_ends_what_the_source_has_no_more(house: House) -> None:
    rows = [raw(ESTATE, f"k{n}") for n in range(3)] + [raw(ESTATE, "k3", status="?")]
    nameless = {**raw(ESTATE, "k4"), "zzid": None}
    land_batch(house, "zr_realestate", ESTATE, "r1", 0, batch_of(*rows, nameless))
    assert sorted(refused(house).values()) == ["category", "key"]
    keys = [rows_of({"zzid": "k0"}, {"zzid": None}), rows_of({"zzid": "k1"}, {"zzid": "k1"})]
    assert reconcile(house, "zr_realestate", ESTATE, "r1", keys) == 1
    assert len(live(house, "licence")) == 2
    assert list(refused(house).values()) == ["key"]
    assert reconcile(house, "zr_realestate", ESTATE, "r1", keys) == 0
    reconcile(house, "zr_realestate", ESTATE, "r1", [keys[1]])
    assert refused(house) == {}


def test_an_empty_list_ends_nothing_until_a_person_says_that_it_is_right(house: House) -> None:
    land_batch(house, "zr_realestate", ESTATE, "r1", 0, batch_of(raw(ESTATE, "k1")))
    empty = pd.DataFrame({"zzid": pd.array([], dtype="string[pyarrow]")})
    with pytest.raises(Disagrees, match="misses 1 of 1 live rows: that is all of them; nothing"):
        reconcile(house, "zr_realestate", ESTATE, "r1", [empty])
    assert len(live(house, "licence")) == 1
    assert reconcile(house, "zr_realestate", ESTATE, "r1", [empty], accepted=True) == 1


def keys_of(count: int) -> pd.DataFrame:
    keys: list[dict[str, str | None]] = [{"zzid": f"k{n:02}"} for n in range(count)]
    return rows_of(*keys)


def test_more_deletes_than_declared_end_nothing_and_fewer_do(house: House) -> None:
    stream = ESTATE.model_copy(update={"limits": Limits(deletes="50%")})
    rows = [raw(stream, f"k{n:02}") for n in range(30)]
    land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(*rows))
    few = [keys_of(14)]
    with pytest.raises(Disagrees, match="misses 16 of 30 live rows: at most 50% may end at once"):
        reconcile(house, "zr_realestate", stream, "r2", few)
    assert len(live(house, "licence")) == 30
    enough = [keys_of(15)]
    assert reconcile(house, "zr_realestate", stream, "r3", enough) == 15


def test_a_full_read_that_lacks_too_much_ends_nothing(house: House) -> None:
    stream = TALENT.model_copy(update={"limits": Limits(deletes="20%")})
    rows = [raw(stream, f"k{n:02}") for n in range(20)]
    land_batch(house, "rs_talent", stream, "r1", 0, batch_of(*rows))
    started = house.clock()
    land_batch(house, "rs_talent", stream, "r2", 0, batch_of(*rows[:2]))
    with pytest.raises(Disagrees, match="misses 18 of 20 live rows"):
        finish_stream(house, "rs_talent", stream, "r2", started, True)
    assert len(live(house, "licence")) == 20
    assert finish_stream(house, "rs_talent", stream, "r2", started, True, accepted=True) == 18


def test_a_few_rows_say_nothing_about_a_share(house: House) -> None:
    stream = ESTATE.model_copy(update={"limits": Limits(deletes="1%")})
    rows = [raw(stream, f"k{n}") for n in range(9)]
    land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(*rows))
    assert reconcile(house, "zr_realestate", stream, "r1", [rows_of({"zzid": "k1"})]) == 8


def test_a_provisional_case_stays_until_its_own_system_confirms_it(house: House) -> None:
    stream = stream_of("zr_realestate", "case")
    new = NewCase(
        "k1", "case_number k1", "item", "dept", "zr-01", "person", "某人", citizen(7), house.clock()
    )
    assert provisional(house, "zr_realestate", "case", new)
    assert not provisional(house, "zr_realestate", "case", new)
    assert reconcile(house, "zr_realestate", stream, "r1", []) == 0
    with house.engine.connect() as conn:
        row = case_by_number(conn, "case_number k1")
        assert row is not None
        assert row.provisional
        assert case_secret(house, row) == {"applicant_name": "某人", "applicant_number": citizen(7)}
    land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(raw(stream, "k1")))
    with house.engine.connect() as conn:
        row = case_by_number(conn, "case_number k1")
        assert row is not None
        assert not row.provisional
        assert row.post == "post k1"
    assert not provisional(house, "zr_realestate", "case", new)
