"""`zhongtai callers …` as typed, over a real house: asked for, approved by another, paused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import wiring
from registry.tables import account as account_table
from tests.certs.town import Town

MARKET = "市市场监督管理局"
ASKED = {
    "code": "kiosk", "name": "自助终端", "department": MARKET, "secret": "KIOSK_KEY",
    "operations": ["plan", "data"], "items": ["*"], "types": ["*"], "networks": ["10.36.0.0/16"],
    "per_minute": 60, "per_day": 5000, "begins": "2026-11-26T00:00:00+08:00",
    "ends": "2027-11-26T00:00:00+08:00", "document": "赣市数〔2026〕9号",
}  # fmt: skip
Run = Callable[..., Result]


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, as typed, in an installation with an officer and the bureau."""
    town = Town(house)
    monkeypatch.setattr(wiring, "open_house", lambda _: house)
    for name, role, department in (("officer", "officer", MARKET), ("bureau", "bureau", None)):
        about = {"name": name, "display": name, "role": role, "posts": [], "password": ""}
        town._write(account_table, {**about, "department": department, "demo": True})

    def typed(*words: str) -> Result:
        home = ["--home", str(house.settings.home)]
        return CliRunner().invoke(app, ["callers", *words, *home])

    return typed


def file(folder: Path, **over: Any) -> str:
    made = folder / "kiosk.json"
    made.write_text(json.dumps({**ASKED, **over}), "utf-8")
    return str(made)


def test_a_grant_is_asked_for_approved_paused_and_resumed(run: Run, tmp_path: Path) -> None:
    said = run("apply", file(tmp_path), "--by", "officer")
    assert "application 1 waits for another person's approval" in said.output
    assert "nobody yet" in run("list").output
    assert run("approve", "1", "--by", "bureau").output == "kiosk may call\n"
    assert run("pause", "kiosk", "--by", "bureau", "--why", "核查").output == "kiosk is paused\n"
    (row,) = json.loads(run("list", "--json").output)
    assert (row["paused_why"], row["approved_by"]) == ("核查", "bureau")
    run("apply", file(tmp_path, document="赣市数〔2026〕10号"), "--by", "officer")
    assert run("approve", "2", "--by", "bureau").output == "kiosk stays paused: resume it\n"
    assert json.loads(run("list", "--json").output)[0]["paused_why"] == "核查"
    assert run("resume", "kiosk", "--by", "bureau").exit_code == 0
    assert "approved by bureau" in run("list").output


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"more": 1}, "exactly the keys code, name"),
        ({"per_day": "5000"}, "another type than is meant: per_day"),
        ({"items": [1]}, "another type than is meant: items"),
        ({"begins": "soon"}, "times as ISO 8601"),
        ({"begins": "2026-11-26T00:00:00"}, "need a time zone"),
        ({"networks": ["everywhere"]}, "an address range like 10.36.0.0/16"),
        ({"secret": "the key itself"}, "secret is the name of a secret"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(
    run: Run, tmp_path: Path, over: dict[str, Any], said: str
) -> None:
    result = run("apply", file(tmp_path, **over), "--by", "officer")
    assert isinstance(result.exception, BadInput)
    assert said in str(result.exception)


def test_wrong_use_is_told_in_one_sentence(run: Run, tmp_path: Path) -> None:
    for words, said in (
        (("apply", str(tmp_path / "none.json"), "--by", "officer"), "cannot be read"),
        (("approve", "9", "--by", "bureau"), "no application 9"),
        (("pause", "nobody", "--by", "bureau", "--why", "x"), "no approved grant of that code"),
    ):
        assert said in str(run(*words).exception)
    run("apply", file(tmp_path), "--by", "bureau")
    refused = run("approve", "1", "--by", "bureau").exception
    assert isinstance(refused, Refused)
    assert "another person approves" in str(refused)
