"""Every contract against the system that it is about: the 47 of the sandbox city."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import make_url

from city.servers.credentials import public_line
from connectors import Question
from kernel.errors import NotAuthorised, RetryLater
from registry.contract import System
from tests.connectors.copies import SYSTEMS, Copy, opened
from tests.connectors.gateway import Reply, Request, gateway
from tests.running import RunningCity

LISTS = [
    (code, name)
    for code, system in SYSTEMS.items()
    for name, stream in system.streams.items()
    if stream.mode not in ("lookup", "push")
]
LOOKUPS = [code for code, system in SYSTEMS.items() if system.is_lookup]
PUSHERS = [code for code, system in SYSTEMS.items() if system.transport.kind == "push"]


def test_there_are_47() -> None:
    assert len(SYSTEMS) == 47
    assert len(LOOKUPS) == 4
    assert PUSHERS == ["cg_city"]


@pytest.mark.parametrize("code", SYSTEMS)
def test_check_reaches_it(city: RunningCity, code: str) -> None:
    with opened(city, code) as client:
        client.check()


@pytest.fixture(scope="module")
def copies(city: RunningCity) -> dict[tuple[str, str], Copy]:
    """Every stream, read once."""
    made = {one: Copy(*one) for one in LISTS}
    for copy in made.values():
        copy.read(city)
    return made


@pytest.mark.parametrize(("code", "name"), LISTS)
def test_a_first_read_gives_what_the_truth_holds(
    city: RunningCity, copies: dict[tuple[str, str], Copy], code: str, name: str
) -> None:
    copy = copies[code, name]
    assert copy.rows.keys() == city.keys(code, name)
    assert copy.columns <= copy.stream.known_columns()
    assert {one.column for one in copy.stream.fields.values()} <= copy.columns


@pytest.fixture(scope="module")
def second(city: RunningCity, copies: dict[tuple[str, str], Copy]) -> dict[tuple[str, str], Copy]:
    """The same streams after the city has changed and each was read from its cursor."""
    done = city.truth("/changes", {"count": 1000, "seed": 7})
    assert all(done.get(sort) for sort in ("new", "changed", "revoked", "deleted")), done
    for copy in copies.values():
        copy.read(city)
    return copies


@pytest.mark.parametrize(("code", "name"), LISTS)
def test_a_read_from_the_cursor_brings_the_copy_up_to_the_source(
    city: RunningCity, second: dict[tuple[str, str], Copy], code: str, name: str
) -> None:
    fresh = Copy(code, name)
    fresh.read(city)
    assert second[code, name].rows == fresh.rows
    assert fresh.rows.keys() == city.keys(code, name)


def test_no_cursor_holds_a_personal_number(
    city: RunningCity, copies: dict[tuple[str, str], Copy]
) -> None:
    cursors = " ".join(str(copy.cursor) for copy in copies.values())
    assert not [number for number in city.truth("/personal-numbers") if number in cursors]


@pytest.mark.parametrize("code", LOOKUPS)
def test_a_look_up_answers_for_one_person(city: RunningCity, at_work: None, code: str) -> None:
    stream = next(iter(SYSTEMS[code].streams.values()))
    column = stream.column("holder_number")
    with opened(city, code) as client:
        client.probe()
        for number in city.truth("/personal-numbers"):
            frame = client.ask(stream, Question(number, "case", "item", "核验"))
            if len(frame):
                break
        assert set(frame.columns) <= stream.known_columns()
        co_holders = frame[stream.column("co_holder_number") or column]
        assert number in {*frame[column], *co_holders}
        assert len(client.ask(stream, Question("360702199001010000", "c", "i", "核验"))) == 0


def test_a_look_up_rests_outside_its_hours(city: RunningCity, at_work: None) -> None:
    stream = SYSTEMS["ga_exit_entry"].streams["licence"]
    city.truth("/clock", {"at": "2026-11-23T20:00:00"})
    with opened(city, "ga_exit_entry") as client, pytest.raises(RetryLater, match="rests"):
        client.ask(stream, Question("360702199001010000", "case", "item", "核验"))


@pytest.mark.parametrize("code", LOOKUPS)
def test_a_quota_used_up_is_retry_later(city: RunningCity, at_work: None, code: str) -> None:
    stream = SYSTEMS[code].streams["licence"]
    city.truth("/lookups", {"system": code, "asked": 2000})
    with opened(city, code) as client:
        with pytest.raises(RetryLater, match="quota"):
            client.ask(stream, Question("360702199001010000", "case", "item", "核验"))
        client.probe()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("how", ["http500", "cut", "truncate"])
@pytest.mark.parametrize("code", ["sc_food", "sc_enterprise", "zr_planning", "sc_drug"])
def test_a_source_that_misbehaves_for_a_moment_is_read_whole(
    city: RunningCity, code: str, how: str
) -> None:
    copy = Copy(code, "licence")
    city.truth("/misbehave", {"system": code, "how": how, "times": 1})
    copy.read(city)
    assert copy.rows.keys() == city.keys(code, "licence")


SIGNED = [code for code, one in SYSTEMS.items() if one.transport.kind in ("rest", "soap")]


@pytest.mark.parametrize("code", SIGNED)
def test_a_token_that_ended_is_renewed_or_told(city: RunningCity, code: str) -> None:
    with opened(city, code) as client:
        client.check()
        city.truth("/misbehave", {"system": code, "how": "bad_token", "times": 1})
        if SYSTEMS[code].transport.auth.kind != "oauth2":  # type: ignore[union-attr]
            with pytest.raises(NotAuthorised, match=f"{code} refuses our"):
                client.check()
        client.check()


def test_an_oauth2_token_that_ended_is_renewed(city: RunningCity) -> None:
    stream = SYSTEMS["sw_tax"].streams["licence"]
    with opened(city, "sw_tax") as client:
        client.check()
        city.truth("/misbehave", {"system": "sw_tax", "how": "bad_token", "times": 1})
        assert list(client.rows(stream, None, full=True))


def test_an_oauth2_token_is_refreshed_and_a_refresh_token_lost_is_no_harm(
    city: RunningCity,
) -> None:
    stream = SYSTEMS["sw_tax"].streams["licence"]
    forms: list[dict[str, str]] = []
    answers: list[dict[str, str]] = []
    with opened(city, "sw_tax") as client:
        auth = client.http.auth  # type: ignore[attr-defined]
        asked = auth.ask

        def ask(form: dict[str, str]) -> object:
            forms.append(form)
            answers.append(asked(form))
            return answers[-1]

        auth.ask = ask
        client.check()
        for lost in (False, True):
            city.truth("/misbehave", {"system": "sw_tax", "how": "bad_token", "times": 1})
            auth.refresh = "used-before" if lost else auth.refresh
            assert list(client.rows(stream, None, full=True))
    kinds = [form["grant_type"] for form in forms]
    first, again = "client_credentials", "refresh_token"
    assert kinds == [first, again, again, first]
    assert forms[1]["refresh_token"] == answers[0]["refresh_token"]
    assert forms[2]["refresh_token"] == "used-before"


def test_a_pusher_sends_what_is_pending_once(city: RunningCity) -> None:
    taken: list[dict[str, object]] = []

    def take(request: Request) -> Reply:
        taken.extend(json.loads(request.body)["rows"])
        return Reply({"accepted": 0, "rows": []})

    with gateway(take) as portal, opened(city, "cg_city") as client:
        client.to = f"{portal.url}/cg_city"  # type: ignore[attr-defined]
        assert client.push_now(full=True) == len(taken) > 0
        assert client.push_now() == 0
        paths = {request.path for request in portal.asked}
    assert paths == {"/cg_city/case", "/cg_city/licence"}


def wrong_secrets(system: System) -> dict[str, str]:
    """One secret of the system replaced by a wrong one."""
    code, auth = system.code.upper(), getattr(system.transport, "auth", None)
    if auth is None:
        return {}
    for part in ("token", "password"):
        if hasattr(auth, part):
            return {getattr(auth, part): "wrong"}
    if auth.kind == "sm2":
        return {f"{code}_SECRET": "1" * 64}
    return {auth.secret: "wrong-secret-0123456789"} if hasattr(auth, "secret") else {}


@pytest.mark.parametrize("code", [code for code, one in SYSTEMS.items() if wrong_secrets(one)])
def test_a_wrong_secret_is_not_authorised(city: RunningCity, code: str) -> None:
    wrong = wrong_secrets(SYSTEMS[code])
    with opened(city, code, **wrong) as client, pytest.raises(NotAuthorised) as raised:
        client.check()
    assert code in str(raised.value)
    assert not any(value in str(raised.value) for value in wrong.values())


@pytest.mark.parametrize(
    "code", [code for code, one in SYSTEMS.items() if hasattr(one.transport, "dialect")]
)
def test_a_wrong_database_password_is_not_authorised(city: RunningCity, code: str) -> None:
    name = f"{code.upper()}_URL"
    wrong = make_url(city.secret(name)).set(password="wr0ng-word")
    address = wrong.render_as_string(hide_password=False)
    with opened(city, code, **{name: address}) as client, pytest.raises(NotAuthorised) as raised:
        client.check()
    assert "wr0ng-word" not in str(raised.value)


def test_another_host_key_or_user_key_is_not_authorised(city: RunningCity) -> None:
    other = city.secret("NY_AGRI_SSH_KEY")
    for said, changed in (
        ("refuses our key", {"GA_VEHICLE_SSH_KEY": other}),
        ("pinned host key", {"GA_VEHICLE_HOST_KEY": public_line(other)}),
    ):
        with (
            opened(city, "ga_vehicle", **changed) as client,
            pytest.raises(NotAuthorised, match=said),
        ):
            client.check()
