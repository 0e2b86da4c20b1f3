"""TOTP against the vectors of RFC 4226 and RFC 6238 (appendices D and B)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kernel import totp

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 26, 8, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(
    ("step", "wanted"),
    list(enumerate(
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
         "520489"]
    )),
)  # fmt: skip
def test_codes_are_those_of_rfc_4226(step: int, wanted: str) -> None:
    assert totp.code(SECRET, step) == wanted


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, wanted: str) -> None:
    assert totp.code(SECRET, seconds // 30, 8) == wanted


def test_a_code_is_taken_once_and_only_near_its_time() -> None:
    code = totp.code(SECRET, STEP)
    assert totp.step_of(SECRET, code, NOW, None) == STEP
    assert totp.step_of(SECRET, f"{code[:3]} {code[3:]}", NOW, None) == STEP
    assert totp.step_of(SECRET, code, NOW, STEP) is None
    assert totp.step_of(SECRET, code, NOW + timedelta(seconds=30), None) == STEP
    assert totp.step_of(SECRET, code, NOW + timedelta(seconds=90), None) is None
    for bad in ("", "12345", "1234567", "abcdef", "１２３４５６"):
        assert totp.step_of(SECRET, bad, NOW, None) is None


def test_an_app_reads_the_same_secret_from_the_code_and_from_the_text() -> None:
    assert totp.shown(SECRET).replace(" ", "") in totp.uri(SECRET, "li.hua", "中台")
    assert totp.uri(SECRET, "li.hua", "中台").startswith("otpauth://totp/%E4%B8%AD")
