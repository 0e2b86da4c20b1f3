"""Pushed batches: only from the system itself, row by row answered, landed once."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from connectors.signatures import hmac_sha256
from kernel.errors import BadInput, NotAuthorised
from kernel.house import House
from landing.read import counts
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


def headers(house: House, key: str, **change: str) -> dict[str, str]:
    at, nonce = str(int(house.clock().timestamp() * 1000)), secrets.token_hex(16)
    at = change.pop("at", at)
    signed = {
        "X-App-Id": ID,
        "X-Timestamp": at,
        "X-Nonce": nonce,
        "X-Signature": hmac_sha256(SECRET, f"{ID}{at}{nonce}".encode()),
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


def test_each_row_is_answered_and_a_bad_one_is_kept_apart(city: House) -> None:
    state = accepted_state(city)
    good, bad = case("1", proj_status=state), case("2", proj_status=state, apply_card_no=FIRM)
    answer = ingest(city, CODE, "case", headers(city, "k1"), body(good, bad))
    assert [row["status"] for row in answer["rows"]] == ["stored", "quarantined"]
    assert answer["accepted"] == 2
    assert FIRM not in json.dumps(answer)
    assert stored(city) == (1, 1)


def test_a_batch_sent_twice_lands_once(city: House) -> None:
    rows = body(case("1", proj_status=accepted_state(city)))
    ingest(city, CODE, "case", headers(city, "k1"), rows)
    again = ingest(city, CODE, "case", headers(city, "k1"), rows)
    assert [row["status"] for row in again["rows"]] == ["unchanged"]
    assert stored(city) == (1, 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"X-Signature": "0" * 64}, "signature is not that of the system"),
        ({"X-App-Id": "another"}, "signature is not that of the system"),
        ({"at": "1700000000000"}, "five minutes"),
        ({"X-Nonce": ""}, "x-nonce is missing"),
        ({"Idempotency-Key": ""}, "idempotency-key is missing"),
    ],
)
def test_who_does_not_prove_to_be_the_system_lands_nothing(
    city: House, change: dict[str, str], says: str
) -> None:
    with pytest.raises(NotAuthorised, match=says):
        ingest(city, CODE, "case", headers(city, "k1", **change), body(case("1")))
    assert stored(city) == (0, 0)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"{", "must be JSON"),
        (b'{"batch": "b"}', "must be JSON"),
        (b'{"rows": []}', "1 to 5000 rows"),
        (b'{"rows": [1]}', "cells are text or null"),
        (b'{"rows": [{"row_guid": 7}]}', "cells are text or null"),
    ],
)
def test_a_malformed_body_is_refused_in_one_sentence(city: House, sent: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        ingest(city, CODE, "case", headers(city, "k1"), sent)


def test_only_a_stream_that_the_contract_pushes_is_taken(city: House) -> None:
    with pytest.raises(BadInput, match="allowed are case, licence"):
        ingest(city, CODE, "item", headers(city, "k1"), body(case("1")))
