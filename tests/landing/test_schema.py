"""The schema contract: evolve, freeze, quarantine; what changed is a finding until it is mended."""

from __future__ import annotations

import pytest

from kernel.batch import Batch
from kernel.errors import SchemaChanged
from kernel.house import House
from landing import findings
from landing.finish import finish_stream
from landing.land import land_batch
from landing.read import OpenFinding, open_findings
from landing.replay import replay
from registry.contract import Stream
from tests.landing.frames import Row, batch_of, raw, rows_of, stream_of
from tests.landing.state import live, refused

STREAM = stream_of("sc_enterprise", "licence")
MANY = 24


def drifting(drift: str) -> Stream:
    """The stream with another schema contract."""
    return STREAM.model_copy(update={"drift": drift})


def rows(*, old: str = "", new: str = "", **fields: str | None) -> list[Row]:
    """Good rows; the column `old` is called `new`."""
    made = [raw(STREAM, f"k{n}", **fields) for n in range(MANY)]
    if old:
        made = [{new if name == old else name: v for name, v in row.items()} for row in made]
    return made


def land(
    house: House, seq: int, batch: list[Row], stream: Stream = STREAM, **types: str
) -> dict[str, OpenFinding]:
    """Land rows and give the open findings by kind."""
    land_batch(house, "sc_enterprise", stream, "r1", seq, Batch(rows_of(*batch), types=types))
    with house.engine.connect() as conn:
        return {one.kind: one for one in open_findings(conn, "sc_enterprise")}


def test_a_renamed_column_is_named_with_both_names_until_it_is_back(house: House) -> None:
    assert land(house, 0, rows()) == {}
    found = land(house, 1, rows(old="issueDate", new="issue_date"))
    assert set(found) == {"renamed_column", "missing_column", "new_column"}
    assert found["renamed_column"].subject == "issueDate"
    assert found["renamed_column"].detail == "issueDate seems to be called issue_date now"
    day = found["renamed_column"].first_seen
    assert (
        land(house, 2, rows(old="issueDate", new="issue_date"))["renamed_column"].first_seen == day
    )
    assert set(land(house, 3, rows())) == {"new_column"}


def test_a_missing_and_a_new_column_that_do_not_fit_are_no_rename(house: House) -> None:
    land(house, 0, rows())
    changed = [{**row, "备注": f"备注{n}"} for n, row in enumerate(rows())]
    for row in changed:
        del row["issueDate"]
    assert set(land(house, 1, changed)) == {"missing_column", "new_column"}


def test_a_day_written_in_another_form_is_a_retyped_column(house: House) -> None:
    other = rows(issued="2024年1月31日")
    found = land(house, 0, other)
    assert found["retyped_column"].subject == "issueDate"
    assert "and holds days like 2024年1月31日" in found["retyped_column"].detail
    assert land(house, 1, rows()) == {}


def test_a_type_of_the_source_that_changes_is_found_until_a_person_takes_it_as_right(
    house: House,
) -> None:
    assert land(house, 0, rows(), issueDate="date") == {}
    found = land(house, 1, rows(), issueDate="varchar")["retyped_column"]
    assert found.detail == "it was date and is varchar"
    with house.engine.begin() as conn:
        findings.acknowledge(conn, house.clock(), found.id, "ops", "agreed by letter")
    assert land(house, 2, rows(), issueDate="varchar") == {}


def test_a_column_that_loses_all_its_values_is_found_and_few_rows_say_nothing(
    house: House,
) -> None:
    land(house, 0, rows())
    assert land(house, 1, rows(issuer=None)[:5]) == {}
    assert land(house, 2, rows(issuer=None))["empty_column"].subject == "issueOrgName"
    assert land(house, 3, rows()) == {}


def test_a_frozen_stream_lets_nothing_land_when_a_column_is_missing(house: House) -> None:
    frozen = drifting("freeze")
    land(house, 0, rows()[:3], frozen)
    gone = [{k: v for k, v in row.items() if k != "holderName"} for row in rows()]
    with pytest.raises(SchemaChanged) as caught:
        land(house, 1, gone, frozen)
    said = (
        "sc_enterprise licence, batch sc_enterprise/licence/r1/1: the column holderName is missing"
    )
    assert caught.value.message.startswith(said)
    assert len(live(house, "licence")) == 3
    assert refused(house) == {}
    with house.engine.connect() as conn:
        kinds = [one.kind for one in open_findings(conn, "sc_enterprise")]
    assert kinds == ["missing_column"]


def test_a_batch_of_deletes_only_passes_a_frozen_stream(house: House) -> None:
    frozen = stream_of("rs_pension", "licence").model_copy(update={"drift": "freeze"})
    assert frozen.deletes
    assert frozen.deletes.column
    row = {frozen.key[0]: "k1", frozen.deletes.column: frozen.deletes.value}
    land_batch(house, "rs_pension", frozen, "r1", 0, batch_of(raw(frozen, "k1")))
    counts = land_batch(house, "rs_pension", frozen, "r1", 1, batch_of(row))
    assert counts.deleted == 1


def test_rows_of_a_changed_batch_wait_and_come_in_when_the_contract_is_up_to_date(
    house: House,
) -> None:
    careful = drifting("quarantine")
    land(house, 0, [{**row, "新列": "值"} for row in rows()], careful)
    assert live(house, "licence") == {}
    assert set(refused(house).values()) == {"schema"}
    assert replay(house, "sc_enterprise", careful).refused == MANY
    wider = careful.model_copy(update={"ignore": [*careful.ignore, "新列"]})
    assert replay(house, "sc_enterprise", wider).stored == MANY
    assert replay(house, "sc_enterprise", wider).looked_at == 0
    assert len(live(house, "licence")) == MANY
    assert refused(house) == {}


def test_a_division_that_nobody_knows_is_a_finding_and_its_row_lands(house: House) -> None:
    from stdnum.iso7064 import mod_11_2

    def number(head: str) -> str:
        body = f"{head}19900101001"
        return body + str(mod_11_2.calc_check_digit(body))

    good = [raw(STREAM, f"g{n}", holder_number=number(h)) for n, h in enumerate(
        ("110101", "810000", "830000", "915600", "360702", "362101")
    )]  # fmt: skip
    assert land(house, 0, good) == {}
    found = land(house, 1, [raw(STREAM, "x", holder_number=number("000099"))])
    assert "=#" in found["unknown_division"].subject
    assert "000099" not in found["unknown_division"].subject + found["unknown_division"].detail
    assert len(live(house, "licence")) == len(good) + 1
    whole = STREAM.model_copy(update={"mode": "full"})
    began = house.clock()
    land_batch(house, "sc_enterprise", whole, "r2", 0, batch_of(*good))
    finish_stream(house, "sc_enterprise", whole, "r2", began, False)
    with house.engine.connect() as conn:
        assert open_findings(conn, "sc_enterprise") == []
