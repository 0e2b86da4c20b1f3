"""Alarms: begun once, ended once, tried again until they are told, kept on record."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from kernel.clock import system_clock
from kernel.errors import BadContract
from kernel.house import House
from landing import pauses
from landing.findings import Finding, note
from landing.tables import hold
from pipeline.ops import troubles
from pipeline.ops.desk import Desk
from pipeline.ops.messages import short
from pipeline.ops.tables import alarm, notice
from pipeline.ops.telling import GIVE_UP, TellCounts, tell
from pipeline.sync import sync
from tests.connectors.gateway import Reply, Request, gateway
from tests.pipeline.alarmed import FIVE, WEBHOOK, fail, receiver, told, town
from tests.pipeline.sources import CODE, on_disk
from tests.running_portal import running_portal


def test_an_alarm_is_told_once_when_it_begins_and_once_when_it_ends(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, source, clock), receiver(house, Reply()) as to:
        sync(one, CODE, "r0")
        source.refuses = True
        clock.now += timedelta(minutes=1)
        fail(one, "r1")
        assert tell(one) == TellCounts()  # it may be mended by its next try
        clock.now += FIVE
        assert tell(one) == TellCounts(began=1, sent=1)
        fail(one, "r2")
        clock.now += FIVE
        assert tell(one) == TellCounts()
        source.refuses = False
        sync(one, CODE, "r3")
        assert tell(one) == TellCounts(ended=1, sent=1)
        clock.now += FIVE
        assert tell(one) == TellCounts()
    assert told(one) == [("duty", "began", True, None), ("duty", "ended", True, None)]
    began, ended = (json.loads(asked.body) for asked in to.asked)
    assert (began["type"], ended["type"]) == ("alarm.began", "alarm.ended")
    assert began["data"]["subject"] == CODE
    assert began["data"]["title"] == "【中台告警】同步失败：江西省食品经营许可管理系统"
    assert "开始：2026-11-26 10:01" in began["data"]["text"]
    assert ended["data"]["title"] == "【中台恢复】同步失败已恢复：江西省食品经营许可管理系统"


def test_what_is_not_taken_is_tried_again_later_each_time_and_given_up_at_last(
    house: House, tmp_path: Path
) -> None:
    with (
        town(house, tmp_path, WEBHOOK + "    alarms: [failing]\n") as (one, source, clock),
        receiver(house, Reply({}, 503)) as to,
    ):
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        assert tell(one) == TellCounts(began=1, waiting=1)
        tell(one)
        assert len(to.asked) == 1  # not before its time
        waits = []
        for _ in range(6):
            with one.engine.connect() as conn:
                waits.append(conn.scalars(select(notice.c.next_at)).one() - clock.now)
            clock.now += waits[-1]
            tell(one)
        assert len(to.asked) == 7
        assert waits[5] > waits[0] * 4
        clock.now += GIVE_UP
        assert tell(one).given_up == 1
        clock.now += GIVE_UP
        tell(one)
        assert len(to.asked) == 8
        assert told(one) == [("duty", "began", False, "http_503")]
        source.refuses = False
        sync(one, CODE, "r2")
        assert tell(one).ended == 1
        assert told(one) == [("duty", "began", False, "http_503")]


def test_a_message_that_comes_late_comes_before_those_behind_it(
    house: House, tmp_path: Path
) -> None:
    answers = (Reply({}, 503), Reply())
    with (
        town(house, tmp_path, WEBHOOK) as (one, source, clock),
        receiver(house, *answers) as to,
    ):
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        tell(one)
        source.refuses = False
        sync(one, CODE, "r2")
        clock.now += timedelta(hours=1)
        assert tell(one) == TellCounts(ended=1, sent=2)
    said = [json.loads(asked.body)["type"] for asked in to.asked]
    assert said == ["alarm.began", "alarm.began", "alarm.ended"]
    ids = [json.loads(asked.body)["id"] for asked in to.asked]
    assert ids[0] == ids[1] != ids[2]  # a receiver can tell what it had before


def test_a_channel_that_is_away_holds_no_other_back(house: House, tmp_path: Path) -> None:
    second = "  spare:\n    kind: webhook\n    address: SPARE_URL\n    secret: ALERT_SECRET\n"
    with town(house, tmp_path, WEBHOOK + second) as (one, source, clock):
        one.secrets.put("ALERT_URL", "http://127.0.0.1:9/")
        with gateway(lambda _: Reply()) as spare:
            one.secrets.put("SPARE_URL", spare.url)
            source.refuses = True
            fail(one, "r1")
            clock.now += FIVE
            assert tell(one) == TellCounts(began=1, sent=1, waiting=1)
        assert len(spare.asked) == 1
    assert ("duty", "began", False, "connection") in told(one)


def test_a_channel_is_told_only_the_kinds_that_it_names(house: House, tmp_path: Path) -> None:
    alerts = WEBHOOK + "    alarms: [late]\n"
    with town(house, tmp_path, alerts) as (one, source, clock), receiver(house, Reply()) as to:
        sync(one, CODE, "r0")
        clock.now += FIVE
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        assert tell(one) == TellCounts(began=1)
        source.refuses = False
        sync(one, CODE, "r2")
        clock.now += timedelta(hours=30)
        counts = tell(one)  # more than one began once the ledger, too, waits for its heads
        assert (counts.ended, counts.sent) == (1, 1)
    assert json.loads(to.asked[0].body)["data"]["alarm"] == "late"
    assert "约定最长 26 小时" in json.loads(to.asked[0].body)["data"]["text"]


def test_a_channel_that_is_named_later_is_told_of_what_is_open(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path, "channels: {}\n") as (one, source, clock):
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        assert tell(one) == TellCounts(began=1)
        with receiver(one, Reply()) as to:
            (one.settings.home / "alerts.yml").write_text(WEBHOOK, "utf-8")
            assert tell(one) == TellCounts(sent=1)
            assert tell(one) == TellCounts()
    assert len(to.asked) == 1


MANY = [Finding("webhook_away", f"receiver {n}", "away") for n in range(12)]


@pytest.mark.parametrize(("kind", "messages"), [("wecom", 1), ("webhook", 12)])
def test_many_alarms_are_one_message_to_people_and_one_each_to_programs(
    house: House, tmp_path: Path, kind: str, messages: int
) -> None:
    alerts = f"channels:\n  duty:\n    kind: {kind}\n    address: ALERT_URL\n"
    alerts += "    secret: ALERT_SECRET\n" if kind == "webhook" else ""
    with (
        town(house, tmp_path, alerts) as (one, _, clock),
        receiver(house, Reply({"errcode": 0})) as to,
    ):
        with one.engine.begin() as conn:
            note(conn, ("events", "duty"), MANY, clock.now)
        assert tell(one) == TellCounts(began=12, sent=12)
        assert tell(one) == TellCounts()
    assert len(to.asked) == messages
    said = to.asked[0].body.decode()
    assert ("新告警 12 项，结束 0 项" in said) == (kind == "wecom")
    assert said.count("事件接收方异常") == (8 if kind == "wecom" else 2)
    assert ("另有 4 项" in said) == (kind == "wecom")
    assert len(to.asked[0].body) < 2_048


def test_no_message_is_longer_than_the_shortest_chat_takes() -> None:
    assert len(short("长" * 10_000).encode()) < 2_048 - 700
    assert short("短") == "短"


def test_a_paused_system_is_not_told_as_mended(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, source, clock), receiver(house, Reply()) as to:
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        tell(one)
        pauses.pause(one, CODE, "ops", "源系统迁移")
        assert tell(one) == TellCounts(ended=1, sent=1)
    assert "已暂停，不再告警" in json.loads(to.asked[1].body)["data"]["title"]


def test_every_kind_of_trouble_is_seen_and_ends_with_its_cause(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path, "channels: {}\n") as (one, _, clock):
        sync(one, CODE, "r0")
        assert troubles.now(one).troubles == ()
        found = [Finding("new_column", "BZ2", "not mapped")]
        where = {"system": CODE, "stream": "licence", "kind": "rows", "detail": "too few"}
        with one.engine.begin() as conn:
            note(conn, (CODE, "licence"), found, clock.now)
            note(conn, ("events", "duty"), [Finding("webhook_away", "receiver 1", "away")], clock())
            conn.execute(insert(hold).values(since=clock.now, **where))
        kinds = {one.kind: one.subject for one in troubles.now(one).troubles}
        assert kinds == {"hold": CODE, "drift": CODE, "webhook": "receiver 1 webhook_away"}
        assert tell(one).began == 3
        with one.engine.begin() as conn:
            conn.execute(update(hold).values(ended_at=clock.now))
        assert tell(one).ended == 1
        page = Desk(one).alarms()
        assert {row.kind for row in page.open} == {"drift", "webhook"}
        assert [(row.kind, row.ended_how) for row in page.ended] == [("hold", "mended")]
        assert page.open[0].told == ()


def test_only_one_process_tells_at_a_time(house: House, tmp_path: Path) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(_: Request) -> Reply:
        inside.set()
        assert go_on.wait(20)
        return Reply()

    with town(house, tmp_path, WEBHOOK) as (one, source, clock), gateway(slow) as to:
        one.secrets.put("ALERT_URL", to.url)
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        first = threading.Thread(target=tell, args=(one,))
        first.start()
        assert inside.wait(20)
        assert tell(one) == TellCounts()
        go_on.set()
        first.join()
    assert len(to.asked) == 1


def test_a_broken_file_is_said_and_alarms_are_kept_all_the_same(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path, "channels:\n  duty: {kind: pager}\n") as (one, source, clock):
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        with pytest.raises(BadContract, match=r"alerts.yml, line 2, channels.duty.kind: allowed"):
            tell(one)
        page = Desk(one).alarms()
        assert [row.kind for row in page.open] == ["failing"]
        assert "pager" not in page.problem
        assert "allowed are webhook, dingtalk" in page.problem


def test_nothing_secret_stands_in_the_record(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, source, clock):
        one.secrets.put("ALERT_URL", "http://127.0.0.1:9/robot/send?access_token=very-secret")
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        tell(one)
        with one.engine.connect() as conn:
            kept = str([*conn.execute(select(notice)), *conn.execute(select(alarm))])
    assert "very-secret" not in kept
    assert "127.0.0.1" not in kept


def test_the_portal_tells_by_itself(
    house: House, servers: dict[str, str | int], tmp_path: Path
) -> None:
    found = [Finding("new_column", "BZ2", "not mapped")]
    with town(house, tmp_path, WEBHOOK) as (one, _, _), receiver(house, Reply()) as to:
        with one.engine.begin() as conn:
            note(conn, (CODE, "licence"), found, system_clock())
        with running_portal(on_disk(one, servers), tmp_path):
            end = time.monotonic() + 60
            while not to.asked:
                assert time.monotonic() < end, (tmp_path / "portal.log").read_text("utf-8")
                time.sleep(0.1)
    assert json.loads(to.asked[0].body)["data"]["alarm"] == "drift"
