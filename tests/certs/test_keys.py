"""`zhongtai keys` and `zhongtai certs trust|verify`, typed right and wrong, over real servers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from typer.testing import CliRunner

from certs.licences import holders
from certs.licences.publish import publish_system
from certs.seals import seal
from certs.seals.authority import certificates
from cli.main import app
from kernel.house import House
from ledger.verify import verify
from pipeline import wiring
from registry import accounts
from registry.accounts import Account
from tests.certs.town import WANG, Town


def typed(*words: str) -> str:
    """What it prints, or the error's sentence."""
    made = CliRunner().invoke(app, list(words))
    return made.output or str(made.exception)


@pytest.fixture
def ready(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation with an engineer and a clerk."""
    monkeypatch.setattr(wiring, "open_house", lambda home: house)
    with house.engine.begin() as conn:
        accounts.save_account(conn, Account("ops", "运维", "ops", None, ()), "a password")
        accounts.save_account(conn, Account("clerk", "窗口", "clerk", None, ()), "a password")
    return house


@pytest.mark.parametrize("use", ["seal", "ledger"])
def test_a_new_key_signs_and_the_old_one_stays(ready: House, use: str) -> None:
    ring = getattr(ready.keys, use)
    old = ring.current().known.public.key_id
    assert "signs from now on" in typed("keys", "rotate", use, "--by", "ops")
    assert old in [one.public.key_id for one in ring.known()]
    assert ring.current().known.public.key_id != old
    assert verify(ready).verified
    assert certificates(ready).seal.not_valid_after_utc > ready.clock()


def test_who_may_not_and_what_is_no_key(ready: House) -> None:
    assert "only operations" in typed("keys", "rotate", "seal", "--by", "clerk")
    assert "there are storage, seal, ledger" in typed("keys", "rotate", "moon", "--by", "ops")
    assert typed("keys", "renew", "--by", "ops") == "no certificate ends within a year\n"


def test_a_trust_file_verifies_where_nothing_is_installed(
    city: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wiring, "open_house", lambda home: city.house)
    city.material("M1", ["食品经营许可证"])
    city.licence("k0")
    publish_system(city.house, "sc_food", "r1")
    ((one,),) = city.query("SELECT id FROM certs.licence")
    with city.house.engine.connect() as conn:
        data = holders.open_document(city.house, conn, one, city.holder(WANG))
        whole = seal.licence_file(city.house, conn, one, data)
    file, trust = tmp_path / "licence.json", tmp_path / "trust.json"
    file.write_bytes(whole)
    assert "tell its SHA-256" in typed("certs", "trust", "--out", str(trust))
    nowhere = ("--home", str(tmp_path / "none"), "--json")
    said = json.loads(typed("certs", "verify", str(file), "--trust", str(trust), *nowhere))
    assert (said["untouched"], said["issuer_known"]) == (True, True)
    said = json.loads(typed("certs", "verify", str(file), *nowhere))
    assert said["issuer_known"] is False
    said = typed("certs", "verify", str(file), "--trust", str(tmp_path / "none"), *nowhere)
    assert "is not a folder" in said


def test_the_first_copies_at_once_are_under_one_authority(ready: House) -> None:
    """Twenty clerks fetch the first copies of an installation in the same moment."""
    many = 20
    gate = Barrier(many)

    def first(_: int) -> tuple[bytes, bytes]:
        gate.wait()
        made = certificates(ready)
        return made.authority.tbs_certificate_bytes, made.seal.tbs_certificate_bytes

    with ThreadPoolExecutor(many) as pool:
        assert len(set(pool.map(first, range(many)))) == 1
