"""Pushed batches: only from the system itself, row by row answered, landed once."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors.signatures import hmac_sha256
from kernel.errors import BadInput, Conflicts, NotAuthorised
from kernel.house import House
from landing.read import counts
from landing.tables import nonce
from pipeline.ingest import ingest
from registry.applied import apply

CONTRACTS = Path(__file__).resolve().parents[2] / "connectors" / "systems"
CODE, ID, SECRET = "cg_city", "cg-id", "cg-secret"
FIRM = "91360700MA35L1234Q"


@pytest.fixture
def city(house: House) -> House:
    apply(house, CONTRACTS, "test")
    house.secrets.put("CG_CITY_ID", ID)
    house.secrets.put("CG_CITY_SECRET", SECRET)
    return house


def headers(house: House, key: str, sent: bytes, **change: str) -> dict[str, str]:
    """The headers of one push; `at` and `nonce` are signed, `change` is put in afterwards."""
    at = change.pop("at", str(int(house.clock().timestamp() * 1000)))
    nonce = change.pop("nonce", secrets.token_hex(16))
    text = f"{ID}{at}{nonce}{hashlib.sha256(sent).hexdigest()}"
    signed = {
        "X-App-Id": ID,
        "X-Timestamp": at,
        "X-Nonce": nonce,
        "X-Signature": hmac_sha256(SECRET, text.encode()),
        "Idempotency-Key": key,
    }
    return {**signed, **change}


def case(number: str, **change: str | None) -> dict[str, str | None]:
    return {
        "row_guid": number,
        "proj_no": number,
        "task_code": "T1",
        "accept_dept": "市城市管理局",
        "accept_post": "cg-01",
        "proj_status": "1",
        "accept_time": "2026-11-01 09:00:00",
        "finish_time": None,
        "apply_name": "某公司",
        "apply_card_no": "91110000600037341L",
        "apply_type": "2",
        "update_time": "2026-11-01 09:00:00",
        "cd_operation": "I",
        **change,
    }


def body(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"batch": "b", "rows": rows}).encode()


def stored(house: House) -> tuple[int, int]:
    with house.engine.connect() as conn:
        found = {(one.system, one.stream): one for one in counts(conn)}
    one = found.get((CODE, "case"))
    return (one.stored, one.quarantined) if one else (0, 0)


def accepted_state(house: House) -> str:
    from registry.applied import read

    values = read(house.settings.home)[CODE].streams["case"].fields["state"].values or {}
    return next(source for source, meaning in values.items() if meaning == "accepted")


def push(house: House, key: str, sent: bytes, **change: str) -> dict[str, Any]:
    return ingest(house, CODE, "case", headers(house, key, sent, **change), sent)


def taken_nonces(house: House) -> int:
    with house.engine.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(nonce)).scalar_one())


def test_each_row_is_answered_and_a_bad_one_is_kept_apart(city: House) -> None:
    state = accepted_state(city)
    good, bad = case("1", proj_status=state), case("2", proj_status=state, apply_card_no=FIRM)
    answer = push(city, "k1", body(good, bad))
    assert [row["status"] for row in answer["rows"]] == ["stored", "quarantined"]
    assert answer["accepted"] == 2
    assert FIRM not in json.dumps(answer)
    assert stored(city) == (1, 1)


def test_a_batch_sent_again_lands_once_and_is_answered_as_the_first_time(city: House) -> None:
    state = accepted_state(city)
    bad = case("2", proj_status=state, apply_card_no=FIRM)
    rows = body(case("1", proj_status=state), bad)
    first = push(city, "k1", rows)
    assert push(city, "k1", rows) == first
    assert stored(city) == (1, 1)


def test_a_batch_cut_between_its_landing_and_its_answer_lands_once(
    city: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    rows = body(case("1", proj_status=accepted_state(city)))
    with monkeypatch.context() as patched:
        patched.setattr("landing.pushed.keep_answer", cut)
        with pytest.raises(KeyboardInterrupt):
            push(city, "k1", rows)
    with pytest.raises(Conflicts):
        push(city, "k1", body(case("9", proj_status=accepted_state(city))))
    assert [row["status"] for row in push(city, "k1", rows)["rows"]] == ["unchanged"]
    assert stored(city) == (1, 0)


def test_a_key_with_another_body_is_refused_and_nothing_of_it_lands(city: House) -> None:
    state = accepted_state(city)
    push(city, "k1", body(case("1", proj_status=state)))
    with pytest.raises(Conflicts, match="another body to case under this Idempotency-Key"):
        push(city, "k1", body(case("2", proj_status=state)))
    assert stored(city) == (1, 0)
    push(city, "k2", body(case("2", proj_status=state)))
    assert stored(city) == (2, 0)


def test_an_old_answer_is_dropped_and_its_key_still_stands_for_its_body(city: House) -> None:
    state = accepted_state(city)
    rows = body(case("1", proj_status=state))
    push(city, "k1", rows)
    later = city.clock() + timedelta(days=31)
    old = replace(city, clock=lambda: later)
    with pytest.raises(Conflicts):
        push(old, "k1", body(case("2", proj_status=state)))
    assert [row["status"] for row in push(old, "k1", rows)["rows"]] == ["unchanged"]


def test_a_changed_body_does_not_fit_its_signature(city: House) -> None:
    sent = body(case("1"))
    signed = headers(city, "k1", sent)
    with pytest.raises(NotAuthorised, match="signature is not that of the system"):
        ingest(city, CODE, "case", signed, body(case("2")))
    assert stored(city) == (0, 0)


def test_a_call_caught_on_the_way_and_sent_again_is_refused(city: House) -> None:
    sent = body(case("1", proj_status=accepted_state(city)))
    signed = headers(city, "k1", sent)
    ingest(city, CODE, "case", signed, sent)
    for changed in ({}, {"Idempotency-Key": "k2"}):
        with pytest.raises(NotAuthorised, match="nonce was used before"):
            ingest(city, CODE, "case", signed | changed, sent)


def test_a_nonce_is_forgotten_only_when_its_signature_has_ended(city: House) -> None:
    sent, start = body(case("1", proj_status=accepted_state(city))), city.clock()
    ahead = str(int((start + timedelta(minutes=4, seconds=59)).timestamp() * 1000))
    signed = headers(city, "k1", sent, at=ahead)
    ingest(city, CODE, "case", signed, sent)
    nearly = replace(city, clock=lambda: start + timedelta(minutes=9, seconds=58))
    with pytest.raises(NotAuthorised, match="nonce was used before"):
        ingest(nearly, CODE, "case", signed, sent)
    after = replace(city, clock=lambda: start + timedelta(minutes=10, seconds=1))
    with pytest.raises(NotAuthorised, match="five minutes"):
        ingest(after, CODE, "case", signed, sent)
    push(after, "k2", sent)
    assert taken_nonces(after) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"X-Signature": "0" * 64}, "signature is not that of the system"),
        ({"X-App-Id": "another"}, "signature is not that of the system"),
        ({"at": "1700000000000"}, "five minutes"),
        ({"at": "9" * 200}, "five minutes"),
        ({"at": "soon"}, "milliseconds"),
        ({"X-Nonce": ""}, "x-nonce is missing"),
        ({"Idempotency-Key": ""}, "idempotency-key is missing"),
        ({"Idempotency-Key": "k" * 201}, "idempotency-key is too long"),
    ],
)
def test_who_does_not_prove_to_be_the_system_lands_nothing(
    city: House, change: dict[str, str], says: str
) -> None:
    with pytest.raises(NotAuthorised, match=says):
        push(city, "k1", body(case("1")), **change)
    assert stored(city) == (0, 0)
    assert taken_nonces(city) == 0


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"{", "must be JSON"),
        (b"\xff\xfe\x00", "must be JSON"),
        (b"[" * 100_000, "must be JSON"),
        (b"[]", "must be JSON"),
        (b'{"batch": "b"}', "must be JSON"),
        (b'{"rows": []}', "1 to 5000 rows"),
        (b'{"rows": {}}', "1 to 5000 rows"),
        (body(*[{"row_guid": "1"}] * 5001), "1 to 5000 rows"),
        (b'{"rows": [{"row_guid": "1"}, 1]}', "row 2: each row .* cells are text or null"),
        (b'{"rows": [{"row_guid": 7}]}', "row 1: each row .* cells are text or null"),
        (b'{"rows": [{"row_guid": NaN}]}', "cells are text or null"),
        (b'{"rows": [{"row_guid": {"a": "b"}}]}', "cells are text or null"),
        (b'{"rows": [{"a": "1", "a": "2"}]}', "names a column twice"),
        (b'{"rows": [{}]}', "1 to 500 different columns"),
        (body(*[{f"c{n}": "1"} for n in range(501)]), "1 to 500 different columns"),
        (body({"row_guid": "1"}, {"row_guid": "a\0b"}), "row 2 holds a NUL byte"),
        (b'{"rows": [{"row_guid": "\\ud800"}]}', "row 1 holds half a surrogate pair"),
    ],
)
def test_a_malformed_body_is_refused_in_one_sentence_and_lands_nothing(
    city: House, sent: bytes, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        push(city, "k1", sent)
    assert "\n" not in str(refused.value)
    assert stored(city) == (0, 0)
    push(city, "k1", body(case("1", proj_status=accepted_state(city))))
    assert stored(city) == (1, 0)


def test_only_a_stream_that_the_contract_pushes_is_taken(city: House) -> None:
    sent = body(case("1"))
    with pytest.raises(BadInput, match="allowed are case, licence"):
        ingest(city, CODE, "item", headers(city, "k1", sent), sent)
