"""Each fault on each transport ends as `cells.yml` says, and the docs show that table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import soap
from connectors.frames import BATCH
from connectors.retry import Patience
from kernel.house import House
from tests.conftest import unshared_city
from tests.kit.cell import run_cell
from tests.kit.matrix import CELLS, DOCS, FAULTS, TRANSPORTS, page
from tests.kit.seen import Seen
from tests.running import RunningCity

ROWS = 8
#: Without a real MariaDB the city's stand-in bends no columns.
NEEDS = {"sql-mysql": [pytest.mark.needs("mariadbd")]}
EACH = [pytest.param(*cell, marks=NEEDS.get(cell[0], ())) for cell in CELLS]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """A city that nothing else has changed: the cells say what it ends in."""
    with unshared_city(tmp_path_factory.mktemp("matrix")) as running:
        yield running


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches and pages of a small city, tried again with next to no pause."""
    monkeypatch.setattr(BATCH, "rows", ROWS)
    monkeypatch.setattr(soap, "SIZE", ROWS)
    monkeypatch.setattr(Patience, "pause", lambda self, attempt, asked: 0.01)


@pytest.mark.usefixtures("small_batches", "at_work")
@pytest.mark.parametrize(("transport", "fault"), EACH)
def test_a_fault_ends_as_the_matrix_says(
    house: House, city: RunningCity, tmp_path: Path, transport: str, fault: str
) -> None:
    found, mended = run_cell(house, city, tmp_path / "systems", transport, fault)
    assert found == Seen(*CELLS[transport, fault])
    assert mended
    assert "silent" not in found.end


def test_the_docs_show_the_matrix() -> None:
    assert DOCS.read_text("utf-8") == page(), "python -m tests.kit.matrix --write"


def test_no_cell_is_forgotten() -> None:
    named = {(transport, fault) for transport in TRANSPORTS for fault in FAULTS}
    assert CELLS.keys() < named
