"""The contracts of the 47 systems: each agrees with the list of systems."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from registry import departments, licence_types
from registry.checks import check_contracts, secret_names
from registry.contract import System
from registry.fields import FIELDS
from registry.known_names import types_of
from registry.loader import load_folder

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "connectors" / "systems"
with (ROOT / "tests/data/systems.csv").open(encoding="utf-8") as lines:
    LISTED = {row["code"]: row for row in csv.DictReader(lines)}
MODES = {"incremental": {"incremental", "change"}, "full": {"full"}, "lookup": {"lookup"}}
MODES["push"] = {"push"}


@pytest.fixture(scope="module")
def systems() -> dict[str, System]:
    return load_folder(FOLDER)


def test_each_listed_system_has_one_contract_and_no_other_is_there() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(LISTED)
    assert len(LISTED) == 47


@pytest.mark.parametrize("code", LISTED)
def test_a_contract_agrees_with_the_list_of_systems(code: str, systems: dict[str, System]) -> None:
    system, row = systems[code], LISTED[code]
    assert (system.name, system.department, system.level, system.transport.kind) == (
        row["name"],
        row["department"],
        row["level"],
        row["transport"],
    )
    assert set(system.kinds) == set(row["kinds"].split(","))
    types = [t for stream in system.streams.values() for t in types_of(stream)]
    assert set(types) == {t for t in row["licence_types"].split(",") if t}
    assert {stream.mode for stream in system.streams.values()} <= MODES[row["mode"]]
    assert bool(system.quota) == (row["mode"] == "lookup")


@pytest.mark.parametrize("code", LISTED)
def test_a_contract_is_short_and_holds_no_address_or_secret(code: str) -> None:
    text = (FOLDER / f"{code}.yml").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    assert "://" not in text
    assert not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", text), "an address is in the YAML"
    assert not re.search(r"\b(?:[0-9a-fA-F]{32,}|[A-Za-z0-9+/]{40,}={0,2})\b", text)
    for line in text.splitlines():
        if found := re.search(r"\b(?:secret|password|token|address|id|user|key): ([^,}\[]+)", line):
            assert re.fullmatch(r"[A-Z][A-Z0-9_]+|api_key", found[1].strip()), line


def test_codes_and_catalogue_codes_are_each_used_once(systems: dict[str, System]) -> None:
    codes = [one.catalogue for system in systems.values() for one in system.streams.values()]
    assert len(codes) == len(set(codes))
    names = [name for system in systems.values() for name in secret_names(system)]
    assert len(names) == len(set(names))


def test_every_department_has_a_system_and_every_type_a_source(
    systems: dict[str, System],
) -> None:
    assert {one.department for one in systems.values()} == set(departments.load())
    streams = [one for system in systems.values() for one in system.streams.values()]
    assert {name for one in streams for name in types_of(one)} == set(licence_types.load())


def test_a_copy_may_be_as_old_as_its_type_says(systems: dict[str, System]) -> None:
    for system in systems.values():
        for stream in system.streams.values():
            for name in types_of(stream):
                assert licence_types.load()[name].longest_age_hours == stream.longest_age_hours
                assert licence_types.load()[name].share == stream.share


def test_the_fields_are_the_columns_of_the_landing(systems: dict[str, System]) -> None:
    """Each standard field lands in a column of its kind's table, sealed or hashed if personal."""
    from landing.tables import RECORDS

    assert set(FIELDS) == set(RECORDS)
    for kind, fields in FIELDS.items():
        plain = {one.name for one in fields.values() if not one.personal and one.name != "updated"}
        assert plain <= set(RECORDS[kind].c.keys())


def test_the_offline_check_finds_nothing_wrong_with_the_47() -> None:
    assert check_contracts(FOLDER) == {code: [] for code in sorted(LISTED)}
