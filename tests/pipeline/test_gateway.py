"""Exchange mode against the city: by the exchange's gateway a source is asked, past it never."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from certs.waivers.waive import ToAsk
from kernel.errors import PersonMustAct
from kernel.house import House
from pipeline.lookups import Answers, ask_all
from pipeline.sync import sync, system_of
from registry.applied import read as read_registry
from tests.certs.town import Town
from tests.pipeline.sources import of_city
from tests.running import RunningCity

BY_IT, PAST_IT = "mz_marriage", "wj_birth"
pytestmark = pytest.mark.usefixtures("at_work")


def exchanged(house: House, city: RunningCity, folder: Path, code: str) -> House:
    """A town in exchange mode with one open case and one of the city's systems."""
    made = of_city(house, city, folder, code)
    Town(made).case("C1")
    settings = replace(made.settings, exchange="gateway")
    return replace(made, settings=settings)


def ask(house: House, code: str) -> Answers:
    (stream,) = system_of(house, code).streams
    return ask_all(house, [ToAsk(code, stream, ("结婚证",))], "C1", "核验", "clerk")


def test_a_source_behind_the_gateway_is_asked(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    town = exchanged(house, city, tmp_path / "s", BY_IT)
    before = city.truth("/lookups")[BY_IT]
    answers = ask(town, BY_IT)
    assert (len(answers.found), answers.resting) == (1, {})
    assert city.truth("/lookups")[BY_IT] - before == 1


def test_a_direct_look_up_is_refused_and_on_record(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    town = exchanged(house, city, tmp_path / "s", PAST_IT)
    before = city.truth("/lookups")[PAST_IT]
    answers = ask(town, PAST_IT)
    assert answers.found == []
    assert "省数据共享交换平台" in answers.resting[PAST_IT]
    assert city.truth("/lookups")[PAST_IT] == before
    entry = Town(town).events()[-1]
    assert (entry["event"], entry["reason"]) == ("lookup.refused", "not_through_exchange")
    with pytest.raises(PersonMustAct, match="provincial exchange only"):
        sync(town, PAST_IT, "r1")


def test_the_own_departments_system_is_called_directly(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    town = exchanged(house, city, tmp_path / "s", PAST_IT)
    own = read_registry(town.settings.home)[PAST_IT].department
    town = replace(town, settings=replace(town.settings, exchange_own=own))
    assert len(ask(town, PAST_IT).found) == 1
