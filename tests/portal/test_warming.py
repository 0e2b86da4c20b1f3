"""What is made ready before the first clerk comes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from jinja2 import Environment, FileSystemLoader

from catalog.versions.read import PublishedItem
from kernel.errors import RetryLater
from portal.render import Portal
from portal.warming import warm
from tests.portal.fake import NOW
from tests.portal.fake_visits import FakeVisits
from tests.portal.visits import Visitor

CASE = "/clerk/cases/3607002611201000"


class Away(FakeVisits):
    """A database that does not answer."""

    def search(self, words: str) -> Sequence[PublishedItem]:
        raise RetryLater("the database is away")


def of(visitor: Visitor) -> Environment:
    """The templates of its portal."""
    portal: Portal = visitor.client.app.state.portal  # type: ignore[attr-defined]
    return portal.templates


def test_a_windows_pages_are_compiled_before_a_clerk_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor = Visitor()
    assert visitor.sign_in("clerk").status_code == 303
    warm(visitor.platform.visits, of(visitor))
    compiled: list[str] = []
    read = FileSystemLoader.get_source

    def noted(self: FileSystemLoader, environment: Environment, name: str) -> object:
        compiled.append(name)
        return read(self, environment, name)

    monkeypatch.setattr(FileSystemLoader, "get_source", noted)
    for path in ("/clerk", CASE, f"{CASE}/form"):
        assert visitor.get(path).status_code == 200
    assert compiled == []
    assert visitor.get("/account/password").status_code == 200
    assert compiled  # of others the first visitor waits


def test_a_database_that_is_away_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    warm(Away(NOW), of(Visitor()))
    assert "names were not read at the start: RetryLater" in caplog.text
