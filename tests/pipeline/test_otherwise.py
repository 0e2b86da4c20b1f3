"""A contract that makes something else of a row: its rows are read again by a person's word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kernel.house import House
from pipeline.otherwise import in_force, read_otherwise
from registry.applied import apply

DATA = Path(__file__).parents[1] / "registry" / "data"
SC = "sc_trial.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two contracts."""
    found = tmp_path / "systems"
    found.mkdir()
    shutil.copy(DATA / "exchange.yml", found / "yj_trial.yml")
    shutil.copy(DATA / "rest_copies.yml", found / SC)
    return found


def edit(file: Path, old: str, new: str) -> None:
    """Another text in a contract."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(("old", "new", "told"), [
    ("longest_age: 26h", "longest_age: 27h", []),
    ("dates: iso", "dates: slash", ["sc_trial"]),
    ("    details:\n      住所: place\n    ignore: [id]", "    ignore: [id, place]", ["sc_trial"]),
    ("contact: ", "contact: 另", []),
])  # fmt: skip
def test_only_what_is_made_of_a_row_counts(
    house: House, folder: Path, old: str, new: str, told: list[str]
) -> None:
    home = house.settings.home
    assert in_force(home) == {}
    apply(house, folder, "test")
    before = in_force(home)
    assert read_otherwise({}, before) == []
    edit(folder / SC, old, new)
    apply(house, folder, "test")
    assert read_otherwise(before, in_force(home)) == told
