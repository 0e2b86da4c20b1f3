"""What a gateway's faults become, and that no error tells a secret."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from connectors import Question, http, open_connector
from connectors.protocol import Connector
from connectors.retry import Busy, Patience, patiently
from kernel.clock import system_clock
from kernel.errors import NotAuthorised, PersonMustAct, RetryLater, ZhongtaiError
from tests.connectors.gateway import Reply, Request, gateway
from tests.connectors.made import made_secrets, made_stream, made_system
from tests.connectors.test_paging import opened, read

GOOD = Reply({"code": 200, "data": {"total": 1, "rows": [{"id": "a", "updated": None}]}})
NUMBER = "360702199001011234"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"code": 401}, 401), NotAuthorised),
        (Reply({"code": 403}, 403), NotAuthorised),
        (Reply({"code": 40301}, 403), RetryLater),
        (Reply({"code": 401}), NotAuthorised),
        (Reply({}, 404), PersonMustAct),
        (Reply({}, 302, {"Location": "http://127.0.0.1:1/"}), PersonMustAct),
        (Reply({}, 429, {"Retry-After": "86000"}), RetryLater),
        (Reply({"code": 77}), PersonMustAct),
    ],
)
def test_a_fault_says_what_to_do_and_nothing_secret(
    tmp_path: Path, reply: Reply, error: type[ZhongtaiError]
) -> None:
    with gateway(lambda request: reply) as server:
        client = opened(tmp_path, server.url, "page")
        with pytest.raises(error) as raised:
            read(client, '{"since": "2026-11-20 00:00:00"}')
        assert len(server.asked) == 1
    said = f"{raised.value} {raised.value.facts} {raised.value.__cause__}"
    assert "xx_test" in said
    assert "t0ken-secret" not in said
    assert "since" not in said
    assert "127.0.0.1" not in said


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "bad", [Reply({}, 503), Reply({}, 500), Reply(b"{"), Reply(b"x", cut=True)]
)
def test_a_passing_fault_is_tried_again(tmp_path: Path, bad: Reply) -> None:
    replies = [bad, GOOD]
    with gateway(lambda request: replies.pop(0)) as server:
        assert len(read(opened(tmp_path, server.url, "page"))) == 1


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    replies = [Reply({}, 429, {"Retry-After": "1"}), GOOD]
    began = time.monotonic()
    with gateway(lambda request: replies.pop(0)) as server:
        read(opened(tmp_path, server.url, "page"))
    assert time.monotonic() - began >= 1


def test_patience_ends_and_pauses_grow_with_jitter() -> None:
    pauses: list[float] = []

    def busy() -> None:
        raise Busy("away")

    with pytest.raises(RetryLater):
        patiently(busy, Patience(attempts=4, first=1.0), pauses.append)
    assert len(pauses) == 3
    assert all(2**n / 2 <= pause <= 2**n for n, pause in enumerate(pauses))


@pytest.mark.usefixtures("hasty")
def test_nobody_listening_is_retry_later(tmp_path: Path) -> None:
    with gateway(lambda request: GOOD) as server:
        url = server.url
    with pytest.raises(RetryLater, match="xx_test cannot be reached"):
        read(opened(tmp_path, url, "page"))


def test_an_answer_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    large = Reply(b"x" * 5000)
    with gateway(lambda request: large) as server, pytest.raises(PersonMustAct, match=r"paging\."):
        read(opened(tmp_path, server.url, "page"))


def looked_up(home: Path, url: str) -> Connector:
    """A look-up client of the gateway."""
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": "json",
        "auth": {"kind": "hmac_sha256", "id": "XX_ID", "secret": "XX_SECRET"},
    }
    stream = made_stream(mode="lookup", path="/ask", key=[], cursor=None)
    secrets = made_secrets(home, URL=url, ID="app", SECRET="s")
    return open_connector(made_system(transport, stream), secrets, system_clock)


def test_a_look_up_sends_the_number_in_the_body_only(tmp_path: Path) -> None:
    with gateway(lambda request: Reply({"code": 200, "data": [{"id": "1", "n": 7}]})) as server:
        client = looked_up(tmp_path, server.url)
        stream = client.system.streams["licence"]  # type: ignore[attr-defined]
        question = Question(NUMBER, "case", "item", "purpose")
        frame = client.ask(stream, question)
        client.check()
    assert frame.to_dict("list") == {"id": ["1"], "n": ["7"]}
    assert NUMBER not in f"{server.asked[0].path} {server.asked[0].query} {question}"
    assert NUMBER.encode() in server.asked[0].body
    assert server.asked[1].path == "/probe"


def test_a_used_up_quota_is_not_waited_for(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        return Reply({"code": 42901}, 429, {"Retry-After": "3600"})

    with gateway(answer) as server:
        client = looked_up(tmp_path, server.url)
        stream = client.system.streams["licence"]  # type: ignore[attr-defined]
        with pytest.raises(RetryLater) as raised:
            client.ask(stream, Question(NUMBER, "case", "item", "purpose"))
    assert raised.value.facts["retry_after"] == 3600
    assert NUMBER not in str(raised.value)


def test_a_pushing_system_is_told_where_to_send(tmp_path: Path) -> None:
    transport = {
        "kind": "push",
        "address": "XX_URL",
        "auth": {"kind": "hmac_sha256", "id": "XX_ID", "secret": "XX_SECRET"},
    }
    stream = made_stream(mode="push", path="licence", cursor=None)
    with gateway(lambda request: Reply({"pushed": 12, "pending": 0})) as server:
        secrets = made_secrets(tmp_path, URL=server.url, ID="app", SECRET="s")
        client = open_connector(
            made_system(transport, stream), secrets, system_clock, "http://p/api/v1/ingest"
        )
        client.check()
        assert client.push_now() == 12
    assert b'"to": "http://p/api/v1/ingest/xx_test"' in server.asked[1].body
