"""The pace that a source allows, and a circuit that opens on one that is down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import open_connector
from connectors.breaker import MOST, REST, Breaker
from connectors.pace import LEAST, Pace
from connectors.retry import Busy
from kernel.clock import system_clock
from kernel.errors import NotAuthorised, RetryLater
from tests.connectors.gateway import Reply, Request, gateway
from tests.connectors.made import ids, made_rows, made_secrets, made_stream, made_system
from tests.connectors.test_paging import listing, opened, read

AT = datetime(2026, 11, 23, 0, tzinfo=UTC)


class Time:
    """A clock in seconds that a wait moves on, by less than asked for where told so."""

    def __init__(self, early: float = 0.0) -> None:
        self.now, self.early, self.waited = 0.0, early, 0.0

    def wait(self, seconds: float) -> None:
        self.now += max(seconds - self.early, seconds / 2)
        self.waited += seconds


@given(
    st.integers(1, 6),
    st.lists(st.floats(0, 3), min_size=1, max_size=60),
    st.sampled_from([0.0, 0.01]),
)
def test_no_span_holds_more_calls_than_allowed_and_none_waits_without_need(
    calls: int, pauses: list[float], early: float
) -> None:
    time = Time(early)
    made: list[float] = []
    pace = Pace(calls, 1.0, lambda: time.now, time.wait)
    for pause in pauses:
        time.now += pause
        recent = [at for at in made if at + 1.0 - time.now > LEAST]
        before = time.waited
        pace.turn()
        assert (time.waited == before) == (len(recent) < calls)
        made.append(time.now)
    for first, after in zip(made, made[calls:], strict=False):
        assert after - first >= 1.0 - 2 * LEAST


def fail() -> None:
    raise Busy("down")


def refuse() -> None:
    raise NotAuthorised("no")


def throttle() -> None:
    raise Busy("too many", 1.0, status=429)


CALLS = {"good": lambda: None, "fail": fail, "refuse": refuse, "throttle": throttle}


@given(st.lists(st.tuples(st.sampled_from([*CALLS, "fail", "fail"]), st.integers(0, 40))))
def test_a_circuit_is_what_its_model_says(steps: list[tuple[str, int]]) -> None:
    now, failed, opened_at = AT, 0, AT
    called: list[str] = []
    breaker = Breaker("xx_test", lambda: now)

    def noted(kind: str) -> None:
        called.append(kind)
        CALLS[kind]()

    for kind, pause in steps:
        now += timedelta(seconds=pause)
        blocked = failed >= MOST and now - opened_at < REST
        called.clear()
        said = ""
        try:
            breaker.through(partial(noted, kind))
        except (RetryLater, NotAuthorised) as error:
            said = str(error)
        assert ("is not asked again before" in said) == blocked
        assert bool(called) != blocked
        if blocked:
            continue
        failed = failed + 1 if kind == "fail" else 0
        opened_at = now


def test_an_open_circuit_says_until_when_and_asks_nothing(tmp_path: Path) -> None:
    now = [AT]
    with gateway(lambda request: Reply({}, 503)) as server:
        client = opened(tmp_path, server.url, "page")
        client.http.breaker = Breaker("xx_test", lambda: now[0])  # type: ignore[attr-defined]
        with pytest.raises(RetryLater, match="HTTP 503"):
            read(client)
        assert len(server.asked) == 4
        with pytest.raises(RetryLater, match=r"failed 5 times in a row.*not .* before 08:00:30"):
            read(client)
        with pytest.raises(RetryLater, match="08:00:30"):
            read(client)
        assert len(server.asked) == 5
        now[0] += REST
        with pytest.raises(RetryLater, match=r"failed 6 times in a row.*08:01:00"):
            read(client)
        assert len(server.asked) == 6


def test_a_source_that_is_back_is_read_on(tmp_path: Path) -> None:
    now, down = [AT], [True]
    rows = listing(made_rows(3), "page", [])

    def answer(request: Request) -> Reply:
        return Reply({}, 500) if down[0] else rows(request)

    with gateway(answer) as server:
        client = opened(tmp_path, server.url, "page")
        client.http.breaker = Breaker("xx_test", lambda: now[0])  # type: ignore[attr-defined]
        for _ in range(2):
            with pytest.raises(RetryLater):
                read(client)
        down[0] = False
        now[0] += REST
        assert len(read(client)) == 1


def test_a_gateway_is_asked_at_the_pace_of_its_yaml(tmp_path: Path) -> None:
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": "json",
        "auth": {"kind": "api_key", "token": "XX_TOKEN"},
        "paging": {"kind": "page", "size": 10},
        "rate": {"calls": 2, "per": "second"},
    }
    time = Time()
    with gateway(listing(made_rows(95), "page", [])) as server:
        secrets = made_secrets(tmp_path, URL=server.url, TOKEN="t0ken-secret")
        client = open_connector(made_system(transport, made_stream()), secrets, system_clock)
        pace = client.http.pace  # type: ignore[attr-defined]
        pace.now, pace.wait = lambda: time.now, time.wait
        assert len(set(ids(read(client)))) == 95
        assert time.now >= (len(server.asked) - 1) // 2
        assert len(server.asked) >= 10
