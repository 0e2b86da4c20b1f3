"""What runs now, told while somebody looks: bounded, and over when the reader leaves."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from portal.live import Bounds, Listeners
from portal.port_ops import Progress
from tests.portal.fake import NOW, PASSWORD, FakePlatform
from tests.portal.serving import running_app
from tests.portal.visits import signed_in

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
RUN = Progress("sc_food", "食品经营许可管理系统", "run-1", "licence", NOW, 1200, 1190, 10, 0)


@contextmanager
def listening(platform: FakePlatform, bounds: Bounds) -> Iterator[tuple[str, Listeners]]:
    """A served portal with bounds of its own: its address, and who listens."""
    with running_app(platform) as (url, app):
        app.state.listeners = Listeners(bounds)
        yield url, app.state.listeners


def reader(url: str, name: str = "ops") -> requests.Session:
    """Somebody who has signed in."""
    session = requests.Session()
    session.trust_env = False
    token = TOKEN.search(session.get(f"{url}/login").text)
    assert token
    sent = {"name": name, "password": PASSWORD, "form_token": token[1]}
    assert session.post(f"{url}/login", data=sent).ok
    return session


def until(listeners: Listeners, many: int) -> None:
    """Wait until so many listen."""
    end = time.monotonic() + 60
    while listeners.now != many:
        assert time.monotonic() < end, f"{listeners.now} listen"
        time.sleep(0.02)


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream as it came."""
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    return [(kind, json.loads(data)) for kind, data in found]


def test_a_run_is_told_when_it_begins_when_it_goes_on_and_when_it_has_ended() -> None:
    platform = FakePlatform()
    platform.ops.steps = [[], [RUN], [RUN], []]
    with listening(platform, Bounds(step=0.05, whole=1.0)) as (url, listeners):
        answer = reader(url).get(f"{url}/ops/live")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        until(listeners, 0)
    told = events(answer.content.decode())
    assert [kind for kind, _ in told] == ["runs"] * 3  # what is the same is told once
    assert [len(runs) for _, runs in told] == [0, 1, 0]
    assert told[1][1][0]["rows"] == 1200
    assert answer.content.startswith(b"retry: ")


def test_a_page_of_one_system_is_told_of_its_runs_only() -> None:
    platform = FakePlatform()
    platform.ops.going = [RUN]
    with listening(platform, Bounds(step=0.05, whole=0.2)) as (url, _):
        session = reader(url)
        mine = session.get(f"{url}/ops/live?system=sc_food").content.decode()
        other = session.get(f"{url}/ops/live?system=ga_vehicle").content.decode()
        wrong = session.get(f"{url}/ops/live?system=../x")
    assert len(events(mine)[0][1]) == 1
    assert events(other) == [("runs", [])]
    assert wrong.status_code == 400


def test_no_more_listen_than_there_is_room_for_and_who_leaves_makes_room() -> None:
    platform = FakePlatform()
    platform.ops.going = [RUN]
    with listening(platform, Bounds(most=1, step=0.05, whole=30)) as (url, listeners):
        session = reader(url)
        with session.get(f"{url}/ops/live", stream=True) as first:
            chunks = first.iter_content(16)  # to let go of it would be to leave
            assert next(chunks)
            second = session.get(f"{url}/ops/live")
            assert second.status_code == 503
            assert second.headers["retry-after"] == "5"
            assert listeners.now == 1
        until(listeners, 0)


def test_whose_account_is_disabled_is_let_go() -> None:
    platform = FakePlatform()
    with listening(platform, Bounds(step=0.05, whole=30, again=2)) as (url, listeners):
        session = reader(url)
        with session.get(f"{url}/ops/live", stream=True) as answer:
            chunks = answer.iter_content(64)
            assert next(chunks)
            platform.disabled.add("ops")
            rest = b"".join(chunks).decode()
        until(listeners, 0)
    assert events(rest)[-1][0] == "gone"


def test_a_dead_server_is_told_and_the_stream_goes_on() -> None:
    platform = FakePlatform()
    platform.ops.steps, platform.ops.going = [[RUN], None, None], [RUN]
    with listening(platform, Bounds(step=0.05, whole=1.0)) as (url, _):
        text = reader(url).get(f"{url}/ops/live").content.decode()
    assert [kind for kind, _ in events(text)] == ["runs", "away", "runs"]


@pytest.mark.parametrize("name", ["clerk", "officer", "bureau", "window"])
def test_only_operations_listen(name: str) -> None:
    assert signed_in(name).get("/ops/live").status_code == 403
