"""Alarms by mail, to a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kernel.house import House
from pipeline.ops import telling
from pipeline.ops.telling import TellCounts, tell
from tests.pipeline.alarmed import FIVE, Source, fail, town
from tests.pipeline.mailbox import Mailbox, mailbox, own_certificate
from tests.pipeline.sources import (
    Hands,
)

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
