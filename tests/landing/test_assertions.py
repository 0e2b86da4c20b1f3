"""Minimums hold, the rest warns; both end by themselves when the figure is right again."""

from __future__ import annotations

from datetime import timedelta

from kernel.house import House
from landing import holds, measures
from landing.finish import finish_stream
from landing.land import land_batch
from landing.read import open_findings
from registry.assertions import Assertions, Limits, RowCounts
from registry.contract import Stream
from tests.landing.frames import batch_of, raw, stream_of

SYSTEM = "sc_enterprise"
STREAM = stream_of(SYSTEM, "licence")


def run(
    house: House, name: str, good: int, bad: int = 0, stream: Stream = STREAM, **fields: str | None
) -> tuple[list[str], list[str]]:
    """One run of so many rows; the open holds' details and the open findings' details."""
    began = house.clock()
    rows = [raw(stream, f"g{n}", **fields) for n in range(good)]
    rows += [raw(stream, f"b{n}", issued="x") for n in range(bad)]
    if rows:
        land_batch(house, SYSTEM, stream, name, 0, batch_of(*rows))
    finish_stream(house, SYSTEM, stream, name, began, False)
    with house.engine.connect() as conn:
        held = [one.detail for one in holds.open_holds(conn, SYSTEM)]
        return held, [one.detail for one in open_findings(conn, SYSTEM)]


def with_asserts(**asserts: object) -> Stream:
    return STREAM.model_copy(update={"asserts": Assertions.model_validate(asserts)})


def test_a_share_beyond_the_contracts_limit_holds_until_it_falls(house: House) -> None:
    strict = STREAM.model_copy(update={"limits": Limits(quarantine="5%")})
    held, _ = run(house, "r1", 9, 1, strict)
    assert held == ["1 of 10 rows are in quarantine, and at most 5% by its contract may be"]
    assert run(house, "r2", 9, 1, strict)[0] == held
    assert run(house, "r3", 20, 0, strict)[0] == []


def test_the_citys_own_limit_counts_from_twenty_refused_rows_on(house: House) -> None:
    assert run(house, "r1", 2, 19)[0] == []
    held, _ = run(house, "r2", 2, 20)
    assert held == ["20 of 22 rows are in quarantine, and at most 10% city-wide may be"]


def test_a_bad_run_of_a_large_stream_holds_and_an_empty_run_does_not_release_it(
    house: House,
) -> None:
    assert run(house, "r1", 300)[0] == []
    held, _ = run(house, "r2", 0, 20)
    assert held == ["20 of 20 rows of this run are in quarantine, and at most 10% city-wide may be"]
    assert run(house, "r3", 0)[0] == held
    assert run(house, "r4", 5)[0] == []


def test_too_few_rows_hold_and_are_told(house: House) -> None:
    stream = with_asserts(rows=RowCounts(least=10))
    held, found = run(house, "r1", 9, 0, stream)
    assert held == found == ["9 rows are stored, and at least 10 should"]
    assert run(house, "r2", 10, 0, stream) == ([], [])


def test_a_field_that_is_too_often_empty_holds(house: House) -> None:
    stream = with_asserts(filled={"issuer": "95%"})
    held, found = run(house, "r1", 20, 0, stream, issuer=None)
    said = "issuer is filled in 0.0% of 20 rows, and in at least 95% it should be"
    assert held == [said]
    assert said in found
    assert run(house, "r2", 20, 0, stream) == ([], [])


def test_a_run_far_from_the_usual_is_a_finding_only(house: House) -> None:
    stream = with_asserts(rows=RowCounts(change="30%"))
    for n in range(3):
        assert run(house, f"r{n}", 20, 0, stream) == ([], [])
    held, [found] = run(house, "r4", 5, 0, stream)
    assert held == []
    assert found.startswith("5 rows came, 75% fewer than the usual 20")
    assert run(house, "r5", 21, 0, stream) == ([], [])


def test_a_source_that_falls_silent_is_a_finding(house: House) -> None:
    assert "updated" in STREAM.fields
    stream = with_asserts(cadence="26h")
    now = house.clock()
    old = (now - timedelta(hours=90)).strftime("%Y-%m-%d %H:%M:%S")
    fresh = now.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    said = run(house, "r1", 1, 0, stream, updated=old if STREAM.times == "text" else None)[1]
    assert len(said) == 1
    assert said[0].endswith("hours old, and at most 26 hours are expected")
    assert run(house, "r2", 1, 0, stream, updated=fresh)[1] == []


def test_a_measure_is_one_row_a_run_however_often_its_batches_come(house: House) -> None:
    for _ in range(2):
        run(house, "r1", 4, 1)
    with house.engine.connect() as conn:
        [one] = measures.history(conn, SYSTEM, STREAM.name)
    assert (one.rows, one.stored, one.quarantined, one.counted) == (5, 4, 1, 5)
    assert one.filled["number"] == 5


def test_a_person_may_release_a_hold_with_a_reason(house: House) -> None:
    stream = with_asserts(rows=RowCounts(least=10))
    run(house, "r1", 1, 0, stream)
    with house.engine.begin() as conn:
        [one] = holds.open_holds(conn, SYSTEM)
        holds.release(conn, house.clock(), one.id, "ops", "the source was emptied on purpose")
        assert holds.open_holds(conn, SYSTEM) == []
