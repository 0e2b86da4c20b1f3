"""GB/T 36904 identifiers against those seen in public (tests/data)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs.licences import identifier
from kernel.errors import BadInput

VECTORS = Path(__file__).parents[1] / "data" / "licence_identifier_vectors.csv"
TYPE, ISSUER = "11100000000013338W011", "11430000006122244L"


def vectors() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row["serial"] + "." + row["version"])
def test_a_public_identifier_is_judged_as_it_was_computed(row: dict[str, str]) -> None:
    found = identifier.parse(row["licence_identifier"])
    assert found is not None
    assert str(found) == row["licence_identifier"]
    assert (found.type, found.issuer, found.serial) == (
        row["type_code"],
        row["issuer_code"],
        row["serial"],
    )
    computed = identifier.check_character(found.type, found.issuer, found.serial, found.version)
    assert computed == row["computed_iso7064_mod37_36"]
    assert ("the check character is wrong" in found.faults) == (row["match"] == "False")
    assert ("the issuer is not a credit code" in found.faults) == (row["issuer_uscc_ok"] != "True")
    assert found.conforming == (row["match"] == "True" and row["issuer_uscc_ok"] == "True")


@given(
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=40), st.integers(1, 999)
)
def test_what_is_made_is_read_as_conforming(serial: str, version: int) -> None:
    made = identifier.make(TYPE, ISSUER, serial, version)
    found = identifier.parse(made)
    assert found is not None
    assert found.conforming
    assert (found.serial, int(found.version)) == (serial, version)


@pytest.mark.parametrize(
    ("type_code", "issuer", "serial", "version", "said"),
    [
        (TYPE[:-1], ISSUER, "1", 1, "the type is not"),
        (TYPE, "340100", "1", 1, "the issuer is not a credit code"),
        (TYPE, ISSUER[:-1] + "A", "1", 1, "the issuer is not a credit code"),
        (TYPE, ISSUER, "a-1", 1, "the serial is not"),
        (TYPE, ISSUER, "", 1, "the serial is not"),
        (TYPE, ISSUER, "1", 1000, "the version is not"),
    ],
)
def test_nothing_else_is_made(
    type_code: str, issuer: str, serial: str, version: int, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        identifier.make(type_code, issuer, serial, version)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    identifier.parse(text)
    identifier.parse(identifier.ROOT + "." + text)


def test_an_old_root_is_kept_and_marked() -> None:
    made = identifier.make(TYPE, ISSUER, "1", 1).replace("3005", "3003")
    found = identifier.parse(made)
    assert found is not None
    assert found.faults == ("the root is not 1.2.156.3005.2",)
