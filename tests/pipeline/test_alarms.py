"""Alarms: begun once, ended once, told over every channel, tried again, kept on record."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from kernel.clock import system_clock
from kernel.errors import BadContract, BadInput, NotAuthorised, PersonMustAct
from kernel.house import House
from landing import pauses
from landing.findings import Finding, note
from landing.tables import hold
from pipeline.ops import channels, telling, troubles
from pipeline.ops.desk import Desk
from pipeline.ops.tables import alarm, notice
from pipeline.ops.telling import GIVE_UP, TellCounts, tell
from pipeline.sync import sync
from tests.connectors.gateway import Gateway, Reply, Request, gateway
from tests.pipeline.mailbox import Mailbox, mailbox, own_certificate
from tests.pipeline.sources import (
    CODE,
    Hands,
    List,
    at,
    environment,
    licence,
    listed,
    on_disk,
)
from tests.ports import free_ports

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
WEBHOOK = """channels:
  duty:
    kind: webhook
    address: ALERT_URL
    secret: ALERT_SECRET
"""
FIVE = timedelta(minutes=6)


class Source(List):
    """A list that may refuse to answer."""

    refuses = False

    def __call__(self, request: Request) -> Reply:
        """As the list does, or 403."""
        return Reply({"code": 403}, 403) if self.refuses else super().__call__(request)


@contextmanager
def town(house: House, tmp_path: Path, alerts: str) -> Iterator[tuple[House, Source, Hands]]:
    """A system whose source a test rules, and the channels of a file."""
    clock, source = Hands(at("2026-11-26 10:00")), Source(licence("k1"))
    (house.settings.home / "alerts.yml").write_text(alerts, "utf-8")
    with listed(house, tmp_path / "systems", source, clock=clock) as one:
        one.secrets.put("ALERT_SECRET", SECRET)
        yield one, source, clock


@contextmanager
def receiver(house: House, *answers: Reply, path: str = "/robot/send") -> Iterator[Gateway]:
    """Where messages go; it answers so in turn, the last for ever."""
    left = list(answers)

    def answer(_: Request) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    with gateway(answer) as running:
        base = running.url.removesuffix("/sys/xx_test")
        house.secrets.put("ALERT_URL", base + path)
        yield running


def fail(house: House, run: str) -> None:
    """A sync that the source refuses."""
    with pytest.raises(NotAuthorised):
        sync(house, CODE, run)


def told(house: House) -> list[tuple[str, str, bool, str | None]]:
    """Every notice: channel, what, whether it was sent, why not."""
    with house.engine.connect() as conn:
        rows = conn.execute(select(notice).order_by(notice.c.id))
        return [(r.channel, r.what, r.sent_at is not None, r.reason) for r in rows]


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


def test_a_webhook_is_signed_as_events_are(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, _, clock), receiver(house, Reply()) as to:
        assert telling.trial_of(one, "duty") is None
        asked = to.asked[0]
        head = {name.lower(): value for name, value in asked.headers.items()}
        stamp = str(int(clock.now.timestamp()))
        assert head["webhook-timestamp"] == stamp
        signed = f"{head['webhook-id']}.{stamp}.".encode() + asked.body
        mine = hmac.new(b"s" * 32, signed, hashlib.sha256).digest()
        assert head["webhook-signature"] == "v1," + base64.b64encode(mine).decode()


ROBOT = "channels:\n  duty:\n    kind: {kind}\n    address: ALERT_URL\n    secret: ROBOT_SECRET\n"


def test_dingtalk_gets_its_shape_signed_in_the_query(house: House, tmp_path: Path) -> None:
    fine = Reply({"errcode": 0, "errmsg": "ok"})
    path = "/robot/send?access_token=abc"
    with (
        town(house, tmp_path, ROBOT.format(kind="dingtalk")) as (one, _, clock),
        receiver(house, fine, path=path) as to,
    ):
        one.secrets.put("ROBOT_SECRET", "SECxyz")
        assert telling.trial_of(one, "duty") is None
    asked = to.asked[0]
    stamp = str(int(clock.now.timestamp() * 1000))
    mine = hmac.new(b"SECxyz", f"{stamp}\nSECxyz".encode(), hashlib.sha256).digest()
    signed = base64.b64encode(mine).decode()
    assert asked.query == {"access_token": "abc", "timestamp": stamp, "sign": signed}
    body = json.loads(asked.body)
    assert body["msgtype"] == "text"
    assert body["text"]["content"].startswith("【中台测试】")


def test_feishu_gets_its_shape_signed_in_the_body(house: House, tmp_path: Path) -> None:
    with (
        town(house, tmp_path, ROBOT.format(kind="feishu")) as (one, _, clock),
        receiver(house, Reply({"code": 0, "msg": "success"})) as to,
    ):
        one.secrets.put("ROBOT_SECRET", "xyz")
        assert telling.trial_of(one, "duty") is None
    body, stamp = json.loads(to.asked[0].body), str(int(clock.now.timestamp()))
    mine = hmac.new(f"{stamp}\nxyz".encode(), b"", hashlib.sha256).digest()
    assert (body["timestamp"], body["sign"]) == (stamp, base64.b64encode(mine).decode())
    assert body["msg_type"] == "text"
    assert body["content"]["text"].startswith("【中台测试】")


def test_wecom_gets_its_shape_and_no_signature(house: House, tmp_path: Path) -> None:
    alerts = "channels:\n  duty:\n    kind: wecom\n    address: ALERT_URL\n"
    path = "/cgi-bin/webhook/send?key=abc"
    with (
        town(house, tmp_path, alerts) as (one, _, _),
        receiver(house, Reply({"errcode": 0}), path=path) as to,
    ):
        assert telling.trial_of(one, "duty") is None
    assert to.asked[0].query == {"key": "abc"}
    assert set(json.loads(to.asked[0].body)) == {"msgtype", "text"}


@pytest.mark.parametrize(
    ("kind", "reply", "why"),
    [
        ("dingtalk", Reply({"errcode": 310000, "errmsg": "sign not match"}), "errcode_310000"),
        ("feishu", Reply({"code": 19021}), "code_19021"),
        ("dingtalk", Reply(b"<html>", 200), "no_json"),
        ("feishu", Reply({}), "no_code"),
        ("dingtalk", Reply({"errcode": 0}, 302, {"Location": "/other"}), "http_302"),
        ("feishu", Reply({}, 500), "http_500"),
        ("dingtalk", Reply(cut=True), "connection"),
    ],
)
def test_a_robot_that_does_not_take_it_says_why_by_a_code(
    house: House, tmp_path: Path, kind: str, reply: Reply, why: str
) -> None:
    with (
        town(house, tmp_path, ROBOT.format(kind=kind)) as (one, _, _),
        receiver(house, reply) as to,
    ):
        one.secrets.put("ROBOT_SECRET", "xyz")
        assert telling.trial_of(one, "duty") == why
        assert len(to.asked) == 1  # no redirect was followed


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
        assert tell(one) == TellCounts(began=2, ended=1, sent=1)  # nobody signs the ledger either
    assert json.loads(to.asked[0].body)["data"]["alarm"] == "late"
    assert "约定最长 26 小时" in json.loads(to.asked[0].body)["data"]["text"]


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("other: {}\n", "line 1, other: the only key here is channels"),
        ("channels: []\n", "line 1, channels: name the channels under this key"),
        ("channels:\n  A: {kind: wecom, address: X_URL}\n", "a channel's name is like duty_group"),
        ("channels:\n  duty: {kind: wecom}\n", "channels.duty.address: this key must be there"),
        (
            "channels:\n  duty: {kind: wecom, address: 'https://x/y?key=1'}\n",
            "channels.duty.address: write the name of a secret",
        ),
        (
            "channels:\n  duty: {kind: dingtalk, address: X_URL, at: x}\n",
            "channels.duty.at: this key is not known",
        ),
        (
            "channels:\n  duty: {kind: wecom, address: X_URL, alarms: [fire]}\n",
            "channels.duty.alarms: no alarm fire; allowed are failing, late",
        ),
        (
            "channels:\n  duty:\n    kind: mail\n    address: X_URL\n    from: zt@example.cn\n"
            "    to: ['13800000000@139.com']\n",
            "channels.duty.to: write a box of a duty",
        ),
        (
            "channels:\n  duty:\n    kind: mail\n    address: X_URL\n    from: zt\n"
            "    to: [ops@example.cn]\n",
            "channels.duty.from: write a box of a duty",
        ),
    ],
)
def test_a_wrong_file_is_one_sentence_with_its_line(house: House, text: str, said: str) -> None:
    (house.settings.home / "alerts.yml").write_text(text, "utf-8")
    with pytest.raises(BadContract) as error:
        channels.load(house)
    assert said in str(error.value)
    assert "13800000000" not in str(error.value)


def test_without_the_file_alarms_are_only_shown(house: House) -> None:
    assert channels.load(house) == {}
    with pytest.raises(BadInput, match="no channel duty"):
        channels.one(house, "duty")


@pytest.mark.parametrize("value", ["ftp://x/", "http://", "http://a b/", "not a url"])
def test_an_address_that_cannot_be_is_a_code_and_never_repeated(
    house: House, tmp_path: Path, value: str
) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, _, _):
        one.secrets.put("ALERT_URL", value)
        assert telling.trial_of(one, "duty") == "secret_missing_or_of_another_form"


MAIL = """channels:
  box:
    kind: mail
    address: ALERT_SMTP
    from: zhongtai@example.gov.cn
    to: [ops@example.gov.cn, duty@example.gov.cn]
"""


@contextmanager
def posted(
    house: House, tmp_path: Path, box: Mailbox, more: str = "", scheme: str = "smtp"
) -> Iterator[tuple[House, Source, Hands]]:
    """Alarms go to a mail server on loopback."""
    pem = own_certificate(tmp_path / "smtp.pem") if box.tls != "never" else None
    with mailbox(box, pem), town(house, tmp_path, MAIL + more) as made:
        user = f"duty%40zt:{box.password}@" if box.password else ""
        made[0].secrets.put("ALERT_SMTP", f"{scheme}://{user}127.0.0.1:{box.port}")
        yield made


def test_a_mail_says_it_in_its_subject_and_comes_once(house: House, tmp_path: Path) -> None:
    box = Mailbox(password="p:w")
    with posted(house, tmp_path, box) as (one, source, clock):
        one.secrets.put("ALERT_SMTP", f"smtp://duty%40zt:p%3Aw@127.0.0.1:{box.port}")
        source.refuses = True
        fail(one, "r1")
        clock.now += FIVE
        assert tell(one) == TellCounts(began=1, sent=1)
        assert tell(one) == TellCounts()
    (mail,) = box.mails
    assert mail["Subject"] == "【中台告警】同步失败：江西省食品经营许可管理系统"
    assert mail["Message-ID"] == "<alarm-1@example.gov.cn>"
    assert "系统代号：sc_food" in mail.get_content()
    assert box.boxes == [["ops@example.gov.cn", "duty@example.gov.cn"]]


@pytest.mark.parametrize(
    ("box", "why"),
    [
        (Mailbox(answer="451 later"), "smtp_451"),
        (Mailbox(unknown=frozenset({"ops@example.gov.cn", "duty@example.gov.cn"})),
         "recipients_refused"),
        (Mailbox(unknown=frozenset({"ops@example.gov.cn"})), "some_recipients_refused"),
    ],
)  # fmt: skip
def test_a_mail_that_is_not_taken_says_why(
    house: House, tmp_path: Path, box: Mailbox, why: str
) -> None:
    with posted(house, tmp_path, box) as (one, _, _):
        assert telling.trial_of(one, "box") == why


def test_a_wrong_password_of_the_mail_server_is_a_code(house: House, tmp_path: Path) -> None:
    box = Mailbox(password="right")
    with posted(house, tmp_path, box) as (one, _, _):
        one.secrets.put("ALERT_SMTP", f"smtp://duty%40zt:wrong@127.0.0.1:{box.port}")
        assert telling.trial_of(one, "box") == "smtp_535"


@pytest.mark.parametrize(("tls", "scheme"), [("start", "smtps"), ("starttls", "smtp")])
def test_tls_must_be_by_a_certificate_that_is_known(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str, scheme: str
) -> None:
    box, more = Mailbox(tls=tls), "    starttls: true\n" if tls == "starttls" else ""
    with posted(house, tmp_path, box, more, scheme) as (one, _, _):
        assert telling.trial_of(one, "box") == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "smtp.pem"))
        assert telling.trial_of(one, "box") is None
    assert box.secured == [True]


def test_where_tls_is_wanted_nothing_is_said_without_it(house: House, tmp_path: Path) -> None:
    box = Mailbox()
    with posted(house, tmp_path, box, "    starttls: true\n") as (one, _, _):
        assert telling.trial_of(one, "box") == "smtp"
    assert box.mails == []


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


def test_a_missing_secret_is_a_code(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, _, _):
        with pytest.raises(PersonMustAct):
            one.secrets.get("ALERT_URL")
        assert telling.trial_of(one, "duty") == "secret_missing_or_of_another_form"


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


@contextmanager
def running_portal(home: Path, tmp_path: Path) -> Iterator[None]:
    """The portal as a program; it tells in its first minute."""
    command = [sys.executable, "-m", "portal", "--port", str(free_ports(1))]
    with (tmp_path / "portal.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**environment(), "ZHONGTAI_HOME": str(home)}, stderr=log, stdout=log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
