"""Answers of look-up systems are kept for one case; runs and probes are counted."""

from __future__ import annotations

from sqlalchemy import select, update

from kernel.house import House
from landing import asked, probes, runs
from landing.cases import NewCase, provisional
from landing.land import land_batch
from landing.tables import case as case_table
from landing.tables import finding
from landing.tables import run as run_table
from tests.landing.frames import batch_of, citizen, raw, rows_of, stream_of

STREAM = stream_of("mz_marriage", "licence")


def test_an_answer_is_kept_for_its_case_and_gone_with_it(house: House) -> None:
    mine = house.holder_hash("person", citizen(1))
    rows = rows_of(
        raw(STREAM, "a", holder_number=citizen(1)),
        raw(
            STREAM, "b", holder_number=citizen(2), co_holder_number=citizen(1), co_holder_name="乙"
        ),
        raw(STREAM, "c", holder_number=citizen(3)),
        raw(STREAM, "d", holder_number=citizen(1), issued="?"),
    )
    given = asked.store(house, "mz_marriage", STREAM, "C1", mine, rows)
    assert [one["number"] for one in given.licences] == ["number a", "number b"]
    assert len(given.refused) == 2
    kept = asked.recall(house, "mz_marriage", "licence", "C1", mine)
    assert kept is not None
    assert kept.licences == given.licences
    assert kept.licences[0]["issued"] == "2020-03-09"
    assert asked.recall(house, "mz_marriage", "licence", "C2", mine) is None
    case = NewCase("k1", "C1", "I1", None, "mz-02", "person", "甲", citizen(1), house.clock())
    provisional(house, "xzsp_window", "case", case)
    assert asked.expire_closed(house) == 0
    with house.engine.begin() as conn:
        conn.execute(update(case_table).values(state="granted"))
    assert asked.expire_closed(house) == 1
    assert asked.recall(house, "mz_marriage", "licence", "C1", mine) is None


def test_what_a_look_up_answers_beyond_its_contract_is_dropped_and_a_finding(house: House) -> None:
    mine = house.holder_hash("person", citizen(1))
    row = raw(STREAM, "a", holder_number=citizen(1)) | {"wage": "98765", citizen(2): "x"}
    given = asked.store(house, "mz_marriage", STREAM, "C1", mine, rows_of(row))
    kept = asked.recall(house, "mz_marriage", "licence", "C1", mine)
    assert kept is not None
    for answer in (given, kept):
        assert [one["number"] for one in answer.licences] == ["number a"]
        assert "98765" not in repr(answer)
        assert citizen(2) not in repr(answer)
    with house.engine.connect() as conn:
        found = conn.execute(select(finding).where(finding.c.kind == "new_column")).all()
    assert len(found) == 2
    assert "wage" in {one.subject for one in found}
    assert citizen(2) not in repr(found)
    assert {one.detail for one in found} == {
        "a column that the contract does not name, dropped from the answer"
    }


def test_an_answer_of_other_columns_only_gives_no_licence(house: House) -> None:
    mine = house.holder_hash("person", citizen(1))
    given = asked.store(house, "mz_marriage", STREAM, "C1", mine, rows_of({"wage": "98765"}))
    assert given.licences == ()
    assert len(given.refused) == 1


def test_that_a_look_up_found_nothing_is_an_answer_too(house: House) -> None:
    empty = rows_of(raw(STREAM, "a")).iloc[:0]
    mine = house.holder_hash("person", citizen(1))
    assert asked.store(house, "mz_marriage", STREAM, "C1", mine, empty).licences == ()
    kept = asked.recall(house, "mz_marriage", "licence", "C1", mine)
    assert kept is not None
    assert kept.licences == ()


def test_probes_are_counted(house: House) -> None:
    probes.record(house, "mz_marriage", "licence", "r1", 12, None)
    probes.record(house, "mz_marriage", "licence", "r2", None, "the source is away")
    with house.engine.connect() as conn:
        assert probes.counts(conn) == [probes.ProbeCounts("mz_marriage", "licence", 2, 1)]
        assert probes.counts(conn, "r2")[0].answered == 0


def test_a_run_begun_again_counts_from_nothing_and_goes_on_with_new_batches(house: House) -> None:
    stream = stream_of("xzsp_items", "item")
    for _ in range(2):
        runs.begin(house, "xzsp_items", "r1", False)
        with house.engine.connect() as conn:
            seq = runs.next_seq(conn, "xzsp_items", "item", "r1")
        land_batch(house, "xzsp_items", stream, "r1", seq, batch_of(raw(stream, "k1")))
        runs.end(house, "xzsp_items", "r1")
    assert seq == 1
    with house.engine.connect() as conn:
        row = conn.execute(run_table.select()).one()
    assert (row.state, row.rows, row.stored, row.error) == ("done", 1, 0, None)
