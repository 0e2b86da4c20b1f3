"""One real installation for all end-to-end tests, synced, changed by 1,000, synced again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.installation import installation
from cli.truth import Truth
from tests.e2e.browser import Browser
from tests.e2e.installed import PEOPLE, Installed
from tests.e2e.state import differences, meaning, state
from tests.portal.browser import DESK
from tests.portal.browser import Browser as Chromium

#: Files of this folder run in this order, after all other tests: the long ones last.
ORDER = (
    "test_equality", "test_example", "test_rights", "test_portal", "test_bureau",
    "test_walks_clerk", "test_walks_officer", "test_walks_ops", "test_walks_connect",
    "test_walks_bureau", "test_walks_holder", "test_walks_admin", "test_pages", "test_pictures",
    "test_ledger", "test_leaks", "test_migrations", "test_rolling", "test_dags",
    "test_commands", "test_gm", "test_away", "test_killed", "test_airflow", "test_workers",
)  # fmt: skip
SECONDS = 900
LONGER = {"test_workers": 1800}  # it waits for what is silent to be given up, twice


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end tests run last and may take longer."""

    def place(item: pytest.Item) -> int:
        name = item.path.stem
        return ORDER.index(name) + 1 if item.path.parent.name == "e2e" else 0

    items.sort(key=place)
    for item in items:
        if place(item):
            item.add_marker(pytest.mark.timeout(LONGER.get(item.path.stem, SECONDS)))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Two rounds have gone over it, with 1,000 changes between; it stays up for the session."""
    home = tmp_path_factory.mktemp("e2e") / "home"
    with installation(home, PEOPLE) as (house, systems):
        one = Installed(house, systems, Truth(house.secrets), Browser(house.settings.portal_url))
        one.round("first")
        one.first, one.wrong_first = state(house), differences(house, one.truth)
        one.changed = one.truth.post("/changes", {"count": 1000, "seed": 1})
        one.round("second")
        one.second, one.wrong_second = meaning(house), differences(house, one.truth)
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A real Chromium for the tests of a file."""
    with Chromium() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Chromium]:
    """The same Chromium, signed out; what it was told went wrong fails the test."""
    chromium.call("Network.clearBrowserCookies")
    chromium.script(True)
    chromium.resize(DESK)
    chromium.events.clear()
    yield chromium
    assert chromium.complaints() == []
