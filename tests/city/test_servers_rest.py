"""Lists over REST: who may read them, and that pages together give everything once."""

from __future__ import annotations

import time

import pytest
import requests

from tests.city.clients import (
    LISTS,
    WIRE,
    get,
    headers,
    live_keys,
    oauth_token,
    read_list,
    sign,
    systems,
)
from tests.running import RunningCity

STREAMS = [(code, stream) for code in LISTS for stream in WIRE[code]["streams"]]


@pytest.mark.parametrize(("code", "stream"), STREAMS)
def test_pages_together_give_every_row_once(city: RunningCity, code: str, stream: str) -> None:
    wanted = city.keys(code, stream)
    size = 7 if len(wanted) < 100 else 997
    assert live_keys(code, stream, read_list(city, code, stream, size)) == wanted


@pytest.mark.parametrize("code", systems(transport="rest"))
def test_a_wrong_secret_is_refused(city: RunningCity, code: str) -> None:
    path = "/probe" if "quota" in WIRE[code] else next(iter(WIRE[code]["streams"].values()))["path"]
    url = city.secret(f"{code.upper()}_URL") + path
    assert requests.get(url, headers=headers(city, code), timeout=10).status_code == 200
    for wrong in ({}, headers(city, code, "0f" * 32)):
        answer = requests.get(url, headers=wrong, timeout=10)
        assert answer.status_code == 401
        assert answer.json()["code"] == 401


def test_a_nonce_counts_once_and_an_old_timestamp_not_at_all(city: RunningCity) -> None:
    url = city.secret("RS_CARD_URL") + "/licences"
    account = city.secret("RS_CARD_ID"), city.secret("RS_CARD_SECRET")
    once = sign("hmac_sha256", *account)
    assert requests.get(url, headers=once, timeout=10).status_code == 200
    assert requests.get(url, headers=once, timeout=10).status_code == 401
    for seconds in (-301, 301):
        stamp = str(int((time.time() + seconds) * 1000))
        old = sign("hmac_sha256", *account, stamp)
        assert requests.get(url, headers=old, timeout=10).status_code == 401


@pytest.mark.parametrize("code", systems(auth="oauth2"))
def test_a_token_is_for_the_right_secret_only(city: RunningCity, code: str) -> None:
    assert oauth_token(city, code, "wrong").status_code == 401
    answer = oauth_token(city, code)
    assert answer.json()["expires_in"] == 300


@pytest.mark.parametrize("code", ["xzsp_items", "sw_tax", "xzsp_policy"])
def test_since_gives_what_was_updated_then_or_later(city: RunningCity, code: str) -> None:
    stream = next(iter(WIRE[code]["streams"]))
    column = WIRE[code]["streams"][stream]["columns"]["updated"]
    rows = read_list(city, code, stream, 997)
    middle = sorted(str(row[column]) for row in rows)[len(rows) // 2]
    later = read_list(city, code, stream, 997, since=middle)
    assert later == [row for row in rows if str(row[column]) >= middle]
    assert get(city, code, WIRE[code]["streams"][stream]["path"], since="soon").status_code == 400


def test_pages_that_are_no_numbers_are_refused(city: RunningCity) -> None:
    for wrong in ("0", "-1", "x", "999999"):
        answer = get(city, "xzsp_items", "/items", pageNo=1, pageSize=wrong)
        assert answer.status_code == 400
    assert get(city, "rs_card", "/licences", cursor="bm9wZQ").status_code == 400
