"""The kernel's rules."""

import csv
from pathlib import Path

import pytest

from kernel.crypto import decrypt, encrypt
from kernel.errors import SkipRow, Stop
from kernel.house import House
from kernel.numbers import normalise_citizen
from kernel.profile import STANDARD

DATA = Path(__file__).parent / "data"


def test_a_ciphertext_opens_only_at_its_place() -> None:
    key = STANDARD.new_key()
    sealed = encrypt(key, b"text", "a/b/1")
    assert decrypt(key, sealed, "a/b/1") == b"text"
    with pytest.raises(Stop):
        decrypt(key, sealed, "a/b/2")


def test_citizen_numbers_follow_date_and_check_character() -> None:
    with (DATA / "id_number_vectors.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] == "ric"]
    for row in rows:
        good = row["expected"] == "checksum ok" and "02290" not in row["number"]
        if good:
            assert normalise_citizen(row["number"]) == row["number"]
        else:
            with pytest.raises(SkipRow):
                normalise_citizen(row["number"])
    assert len(rows) >= 8


def test_a_house_holds_a_database_and_a_store(house: House) -> None:
    house.objects.put("a/b", b"1")
    house.objects.put("a/b", b"2")
    assert house.objects.get("a/b") == b"2"
    assert list(house.objects.names("a/")) == ["a/b"]
    with pytest.raises(Stop):
        house.objects.get("a/c")
