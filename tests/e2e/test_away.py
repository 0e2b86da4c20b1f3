"""What is away, full or wrong has its answer: a sentence and a number; no look without an entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from kernel.clock import stopped_clock
from ledger.verify import verify
from tests.certs.town import NOW
from tests.e2e.away import Away, away
from tests.portal.states import pages


@pytest.fixture(scope="module")
def hurt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Away]:
    """A portal over stores of its own."""
    with away(tmp_path_factory.mktemp("away")) as one:
        yield one


def refused_for_now(answer: httpx.Response, has: str) -> None:
    """503 with a sentence, what to do, when to ask again, and the request's number."""
    said = answer.json()
    assert answer.status_code == 503, said
    assert (said["error"], answer.headers["Retry-After"]) == ("retry_later", "5")
    assert has in said["message"]
    assert said["next"]
    assert said["request"] == answer.headers["X-Request-Id"]


def test_the_database_is_away_and_comes_back(hurt: Away) -> None:
    assert hurt.look().status_code == 200
    before = hurt.looks()
    hurt.kill(hurt.database)
    refused_for_now(hurt.look(), "数据库现在没有回应")
    refused_for_now(hurt.plan(), "数据库现在没有回应")
    assert httpx.get(f"{hurt.url}/health").status_code == 503
    page = hurt.page()
    assert page.status_code == 503
    assert page.headers["X-Request-Id"] in page.text
    hurt.back(hurt.database)
    assert hurt.looks() == before
    assert hurt.look().status_code == 200
    assert hurt.looks() == (before[0] + 1, before[1] + 1)
    assert httpx.get(f"{hurt.url}/health").status_code == 200
    assert verify(hurt.town.house).verified


#: Pages that show nothing out of the database, and those that only lead on by something else.
STAND = frozenset({"/login", "/login/code", "/login/bind", "/login/oidc/back", "/api"})
STAND_FOR_HOLDERS = frozenset({"/my", "/my/needs"})


def test_every_page_says_that_the_database_is_away(hurt: Away) -> None:
    """Staff, holders and strangers: no page hangs, shows a trace or pretends to be empty."""
    hurt.kill(hurt.database)
    try:
        for one in [one for one in pages() if one.is_asked_for]:
            answer = hurt.page(one.address, one.who[0] if one.who else "")
            if one.address in STAND | STAND_FOR_HOLDERS:
                assert answer.status_code in (200, 303, 401), one.page
                continue
            assert answer.status_code == 503, one.page
            assert answer.headers["Retry-After"] == "5"
            assert "平台的数据库现在没有回应，您的操作没有完成" in answer.text, one.page
            assert "请过一会儿再试" in answer.text
            assert answer.headers["X-Request-Id"] in answer.text
    finally:
        hurt.back(hurt.database)
    assert hurt.page("/clerk").status_code == 200


def test_the_object_store_is_away_and_comes_back(hurt: Away) -> None:
    before = hurt.looks()
    hurt.kill(hurt.store)
    refused_for_now(hurt.look(), "存放证照文件的存储现在没有回应")
    assert hurt.plan().status_code == 200
    assert hurt.looks() == before
    hurt.back(hurt.store)
    assert hurt.look().status_code == 200
    assert hurt.looks() == (before[0] + 1, before[1] + 1)


def test_a_full_disk_gives_no_look_and_room_brings_it_back(tmp_path: Path) -> None:
    with away(tmp_path, small=True) as one:
        assert one.look().status_code == 200
        before = one.looks()
        one.fill()
        answers = [one.look() for _ in range(40)]
        failed = [answer for answer in answers if answer.status_code != 200]
        for answer in failed:
            refused_for_now(answer, "平台的存储空间不足")
        granted = before[0] + len(answers) - len(failed)
        assert failed
        assert one.looks() == (granted, granted)
        one.make_room()
        assert one.look().status_code == 200
        assert one.looks() == (granted + 1, granted + 1)
        assert verify(one.town.house).verified


def test_a_clock_that_jumped_ahead_gives_no_look(tmp_path: Path) -> None:
    """Set back: tests/certs/test_unsigned.py."""
    with away(tmp_path, clock=stopped_clock(NOW + timedelta(days=30))) as one:
        before = one.looks()
        answer = one.look()
        assert (answer.status_code, answer.json()["reason"]) == (403, "stale")
        assert one.looks() == before
        assert one.town.events()[-1]["event"] == "look.refused"
