"""Exchange mode against the city: by the exchange's gateway a source is asked, past it never."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from certs.waivers.waive import ToAsk
from connectors.auth import National, Signed
from connectors.signatures import hmac_sha256
from kernel.errors import BadInput, PersonMustAct, Refused
from kernel.house import House
from pipeline.lookups import Answers, ask_all
from pipeline.sync import sync, system_of
from pipeline.window_calls import looks
from registry import exchange_services
from registry.applied import apply
from registry.applied import read as read_registry
from tests.certs.town import Town
from tests.pipeline.sources import of_city
from tests.pipeline.test_ingest import CODE, CONTRACTS, ID, SECRET, accepted_state, push, stored
from tests.pipeline.test_ingest import body as push_body
from tests.pipeline.test_ingest import case as push_case
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


@pytest.fixture
def pushed_to(house: House) -> House:
    """An installation in exchange mode to which the city's urban management pushes."""
    apply(house, CONTRACTS, "test")
    house.secrets.put("CG_CITY_ID", ID)
    house.secrets.put("CG_CITY_SECRET", SECRET)
    house.secrets.put("EXCHANGE_ID", "gz")
    house.secrets.put("EXCHANGE_SECRET", "exchange-key")
    return replace(house, settings=replace(house.settings, exchange="gateway"))


def exchange_headers(house: House, operation: str) -> dict[str, str]:
    """What the exchange adds to a call that it hands on."""
    service = exchange_services.load()[operation]
    return National("gz", "exchange-key", service, house.clock).headers()


def test_a_push_past_the_exchange_lands_nothing_and_is_on_record(pushed_to: House) -> None:
    sent = push_body(push_case("1", proj_status=accepted_state(pushed_to)))
    with pytest.raises(Refused) as told:
        push(pushed_to, "k1", sent)
    assert told.value.facts["reason"] == "not_through_exchange"
    assert stored(pushed_to) == (0, 0)
    entry = Town(pushed_to).events()[-1]
    assert (entry["event"], entry["actor"]) == ("right.refused", CODE)
    with pytest.raises(Refused):
        push(pushed_to, "k1", sent, **exchange_headers(pushed_to, "window"))
    push(pushed_to, "k1", sent, **exchange_headers(pushed_to, "push"))
    assert stored(pushed_to) == (1, 0)


def test_the_own_departments_push_comes_directly(pushed_to: House) -> None:
    own = read_registry(pushed_to.settings.home)[CODE].department
    made = replace(pushed_to, settings=replace(pushed_to.settings, exchange_own=own))
    push(made, "k1", push_body(push_case("1", proj_status=accepted_state(made))))
    assert stored(made) == (1, 0)


def window_headers(house: House, body: bytes) -> dict[str, str]:
    """The headers of a call of the one-window."""
    house.secrets.put("WINDOW_ID", "window")
    house.secrets.put("WINDOW_SECRET", "secret")
    digest = hashlib.sha256(body).hexdigest().encode()
    return Signed(
        "window", lambda text: hmac_sha256("secret", text + digest), house.clock
    ).headers()


def test_the_one_window_calls_by_the_exchange(pushed_to: House) -> None:
    body = b"{}"
    with pytest.raises(Refused, match="省数据共享交换平台"):
        looks(pushed_to, window_headers(pushed_to, body), body)
    by_it = window_headers(pushed_to, body) | exchange_headers(pushed_to, "window")
    with pytest.raises(BadInput):  # it got so far as its empty body
        looks(pushed_to, by_it, body)
