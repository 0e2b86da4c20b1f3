"""Fixtures of the licences' tests."""

from __future__ import annotations

import pytest

from kernel.house import House
from tests.certs.town import Town


@pytest.fixture
def town(house: House) -> Town:
    """A small town on an empty installation, its clock stopped."""
    return Town(house)


@pytest.fixture
def city(town: Town) -> Town:
    """The town with contracts, accounts, a catalogue and one open case C1 of WANG."""
    town.open()
    return town
