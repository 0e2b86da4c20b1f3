"""The contract kit of `zhongtai systems test`: every contract passes; a wrong one is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors import soap
from connectors.frames import BATCH
from kernel.house import House
from kernel.secrets import Secrets
from pipeline.kit import CHECKS, Verdict, examine
from registry.contract import System
from tests.connectors.copies import SYSTEMS
from tests.running import RunningCity


def examined(house: House, city: RunningCity, system: System) -> list[Verdict]:
    """All verdicts, with the city's addresses and accounts."""
    secrets = Secrets(city.secrets.parent)
    secrets.folder = city.secrets
    return list(examine(replace(house, secrets=secrets), system))


ROWS = 8
#: One system of each transport whose batches have cursors.
RESUMED = ("rs_card", "ga_seal", "gjj_fund", "ga_vehicle", "rs_pension")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 8 rows, so that a small city gives several."""
    monkeypatch.setattr(BATCH, "rows", ROWS)
    monkeypatch.setattr(soap, "SIZE", ROWS)


def in_small_pages(system: System) -> System:
    """The same contract with pages of 8 rows, where it has pages."""
    paging = getattr(system.transport, "paging", None)
    if paging is None:
        return system
    smaller = {"paging": paging.model_copy(update={"size": ROWS})}
    return system.model_copy(update={"transport": system.transport.model_copy(update=smaller)})


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("code", SYSTEMS)
def test_every_contract_passes_the_kit(house: House, city: RunningCity, code: str) -> None:
    found = examined(house, city, in_small_pages(SYSTEMS[code]))
    assert [one for one in found if one.outcome == "failed"] == []
    names = [(one.stream, one.check) for one in found]
    wanted = [(name, check) for name in SYSTEMS[code].streams for check in CHECKS]
    assert names == [("", "check"), *wanted]
    for one in found:
        stream = SYSTEMS[code].streams.get(one.stream)
        if one.check == "first page":
            assert stream is not None
            applies = stream.mode not in ("lookup", "push")
            assert one.outcome == ("passed" if applies else "not applicable")


def test_a_column_that_the_contract_does_not_name_is_told(house: House, city: RunningCity) -> None:
    system = SYSTEMS["sc_food"]
    stream = system.streams["licence"]
    name, forgotten = next(iter(stream.details.items()))
    details = {one: column for one, column in stream.details.items() if one != name}
    poorer = stream.model_copy(update={"details": details})
    found = examined(house, city, system.model_copy(update={"streams": {"licence": poorer}}))
    told = {one.check: one.why for one in found if one.outcome == "failed"}
    assert told == {
        "discover": f"sc_food/licence: the contract does not name the columns {forgotten}"
    }


def test_a_system_without_its_secrets_fails_at_once(house: House) -> None:
    [only] = list(examine(house, SYSTEMS["sc_food"]))
    assert (only.check, only.outcome) == ("check", "failed")
    assert "SC_FOOD" in only.why


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("code", RESUMED)
def test_a_cut_at_each_batch_is_tried_on_every_transport_with_a_cursor(
    house: House, city: RunningCity, code: str
) -> None:
    found = examined(house, city, in_small_pages(SYSTEMS[code]))
    resumed = [one for one in found if one.check == "resume"]
    assert "passed" in {one.outcome for one in resumed}, resumed
