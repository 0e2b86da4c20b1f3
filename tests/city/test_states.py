"""A system that is told so gives its rows wrongly, until it is told to stop; the truth stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from city.servers.distort import NEW_COLUMN, ROWS, UNKNOWN
from tests.city.clients import WIRE, get
from tests.running import RunningCity

CODE = "rs_card"
COLUMNS = WIRE[CODE]["streams"]["licence"]["columns"]


@contextmanager
def state(city: RunningCity, how: str, code: str = CODE) -> Iterator[None]:
    """The system in that state, and out of it again."""
    city.truth("/misbehave", {"system": code, "how": how, "on": True})
    try:
        yield
    finally:
        city.truth("/misbehave", {"system": code, "how": how, "on": False})


def rows(city: RunningCity) -> list[dict[str, Any]]:
    """The first page."""
    found: list[dict[str, Any]] = get(city, CODE, "/licences").json()["data"]["list"]
    return found


@pytest.mark.parametrize("how", ROWS)
def test_a_state_changes_the_rows_and_ends(city: RunningCity, how: str) -> None:
    right, keys = rows(city), city.keys(CODE, "licence")
    with state(city, how):
        wrong = rows(city)
        assert city.keys(CODE, "licence") == keys
    assert wrong == ROWS[how](right, COLUMNS) != right
    assert rows(city) == right


def test_what_the_rows_say_in_a_state(city: RunningCity) -> None:
    with state(city, "new_column"), state(city, "unknown_category"):
        assert {row[NEW_COLUMN] for row in rows(city)} == {"1"}
        assert {row[COLUMNS["status"]] for row in rows(city)} == {UNKNOWN}


def test_too_many_requests_says_when_to_come_again(city: RunningCity) -> None:
    city.truth("/misbehave", {"system": CODE, "how": "http429", "times": 1})
    answer = get(city, CODE, "/licences")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert get(city, CODE, "/licences").status_code == 200


def test_a_wrong_encoding_is_not_utf_8(city: RunningCity) -> None:
    city.truth("/misbehave", {"system": CODE, "how": "wrong_encoding", "times": 1})
    body = get(city, CODE, "/licences").content
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert "赣" in body.decode("gb18030") or "市" in body.decode("gb18030")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"system": CODE, "how": "reorder"}, 400, "`on` must be true or false"),
        ({"system": CODE, "how": "nope"}, 400, "how must be one of"),
        (
            {"system": "cg_city", "how": "reorder", "on": True},
            404,
            "only systems of rest, soap, sql,",
        ),
        ({"system": CODE, "how": "half_file", "on": True}, 404, "only systems of files can be"),
    ],
)
def test_a_wrong_order_is_refused(
    city: RunningCity, body: dict[str, Any], status: int, said: str
) -> None:
    token = {"Authorization": f"Bearer {city.secret('CITY_TRUTH_TOKEN')}"}
    url = city.secret("CITY_TRUTH_URL") + "/misbehave"
    answer = requests.post(url, json=body, headers=token, timeout=30)
    assert answer.status_code == status
    assert said in answer.text
