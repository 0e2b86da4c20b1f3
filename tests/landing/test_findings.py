"""What a source does that its contract does not say is found, once, until it ends."""

from __future__ import annotations

from kernel.house import House
from landing.land import land_batch
from landing.read import OpenFinding, open_findings
from registry.contract import Stream
from tests.landing.frames import Row, batch_of, raw, stream_of
from tests.landing.state import live, refused

STREAM = stream_of("sc_enterprise", "licence")


def found(house: House, *rows: Row, stream: Stream = STREAM, seq: int = 0) -> list[OpenFinding]:
    """Land a batch and give the open findings."""
    land_batch(house, "sc_enterprise", stream, "r1", seq, batch_of(*rows))
    with house.engine.connect() as conn:
        return open_findings(conn, "sc_enterprise")


def test_a_new_column_is_found_and_its_value_kept_sealed(house: House) -> None:
    row = {**raw(STREAM, "k1"), "新列": "值"}
    assert [(f.kind, f.subject) for f in found(house, row)] == [("new_column", "新列")]
    [stored] = live(house, "licence").values()
    assert stored["extra"] == {"新列": "值"}
    assert len(found(house, row, seq=1)) == 1


def test_a_new_column_of_a_frozen_stream_is_found_and_not_kept(house: House) -> None:
    frozen = STREAM.model_copy(update={"drift": "freeze"})
    assert len(found(house, {**raw(STREAM, "k1"), "新列": "值"}, stream=frozen)) == 1
    [stored] = live(house, "licence").values()
    assert not stored["extra"]


def test_a_column_name_that_looks_like_a_number_is_not_shown(house: House) -> None:
    [one] = found(house, {**raw(STREAM, "k1"), "360700199003078815": "x"})
    assert one.subject.startswith("#")


def test_a_missing_column_fails_the_rows_that_need_it_and_is_closed_when_it_is_back(
    house: House,
) -> None:
    row = raw(STREAM, "k1")
    cut = {name: value for name, value in row.items() if name not in ("holderName", "issueDate")}
    subjects = [(f.kind, f.subject) for f in found(house, cut)]
    assert subjects == [("missing_column", "holderName"), ("missing_column", "issueDate")]
    assert list(refused(house).values()) == ["required"]
    assert found(house, row, seq=1) == []
    assert refused(house) == {}


def test_an_unknown_category_is_a_finding_that_does_not_show_it(house: House) -> None:
    rows = [raw(STREAM, "k1", status="不详"), raw(STREAM, "k2", status=" 不详 ")]
    [one] = found(house, *rows, raw(STREAM, "k3"))
    assert one.kind == "unknown_category"
    assert one.subject.startswith("certState=#")
    assert "不详" not in one.subject + one.detail
    assert list(refused(house).values()) == ["category", "category"]
