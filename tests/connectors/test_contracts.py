"""Every contract against the system that it is about: the 47 of the sandbox city."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from city.servers.credentials import public_line
from connectors import Connector, Question, open_connector
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import NotAuthorised, RetryLater
from kernel.secrets import Secrets
from registry.contract import Stream, System
from registry.loader import load_folder
from tests.running import RunningCity
from tests.connectors.gateway import Reply, Request, gateway

SYSTEMS = load_folder(Path(__file__).parents[2] / "connectors" / "systems")
LISTS = [
    (code, name)
    for code, system in SYSTEMS.items()
    for name, stream in system.streams.items()
    if stream.mode not in ("lookup", "push")
]
LOOKUPS = [code for code, system in SYSTEMS.items() if system.is_lookup]
PUSHERS = [code for code, system in SYSTEMS.items() if system.transport.kind == "push"]


@contextmanager
def opened(city: RunningCity, code: str, **replaced: str) -> Iterator[Connector]:
    """The client of a system, with some of its secrets replaced."""
    secrets = Secrets(city.home.parent)
    secrets.folder = city.secrets
    if replaced:
        wrong = Secrets(city.home.parent / "wrong")
        for file in city.secrets.iterdir():
            wrong.put(file.name, file.read_text("utf-8"))
        for name, value in replaced.items():
            wrong.put(name, value)
        secrets = wrong
    client = open_connector(SYSTEMS[code], secrets, system_clock)
    try:
        yield client
    finally:
        client.close()


def landed(stream: Stream, batches: list[Batch], rows: dict[str, dict[str, str | None]]) -> None:
    """Put batches into `rows` by key as a landing would, deletes by flag included."""
    deletes, key = stream.deletes, stream.key[0]
    mark = stream.acknowledge.column if stream.acknowledge else None  # ours, not the source's
    for batch in batches:
        assert {str(kind) for kind in batch.frame.dtypes} == {"string"}
        for row in batch.frame.astype(object).where(batch.frame.notna(), None).to_dict("records"):
            gone = deletes is not None and deletes.column and row[deletes.column] == deletes.value
            if gone:
                rows.pop(row[key], None)
            else:
                rows[row[key]] = {str(one): row[one] for one in row if one != mark}


def test_there_are_47() -> None:
    assert len(SYSTEMS) == 47
    assert len(LOOKUPS) == 4
    assert PUSHERS == ["cg_city"]


@pytest.mark.parametrize("code", SYSTEMS)
def test_check_reaches_it(city: RunningCity, code: str) -> None:
    with opened(city, code) as client:
        client.check()


class Copy:
    """A stream as the platform holds it after its reads."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.stream = code, SYSTEMS[code].streams[name]
        self.rows: dict[str, dict[str, str | None]] = {}
        self.cursor: str | None = None
        self.columns: set[str] = set()

    def read(self, city: RunningCity) -> None:
        """One sync: rows from the cursor on, acknowledged; then what is gone."""
        if self.stream.deletes is not None and self.stream.deletes.sign == "absence":
            self.rows.clear()
        with opened(city, self.code) as client:
            for batch in client.rows(self.stream, self.cursor, full=False):
                landed(self.stream, [batch], self.rows)
                self.columns |= set(batch.frame.columns)
                self.cursor = batch.cursor or self.cursor
                client.acknowledge(self.stream, batch.acknowledge)
            if self.stream.deletes is not None and self.stream.deletes.sign == "reconcile":
                frames = list(client.keys(self.stream))
                live = {key for frame in frames for key in frame[self.stream.key[0]]}
                self.rows = {key: row for key, row in self.rows.items() if key in live}


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


@pytest.mark.parametrize("how", ["http500", "cut", "truncate"])
@pytest.mark.parametrize("code", ["sc_food", "sc_enterprise", "zr_planning", "sc_drug"])
def test_a_source_that_misbehaves_for_a_moment_is_read_whole(
    city: RunningCity, code: str, how: str
) -> None:
    copy = Copy(code, "licence")
    city.truth("/misbehave", {"system": code, "how": how, "times": 1})
    copy.read(city)
    assert copy.rows.keys() == city.keys(code, "licence")


def test_an_oauth2_token_that_ended_is_renewed(city: RunningCity) -> None:
    stream = SYSTEMS["sw_tax"].streams["licence"]
    with opened(city, "sw_tax") as client:
        client.check()
        city.truth("/misbehave", {"system": "sw_tax", "how": "bad_token", "times": 1})
        assert list(client.rows(stream, None, full=True))


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
