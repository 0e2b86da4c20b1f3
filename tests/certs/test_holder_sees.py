"""Whoever looked, in whatever way: its holder sees it and the alarms count it, erased or not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event as engine_event

from catalog.tables import published_item
from certs.copies.originals import original, take_in
from certs.licences.publish import publish_system
from certs.rights import alarms
from certs.waivers import scans
from ledger import log, views
from ledger.events import event as ledger_event
from pipeline import share
from pipeline.erasing import erase_holder
from pipeline.holder_view import HolderEntry, of_holder
from portal.words import say
from tests.certs import test_callers
from tests.certs.test_callers import CASE, FOOD, STANDARD, WANTED, Line, through
from tests.certs.test_files import BUREAU
from tests.certs.test_originals import OFFICER, PLAIN, licence
from tests.certs.test_relations import kinds
from tests.certs.test_scans import PDF
from tests.certs.town import NOW, WANG, Town

line, exchanged = test_callers.line, test_callers.exchanged
ITEM = "食品经营许可（变更）"


def seen(town: Town) -> list[HolderEntry]:
    return of_holder(town.house, town.holder(WANG))


def looks(town: Town) -> int:
    ((number,),) = town.query("SELECT count(*) FROM certs.looked WHERE reader = 'clerk'")
    return int(number)


@pytest.mark.parametrize("event", sorted(views.SHOWN))
def test_each_entry_that_a_holder_sees_has_words(event: str) -> None:
    assert say(f"my.look.{event}") != f"my.look.{event}"


def asked_for(town: Town) -> tuple[int, list[str | None]]:
    """How many statements a holder's list takes, and the items that it names."""
    said: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement)

    engine_event.listen(town.house.engine, "before_cursor_execute", note)
    try:
        items = [one.item for one in seen(town)]
    finally:
        engine_event.remove(town.house.engine, "before_cursor_execute", note)
    return len(said), items


def test_the_names_of_many_items_are_asked_for_at_once(city: Town) -> None:
    def look(item: str) -> None:
        about = {"item": item, "holder": city.holder(WANG), "case": "C1"}
        with city.house.engine.begin() as conn:
            log.append(conn, ledger_event(NOW, "look.granted", "clerk", **about))

    look("FOOD")
    few, _ = asked_for(city)
    for n in range(20):
        about = {"version": 1, "item_id": f"I{n}", "name": f"事项{n}", "department": "市民政局"}
        city._write(published_item, about)
        look(f"I{n}")
    look("nowhere published")
    many, items = asked_for(city)
    assert many == few
    names = [f"事项{n}" for n in range(19, -1, -1)]
    assert items == ["nowhere published", *names, ITEM]


def test_a_call_by_the_exchange_is_seen_by_office_item_and_time(exchanged: Line) -> None:
    town = exchanged.town
    assert through(exchanged, "/calls/data", WANTED).status_code == 200
    question = {**CASE, "question": f"holds_valid:{FOOD}"}
    assert through(exchanged, "/calls/answer", question).json()["answer"] is True
    answer, look = seen(town)[:2]
    assert [one.event for one in (answer, look)] == ["answer.given", "look.granted"]
    for one in (answer, look):
        assert (one.item, one.case, one.licence_type, one.at) == (ITEM, "C1", FOOD, NOW)
        assert one.office == "市市场监督管理局审批科"


def test_a_call_that_was_refused_is_seen_too(line: Line) -> None:
    line.town.licence("k1", status="revoked")
    assert line.call("/calls/data", WANTED).status_code == 403
    assert (seen(line.town)[0].event, seen(line.town)[0].reason) == (
        "look.refused", "licence_revoked",
    )  # fmt: skip


def test_the_standards_calls_are_seen_as_the_plain_ones(line: Line) -> None:
    wanted = {**STANDARD, "certTypeCode": FOOD, "useCause": "办理许可"}
    for operation in ("queryCertInfo", "downloadFile", "verifyCertInfo"):
        assert line.standard(operation, **wanted if operation != "verifyCertInfo" else {
            **STANDARD, "certTypeCode": FOOD,
        })["head"]["status"] == "0"  # fmt: skip
    told = [(one.event, one.licence_type) for one in seen(line.town)[:3]]
    assert told == [("answer.given", FOOD), ("look.granted", FOOD), ("look.granted", FOOD)]


def test_an_issuers_file_and_a_scan_are_looks_as_copies_are(line: Line) -> None:
    town = line.town
    take_in(town.house, OFFICER, licence(town), PLAIN)
    original(town.house, town.account(), "C1", "M1", "办理许可")
    assert looks(town) == 1
    assert (seen(town)[0].event, seen(town)[0].item) == ("look.granted", ITEM)
    town.waive(FOOD)
    scans.keep(town.house, town.account(), "C1", FOOD, PDF)
    with town.house.engine.begin() as conn:
        conn.exec_driver_sql("DELETE FROM landing.licence")
    assert share.fetch(town.house, town.account(), "C1", "M1", "办理变更").pdf == PDF
    assert looks(town) == 2
    assert (seen(town)[0].event, seen(town)[0].item) == ("scan.used", ITEM)


def test_a_burst_of_issuers_files_alarms(line: Line) -> None:
    town = line.town
    take_in(town.house, OFFICER, licence(town), PLAIN)
    for _ in range(alarms.LEAST):
        original(town.house, town.account(), "C1", "M1", "办理许可")
    assert kinds(town) == [("burst", "clerk")]


def test_a_look_after_which_the_case_never_moved_alarms_though_it_moved_before(line: Line) -> None:
    town, early = line.town, NOW - timedelta(days=60)
    town.case("C1", landed_at=early, source_time=early, opened=early)
    for days in (50, 20):  # the case moves between the two
        town.at(NOW - timedelta(days=days))
        town.complete("sc_food", NOW - timedelta(days=days))
        line.open()
        share.fetch(town.house, town.account(), "C1", "M1", "办理许可")
    moved = NOW - timedelta(days=40)
    town.case("C1", landed_at=moved, source_time=moved, opened=early)
    town.at(NOW)
    assert kinds(town) == [("still_case", "C1")]


def test_after_an_erasure_the_looks_stay_and_hold_nothing_of_the_person(line: Line) -> None:
    """Who looked is on record for the auditor and the alarms; what was seen is gone."""
    town = line.town
    for _ in range(alarms.LEAST):
        assert line.call("/calls/data", WANTED).status_code == 200
    erase_holder(town.house, BUREAU, "person", WANG, "赣数〔2026〕7号")
    assert looks(town) == alarms.LEAST
    assert kinds(town) == [("burst", "clerk")]
    rows = json.dumps(town.query("SELECT * FROM certs.form_look"), default=str, ensure_ascii=False)
    assert not [one for one in (WANG, "王小明", "热食类食品制售") if one in rows]
    assert [one.event for one in seen(town)[:2]] == ["look.granted"] * 2
    assert line.call("/calls/data", WANTED).status_code == 403
    town.licence("k1")  # the source has it still: a new licence under new keys, the old one is shut
    publish_system(town.house, "sc_food", "r2")
    opened = town.query(
        "SELECT count(*) FROM certs.form_look f JOIN certs.licence_holder h USING (licence_id)"
    )
    assert opened == [(0,)]
