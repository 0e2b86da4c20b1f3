"""`zhongtai events` and `zhongtai trust` as typed, over a real house."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner, Result

from certs.licences.publish import publish_system
from cli.main import app
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import wiring
from registry.tables import account as account_table
from tests.certs.receiver import SECRET, receiving
from tests.certs.test_issuer_lists import KEY, issuers, signed
from tests.certs.town import Town
from tests.pipeline.sources import on_disk

MARKET = "市市场监督管理局"
Run = Callable[..., Result]


@pytest.fixture
def town(house: House, servers: dict[str, str | int]) -> Town:
    """A published licence, and accounts of operations and the bureau."""
    made = Town(house)
    on_disk(house, servers)
    made.open()
    made.at(datetime.now(UTC))
    for name in ("ops", "bureau"):
        about: dict[str, Any] = {
            "name": name,
            "display": name,
            "role": name,
            "posts": [],
            "department": None,
        }
        made._write(account_table, {**about, "password": "none", "demo": True})
    made.house.secrets.put("HOOK", SECRET)
    return made


@pytest.fixture
def run(town: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(wiring, "open_house", lambda _: town.house)

    def typed(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--home", str(town.house.settings.home)])

    return typed


def file(folder: Path, said: Any) -> str:
    where = folder / "receiver.json"
    where.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    return str(where)


def test_a_receiver_by_hand(town: Town, run: Run, tmp_path: Path) -> None:
    with receiving() as there:
        said = {
            "name": "一件事", "department": MARKET, "url": there.url, "secret": "HOOK",
            "kinds": ["licence.issued"], "since": "2026-01-01T00:00:00+08:00",
        }  # fmt: skip
        town.licence("a")
        publish_system(town.house, "sc_food", "r1")
        done = run("events", "propose", file(tmp_path, said), "--by", "ops")
        number = done.output.split()[1]
        assert done.output == f"receiver {number} is proposed\n"
        done = run("events", "approve", number, "--address", "127.0.0.1", "--by", "bureau")
        assert done.output == f"receiver {number} is approved\n"
        done = run("events", "deliver")
        assert done.output.startswith("1 receivers: 1 events taken, 0 refused, 0 receivers away")
        assert "active    一件事" in run("events", "list").output
        there.answer = lambda _: 422
        again = run("events", "replay", number, "--entry", "0", "--by", "ops")
        assert "from entry 0" in again.output
        assert "0 events taken, 1 refused" in run("events", "deliver").output
        letters = run("events", "letters", number, "--by", "ops").output
        assert "http_422  1 tries  next" in letters
        assert SECRET not in run("events", "list").output
        assert run("events", "end", number, "--by", "bureau").output.endswith("has ended\n")


def test_a_secret_that_is_gone_is_a_finding_and_holds_nobody_else(
    town: Town, run: Run, tmp_path: Path
) -> None:
    with receiving() as there, receiving() as other:
        for name, secret, where in (("一", "HOOK", there), ("二", "OTHER", other)):
            town.house.secrets.put(secret, SECRET)
            said = {
                "name": name, "department": MARKET, "url": where.url, "secret": secret,
                "kinds": ["licence.issued"],
            }  # fmt: skip
            number = run("events", "propose", file(tmp_path, said), "--by", "ops").output.split()[1]
            run("events", "approve", number, "--address", "127.0.0.1", "--by", "bureau")
        town.house.secrets.put("HOOK", "x")
        town.licence("a")
        publish_system(town.house, "sc_food", "r1")
        assert "1 receivers wait for their secret" in run("events", "deliver").output
        assert (len(there.got), len(other.got)) == (0, 1)
        assert "webhook_unsigned" in run("findings", "list").output
        town.house.secrets.put("HOOK", SECRET)
        assert "1 events taken" in run("events", "deliver").output
        assert "webhook_unsigned" not in run("findings", "list").output


@pytest.mark.parametrize(
    ("said", "has"),
    [
        ({}, "needs name"),
        ({"only": 1}, "needs name"),
        ({"more": 1}, "needs name"),
        ({"kinds": "licence.issued"}, "kinds is a list of texts"),
        ({"name": 1}, "name is a text"),
        ({"since": "2026-01-01"}, "needs its zone"),
    ],
)
def test_a_wrong_file_is_one_sentence(
    run: Run, tmp_path: Path, said: dict[str, Any], has: str
) -> None:
    whole = {"name": "一", "department": MARKET, "url": "http://a/", "secret": "A", "kinds": []}
    full = {**whole, **said} if said and said.keys() != {"only"} else list(said)
    done = run("events", "propose", file(tmp_path, full), "--by", "ops")
    assert isinstance(done.exception, BadInput)
    assert has in str(done.exception)


def test_a_list_of_issuers_by_hand(town: Town, run: Run, tmp_path: Path) -> None:
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    town.house.secrets.put("TRUST_LIST_KEY_NATIONAL", public.decode())
    now = datetime.now(UTC)
    days: dict[str, Any] = {
        "issued_at": (now - timedelta(days=1)).isoformat(),
        "next_update": (now + timedelta(days=9)).isoformat(),
    }
    where = tmp_path / "issuers.json"
    where.write_bytes(signed(issuers(), sequence=7, **days))
    done = run("trust", "import", str(where), "--by", "ops")
    assert done.output.startswith("list 7 of national: 9 of 9 issuers are recognised until")
    assert "national  list 7  in force" in run("trust", "list").output
    town.at(now + timedelta(days=9))
    assert "expired" in run("trust", "list").output
    where.write_bytes(signed(issuers(), sequence=6, **days))
    again = run("trust", "import", str(where), "--by", "ops")
    assert isinstance(again.exception, Refused)
