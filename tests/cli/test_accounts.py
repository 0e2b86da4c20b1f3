"""`zhongtai accounts …` as typed, over a real house."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import wiring
from registry import accounts

Run = Callable[..., Result]
FIRST = ("first", "--sysadmin", "wang:GZ-1", "--secadmin", "li:GZ-2", "--auditor", "zhao:GZ-3")


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, as typed, in an installation with posts and nobody yet."""
    monkeypatch.setattr(wiring, "open_house", lambda _: house)
    with house.engine.begin() as conn:
        accounts.make_posts(conn)

    def typed(*words: str) -> Result:
        home = ["--home", str(house.settings.home)]
        return CliRunner().invoke(app, ["accounts", *words, *home])

    return typed


def test_an_installation_comes_to_its_first_clerk(run: Run) -> None:
    said = run(*FIRST).output
    assert said.count("the first password is") == 3
    made = run("add", "chen", "--display", "陈", "--person", "GZ-9", "--by", "wang").output
    assert "chen waits for its role" in made
    granted = run("grant", "chen", "--role", "clerk", "--post", "sc-02", "--by", "li")
    assert granted.output == "chen is clerk\n"
    assert "first password" in run("list").output
    (row,) = [one for one in json.loads(run("list", "--json").output) if one["name"] == "chen"]
    assert (row["role"], row["posts"], row["must_change"]) == ("clerk", ["sc-02"], True)
    assert "shown this once" in run("password", "chen", "--by", "wang").output
    assert run("factor", "chen", "--by", "li").exit_code == 0
    assert run("disable", "chen", "--by", "wang").output == "chen is disabled\n"
    audit = run("audit", "--who", "chen").output.splitlines()
    assert [line.split()[3] for line in audit] == [
        "account.disabled", "account.factor_dropped", "account.password_given",
        "account.granted", "account.created",
    ]  # fmt: skip
    assert len(json.loads(run("audit", "--json").output)) == 8


def test_wrong_use_is_told_in_one_sentence(run: Run) -> None:
    wrong = run("first", "--sysadmin", "wang", "--secadmin", "li:GZ-2", "--auditor", "zhao:GZ-3")
    assert isinstance(wrong.exception, BadInput)
    assert "NAME:STAFF-NUMBER" in str(wrong.exception)
    same = run("first", "--sysadmin", "a1:GZ-1", "--secadmin", "b1:GZ-1", "--auditor", "c1:GZ-3")
    assert "three different people" in str(same.exception)
    run(*FIRST)
    assert "administrators already" in str(run(*FIRST).exception)
    for words, kind, told in (
        (("disable", "nobody", "--by", "wang"), BadInput, "no account named nobody"),
        (("grant", "zhao", "--role", "king", "--by", "li"), BadInput, "a role is one of"),
        (("grant", "zhao", "--role", "ops", "--by", "wang"), Refused, "not for sysadmin"),
        (("disable", "wang", "--by", "wang"), Refused, "nobody changes an own account"),
        (("audit", "--before", "0"), type(None), ""),
    ):
        found = run(*words)
        assert isinstance(found.exception, kind), found.output
        assert told in str(found.exception)
