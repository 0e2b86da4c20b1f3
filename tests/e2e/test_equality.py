"""What the sources hold = what is stored + what is in quarantine, key by key."""

from __future__ import annotations

import pytest

from certs.licences.publish import publish_system
from pipeline.sync import sync
from tests.e2e.installed import Installed
from tests.e2e.state import state


def test_after_the_first_round_every_stream_is_as_the_citys_truth(installed: Installed) -> None:
    assert installed.wrong_first == []


def test_a_thousand_changes_of_every_sort_were_made(installed: Installed) -> None:
    assert sum(installed.changed.values()) == 1000
    assert set(installed.changed) == {"new", "changed", "revoked", "deleted"}
    assert min(installed.changed.values()) > 0


def test_after_a_thousand_changes_every_stream_is_as_the_citys_truth(
    installed: Installed,
) -> None:
    assert installed.wrong_second == []


def test_the_truth_has_good_rows_and_bad_ones_of_every_kind(installed: Installed) -> None:
    streams = installed.truth.get("/streams")
    assert {one["kind"] for one in streams} == {"item", "material", "licence", "case"}
    assert {one["system"] for one in streams} | {
        code
        for code, system in installed.systems.items()
        if all(stream.mode == "lookup" for stream in system.streams.values())
    } == set(installed.systems)
    for kind in ("item", "material", "licence", "case"):
        assert sum(one["bad"] for one in streams if one["kind"] == kind) > 0


def one_of_each(installed: Installed) -> list[str]:
    """A system for each way of reading: transport, mode and sign of deletes."""
    found: dict[tuple[str, str, str | None], str] = {}
    for code, system in installed.systems.items():
        for stream in system.streams.values():
            sign = stream.deletes.sign if stream.deletes else None
            if stream.mode != "lookup":
                found.setdefault((system.transport.kind, stream.mode, sign), code)
    return sorted(set(found.values()))


@pytest.mark.parametrize("full", [False, True])
def test_a_round_in_which_nothing_changed_leaves_everything_as_it_is(
    installed: Installed, full: bool
) -> None:
    before = state(installed.house)
    for code in one_of_each(installed):
        sync(installed.house, code, f"quiet-{full}", full=full)
        publish_system(installed.house, code, f"quiet-{full}")
    assert state(installed.house) == before
