"""Each channel's shape, signature and answer; the file that names the channels."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from kernel.errors import BadContract, BadInput, PersonMustAct
from kernel.house import House
from pipeline.ops import channels, telling
from tests.connectors.gateway import Reply
from tests.pipeline.alarmed import WEBHOOK, receiver, town

ROBOT = "channels:\n  duty:\n    kind: {kind}\n    address: ALERT_URL\n    secret: ROBOT_SECRET\n"


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


def test_a_missing_secret_is_a_code(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path, WEBHOOK) as (one, _, _):
        with pytest.raises(PersonMustAct):
            one.secrets.get("ALERT_URL")
        assert telling.trial_of(one, "duty") == "secret_missing_or_of_another_form"
