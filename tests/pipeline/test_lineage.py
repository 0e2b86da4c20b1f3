"""OpenLineage from sync to licence: valid by the published schema, sent over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadInput, NotAuthorised
from kernel.house import House
from kernel.settings import load_settings, save_settings
from pipeline.catalogued import publish, unify
from pipeline.lineage.datasets import Names
from pipeline.lineage.sending import folder_of, send_waiting
from pipeline.lineage.told import syncing
from pipeline.sealing import seal_system
from pipeline.sync import sync
from registry.loader import load_folder
from tests.connectors.gateway import Gateway, Reply, Request, gateway
from tests.e2e.shell import zhongtai
from tests.lineage_schema import facets, wrong
from tests.pipeline.sources import CODE, SYSTEMS, licence, on_disk
from tests.pipeline.watched import Source, town

Event = dict[str, Any]
NUMBER = "91110000600037341L"


class Collector:
    """An endpoint: takes what is valid, answers what a test says."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.status = 201

    def __call__(self, request: Request) -> Reply:
        """Keep the event, as Marquez does."""
        assert request.path == "/api/v1/lineage"
        if self.status == 201:
            self.events.append(json.loads(request.body))
        return Reply({}, self.status)


@contextmanager
def told(
    house: House, folder: Path, *rows: dict[str, str | None]
) -> Iterator[tuple[House, Source, Collector, Gateway]]:
    """A town whose runs are told to a collector."""
    collector = Collector()
    with town(house, folder, *rows) as (one, source, _), gateway(collector) as at:
        settings = replace(one.settings, lineage=f"{at.url}/api/v1/lineage")
        yield replace(one, settings=settings), source, collector, at


def of(events: list[Event], job: str) -> list[Event]:
    """The events of a job."""
    return [one for one in events if one["job"]["name"] == job]


def test_every_event_of_a_round_is_valid_and_leads_from_the_source_to_the_licence(
    house: House, tmp_path: Path
) -> None:
    rows = (licence("k1"), licence("k2"), licence("k3", certState="9"))
    with told(house, tmp_path, *rows) as (one, _, collector, _):
        sync(one, CODE, "r1")
        seal_system(one, CODE, "r1")
        unify(one, "u1")
        publish(one, "a test", "p1")
    events = collector.events
    assert [wrong(event) for event in events] == [[]] * 8
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"] * 4
    names = ("sync_sc_food.land", "sync_sc_food.seal", "unify.unify", "publish.publish")
    assert list(dict.fromkeys(event["job"]["name"] for event in events)) == list(names)
    _, landed = of(events, names[0])
    _, sealed = of(events, names[1])
    assert landed["inputs"][0]["name"] == "source.sc_food.licence"
    assert landed["outputs"][0]["name"] == sealed["inputs"][0]["name"]
    assert sealed["outputs"][0]["name"] == "certs.licence.sc_food.licence"
    (table,) = sealed["outputs"][0]["facets"]["symlinks"]["identifiers"]
    assert table["name"].endswith(".certs.licence")
    assert counts(landed) == (3, 2)
    assert sealed["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert len({event["run"]["facets"]["parent"]["run"]["runId"] for event in events[:4]}) == 1
    assert {event["run"]["facets"]["zhongtai_run"]["run"] for event in events[:4]} == {"r1"}


def counts(event: Event) -> tuple[int, int]:
    """Rows in and rows out of a sync of one stream."""
    came = event["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"]
    return came, event["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"]


def test_the_checks_of_great_expectations_are_told_with_what_broke_them(
    house: House, tmp_path: Path
) -> None:
    rows = (licence("k1"), licence("k2", certState="9"), licence("k3", issueDate="someday"))
    with told(house, tmp_path, *rows) as (one, _, collector, _):
        sync(one, CODE, "r1")
    told_of = collector.events[1]["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    broken = {(x["name"], x["column"], x["actual"]) for x in told_of if not x["success"]}
    assert broken == {
        ("category status", "certState", "1 rows refused"),
        ("date issued", "issueDate", "1 rows refused"),
    }
    assert ("holder holder_number", "holderCode") in {(x["name"], x.get("column")) for x in told_of}
    columns = {f["name"] for f in collector.events[1]["inputs"][0]["facets"]["schema"]["fields"]}
    assert {x["column"] for x in told_of if "column" in x} <= columns


def test_columns_are_followed_to_the_seal_and_masked_ones_say_so(
    house: House, tmp_path: Path
) -> None:
    with told(house, tmp_path) as (one, _, collector, _):
        sync(one, CODE, "r1")
        seal_system(one, CODE, "r1")
    landed = collector.events[1]["outputs"][0]["facets"]["columnLineage"]["fields"]
    (found,) = landed["holder_hash"]["inputFields"]
    assert (found["name"], found["field"]) == ("source.sc_food.licence", "holderCode")
    assert found["transformations"][0]["masking"] is True
    assert [one["field"] for one in landed["issuer"]["inputFields"]] == ["issueOrgName"]
    assert landed["issuer"]["inputFields"][0]["transformations"][0]["subtype"] == "IDENTITY"
    assert {"certNo", "holderName", "holderCode", "jycs"} <= {
        one["field"] for one in landed["sealed"]["inputFields"]
    }
    made = collector.events[3]["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert [one["field"] for one in made["state"]["inputFields"]] == ["status"]
    output = collector.events[3]["outputs"][0]["facets"]["schema"]["fields"]
    assert set(made) <= {one["name"] for one in output}


def test_no_event_holds_a_value_of_a_row(house: House, tmp_path: Path) -> None:
    with told(house, tmp_path, licence("k1"), licence("k2", certState="9")) as (one, _, got, _):
        sync(one, CODE, "r1")
        seal_system(one, CODE, "r1")
    text = json.dumps(got.events, ensure_ascii=False)
    for value in (NUMBER, "某公司", "某路1号", "JYk1", "某局"):
        assert value not in text


def test_a_failed_run_says_why_and_its_next_try_is_another_run_of_the_same_parent(
    house: House, tmp_path: Path
) -> None:
    with told(house, tmp_path) as (one, source, collector, _):
        source.refuses = True
        with pytest.raises(NotAuthorised) as said:
            sync(one, CODE, "r1")
        source.refuses = False
        sync(one, CODE, "r1")
    kinds = [event["eventType"] for event in collector.events]
    assert kinds == ["START", "FAIL", "START", "COMPLETE"]
    assert [wrong(event) for event in collector.events] == [[]] * 4
    failed = collector.events[1]["run"]
    assert failed["facets"]["errorMessage"]["message"] == str(said.value)
    runs = [event["run"]["runId"] for event in collector.events]
    assert runs[0] == runs[1] != runs[2] == runs[3]
    parents = {e["run"]["facets"]["parent"]["run"]["runId"] for e in collector.events}
    assert len(parents) == 1


def test_what_an_endpoint_does_not_take_waits_and_is_sent_in_order(
    house: House, servers: dict[str, str | int], tmp_path: Path
) -> None:
    with told(house, tmp_path) as (one, _, collector, _):
        collector.status = 503
        sync(one, CODE, "r1")
        home = on_disk(one, servers)
        again = zhongtai("lineage", "send", home=home)
        assert (again.code, again.out) == (4, "")
        assert "0 sent, 2 wait" in again.err
        collector.status = 201
        done = zhongtai("lineage", "send", home=home)
        assert (done.code, done.out) == (0, "2 sent, none waits\n")
        assert zhongtai("lineage", "send", home=home).out == "0 sent, none waits\n"
    assert [event["eventType"] for event in collector.events] == ["START", "COMPLETE"]


def test_what_is_refused_is_kept_apart_and_holds_nothing_back(house: House, tmp_path: Path) -> None:
    with told(house, tmp_path) as (one, _, collector, _):
        collector.status = 422
        sync(one, CODE, "r1")
        done = send_waiting(one)
        assert (done.sent, done.refused, done.waiting) == (0, 2, 0)
        kept = (folder_of(one.settings.home) / "refused.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["eventType"] for line in kept] == ["START", "COMPLETE"]


def test_an_endpoint_that_is_gone_ends_no_sync(house: House, tmp_path: Path) -> None:
    with told(house, tmp_path) as (one, _, _, _):
        away = replace(one, settings=replace(one.settings, lineage="http://127.0.0.1:1/x"))
        assert sync(away, CODE, "r1").stored == 1
        waiting = folder_of(one.settings.home) / "unsent.jsonl"
        assert len(waiting.read_text("utf-8").splitlines()) == 2


def test_events_in_a_file_are_the_same(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        filed = replace(one, settings=replace(one.settings, lineage="file"))
        sync(filed, CODE, "r1")
        with pytest.raises(BadInput, match="names no endpoint"):
            send_waiting(filed)
        (file,) = folder_of(one.settings.home).iterdir()
    events = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"]
    assert [wrong(event) for event in events] == [[], []]


def test_without_the_setting_nothing_is_told(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        sync(one, CODE, "r1")
        assert not folder_of(one.settings.home).exists()


def test_the_datasets_of_all_47_systems_are_valid(house: House) -> None:
    systems = load_folder(SYSTEMS)
    assert len(systems) == 47
    for system in systems.values():
        streams = list(system.streams.values())
        inputs, outputs = syncing(house, system, "r", streams)(Names(house.settings), False)
        event = {**VALID, "inputs": inputs, "outputs": outputs}
        assert wrong(event) == [], system.code
        for one in outputs:
            columns = {field["name"] for field in one["facets"]["schema"]["fields"]}
            assert set(one["facets"]["columnLineage"]["fields"]) <= columns


VALID: Event = {
    "eventType": "START",
    "eventTime": "2026-11-27T02:13:00+00:00",
    "producer": "urn:zhongtai:platform",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0194c7a5-0000-7000-8000-000000000000"},
    "job": {"namespace": "zhongtai://x", "name": "sync.land"},
}


@pytest.mark.parametrize(
    ("where", "value"),
    [("run", {"runId": "r1"}), ("eventTime", "today"), ("eventType", "BEGUN"), ("job", {})],
)
def test_the_judge_of_these_tests_refuses_a_wrong_event(where: str, value: Any) -> None:
    assert wrong(VALID) == []
    assert wrong({**VALID, where: value})


def test_the_judge_of_these_tests_refuses_a_wrong_facet(house: House, tmp_path: Path) -> None:
    with told(house, tmp_path) as (one, _, collector, _):
        sync(one, CODE, "r1")
    event = deepcopy(collector.events[1])
    assert wrong(event) == []
    assert len(list(facets(event))) > 8
    del event["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"][0]["success"]
    assert len(wrong(event)) == 1


@pytest.mark.parametrize("lineage", ["yes", "ftp://x/y", "http://user:password@x/api", 7])
def test_a_wrong_setting_is_refused(house: House, lineage: Any) -> None:
    save_settings(replace(house.settings, lineage=lineage))
    with pytest.raises(BadInput, match="lineage must be empty"):
        load_settings(house.settings.home)
