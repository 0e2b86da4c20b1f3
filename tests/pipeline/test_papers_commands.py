"""`zhongtai certs …` of promises, corrections, scans and packages, as typed, over a real house."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from certs.copies.share import fetch
from certs.licences.publish import publish_system
from cli.main import app
from kernel.clock import system_clock
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import wiring
from registry.tables import account as account_table
from tests.certs.town import Town
from tests.pipeline.sources import on_disk

FOOD, MARKET = "食品经营许可证", "市市场监督管理局"
Run = Callable[..., Result]


@pytest.fixture
def town(house: House, servers: dict[str, str | int]) -> Town:
    """WANG's food licence is published, its stream complete now; one officer of the department."""
    made = Town(house)
    on_disk(house, servers)
    made.open()
    made.at(datetime.now(UTC))
    made.complete(at=datetime.now(UTC))
    made.material("M1", [FOOD])
    made.licence("k1")
    publish_system(made.house, "sc_food", "r1")
    officer = {"name": "officer2", "display": "o", "role": "officer", "department": MARKET}
    made._write(account_table, {**officer, "posts": [], "password": "none", "demo": True})
    return made


@pytest.fixture
def run(town: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command over that installation; a refusal comes as the error that is told."""
    monkeypatch.setattr(wiring, "open_house", lambda _: town.house)

    def typed(*words: str) -> Result:
        home = str(town.house.settings.home)
        return CliRunner().invoke(app, ["certs", *words, "--home", home])

    return typed


def test_a_promise_is_made_fetched_and_told(town: Town, run: Run) -> None:
    from pipeline import share

    town.complete(at=system_clock() - timedelta(days=3))
    share.plan(town.house, town.account(), "C1")
    assert "open until" in run("promises", "--by", "clerk").output
    assert "0 materials fetched" in run("later").output
    town.complete(at=system_clock())
    assert "1 cases tried: 1 materials fetched" in run("later").output
    told = run("messages", "--by", "clerk").output
    assert "已由平台补取核验" in told
    number = told.split()[0]
    assert run("messages", "--by", "clerk", "--read", number).output == ""
    again = run("messages", "--by", "clerk", "--read", number)
    assert isinstance(again.exception, BadInput)


def test_a_correction_is_reported_listed_and_answered(town: Town, run: Run) -> None:
    said = ("--field", "经营场所", "--why", "场所写错了", "--by", "clerk")
    assert "correction 1 is reported" in run("report", "C1", "M1", *said).output
    assert "* " in run("corrections", "--by", "officer2").output
    refused = run("answer", "1", "refused", "--why", "与档案一致", "--by", "officer")
    assert isinstance(refused.exception, Refused)
    wrong = run("answer", "1", "maybe", "--why", "与档案一致", "--by", "officer2")
    assert str(wrong.exception) == "an answer is corrected or refused"
    done = run("answer", "1", "refused", "--why", "与档案一致", "--by", "officer2")
    assert "correction 1: refused" in done.output
    assert "refused" in run("corrections", "--by", "clerk").output


def test_a_package_is_written_and_checks_by_a_trust_file_alone(
    town: Town, run: Run, tmp_path: Path
) -> None:
    fetch(town.house, town.account(), "C1", "M1", "办理变更")
    out, trust = tmp_path / "C1.zip", tmp_path / "trust.json"
    assert "is written" in run("package", "C1", "--by", "clerk", "--out", str(out)).output
    assert "all proved" in run("check-package", str(out)).output
    assert run("trust", "--out", str(trust)).exit_code == 0
    assert "1 copies, all proved" in run("check-package", str(out), "--trust", str(trust)).output
    out.write_bytes(out.read_bytes()[:-40])
    cut = run("check-package", str(out))
    assert (cut.exit_code, "does not hold" in cut.output) == (1, True)
    nowhere = run("package", "C1", "--by", "clerk", "--out", str(tmp_path / "no" / "a.zip"))
    assert "cannot be written" in str(nowhere.exception)
    unknown = run("package", "C1", "--by", "nobody", "--out", str(out))
    assert str(unknown.exception) == "no account nobody, or it is disabled"


def test_scans_files_and_states(town: Town, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(fetch(town.house, town.account(), "C1", "M1", "办理变更").pdf)
    kept = run("keep-scan", "C1", FOOD, str(file), "--by", "clerk", "--until", "2099-01-01").output
    found = re.fullmatch(r"scan ([0-9a-f]{32}) is kept\n", kept)
    assert found
    assert "is withdrawn" in run("withdraw-scan", found[1], "--by", "clerk").output
    soon = run("keep-scan", "C1", FOOD, str(file), "--by", "clerk", "--until", "soon")
    assert str(soon.exception) == "soon is not a day: write it like 2026-05-01"
    ((licence,),) = town.query("SELECT id FROM certs.licence")
    assert "is kept: valid" in run("keep-file", licence, str(file), "--by", "officer2").output
    missing = run("keep-file", licence, str(tmp_path / "none"), "--by", "officer2")
    assert "cannot be read" in str(missing.exception)
    assert "valid: at_source" in run("history", licence, "--by", "officer2").output
    assert isinstance(run("history", licence, "--by", "clerk").exception, Refused)
