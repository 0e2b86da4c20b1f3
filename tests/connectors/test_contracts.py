"""Every contract against the system that it is about: the 47 of the sandbox city."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors import Connector, Question, open_connector
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import NotAuthorised
from kernel.secrets import Secrets
from registry.contract import FilesTransport, Stream, System
from registry.loader import load_folder
from tests.city.conftest import RunningCity
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
    for batch in batches:
        assert {str(kind) for kind in batch.frame.dtypes} == {"string"}
        for row in batch.frame.astype(object).where(batch.frame.notna(), None).to_dict("records"):
            gone = deletes is not None and deletes.column and row[deletes.column] == deletes.value
            if gone:
                rows.pop(row[key], None)
            else:
                rows[row[key]] = row


def test_there_are_47() -> None:
    assert len(SYSTEMS) == 47
    assert len(LOOKUPS) == 4
    assert PUSHERS == ["cg_city"]


@pytest.mark.parametrize("code", SYSTEMS)
def test_check_reaches_it(city: RunningCity, code: str) -> None:
    with opened(city, code) as client:
        client.check()


@pytest.mark.parametrize(("code", "name"), LISTS)
def test_a_full_read_gives_what_the_truth_holds(city: RunningCity, code: str, name: str) -> None:
    stream = SYSTEMS[code].streams[name]
    rows: dict[str, dict[str, str | None]] = {}
    with opened(city, code) as client:
        batches = list(client.rows(stream, None, full=False))
    landed(stream, batches, rows)
    assert rows.keys() == city.keys(code, name)
    columns = {column for batch in batches for column in batch.frame.columns}
    assert columns - {"CD_TIME"} <= stream.known_columns()
    assert {one.column for one in stream.fields.values()} <= columns


@pytest.mark.parametrize("code", LOOKUPS)
def test_a_look_up_answers_for_one_person(city: RunningCity, code: str) -> None:
    stream = next(iter(SYSTEMS[code].streams.values()))
    number = "360702199001010000"
    with opened(city, code) as client:
        client.probe()
        city.truth("/clock", {"at": "2026-11-23T10:00:00"})
        frame = client.ask(stream, Question(number, "case", "item", "核验"))
        assert len(frame) == 0


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
