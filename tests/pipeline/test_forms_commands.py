"""`zhongtai catalog fields|forms|decide-form` as typed, over a real house."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import wiring
from registry import accounts
from registry.accounts import Account
from tests.catalog import town
from tests.catalog.town import FOOD, MARKET, WATER

HEAD = "item_id,name,type,required\n"
Run = Callable[..., Result]


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command over a published catalogue; a refusal comes as the error that is told."""
    town.start(house)
    with house.engine.begin() as conn:
        accounts.save_account(conn, Account("officer", "o", "officer", MARKET, ()), "a password")
        accounts.save_account(conn, Account("bureau", "b", "bureau", None, ()), "a password")
    monkeypatch.setattr(wiring, "open_house", lambda _: house)

    def typed(*words: str) -> Result:
        return CliRunner().invoke(app, ["catalog", *words, "--home", str(house.settings.home)])

    return typed


def handed_in(tmp_path: Path, rows: str) -> str:
    """A file of fields."""
    file = tmp_path / "forms.csv"
    file.write_text(HEAD + rows, "utf-8")
    return str(file)


def test_a_form_goes_its_way_at_the_command_line(run: Run, tmp_path: Path) -> None:
    file = handed_in(tmp_path, f"{FOOD},经营者名称,text,是\n{FOOD},从业人数,number,否\n")
    said = run("fields", file, "--by", "officer", "--why", "新版申请表").output
    assert said.startswith("proposed the forms of 1 items: 1;")
    listed = run("forms", "--state", "proposed").output
    assert "增加“从业人数”（数字，选填）" in listed
    assert run("forms", "--item", WATER).output == ""
    said = run("decide-form", "1", "--state", "accepted", "--by", "bureau", "--why", "同意").output
    assert said == "1 forms are accepted; `zhongtai publish` puts that in force\n"
    assert '"state": "accepted"' in run("forms", "--json").output
    out = tmp_path / "now.csv"
    run("forms", "--out", str(out))
    assert out.read_text("utf-8-sig").split() == [
        HEAD.strip(), f"{FOOD},经营者名称,text,是", f"{FOOD},从业人数,number,否",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "by", "why", "error", "said"),
    [
        (f"{FOOD},备注,memo,是\n", "officer", "新版", BadInput, "line 2: the type is one of"),
        ("NOPE,备注,text,是\n", "bureau", "新版", BadInput, "no item NOPE in the catalogue"),
        (f"{FOOD},备注,text,是\n", "officer", " ", BadInput, "a form needs a reason"),
        (f"{FOOD},备注,text,是\n", "nobody", "新版", BadInput, "no account nobody"),
        (f"{WATER},备注,text,是\n", "officer", "新版", Refused, "由别的部门主管"),
    ],
)
def test_a_wrong_form_is_refused_in_one_sentence(
    run: Run, tmp_path: Path, rows: str, by: str, why: str, error: type[Exception], said: str
) -> None:
    done = run("fields", handed_in(tmp_path, rows), "--by", by, "--why", why)
    assert isinstance(done.exception, error)
    assert said in str(done.exception)
    assert run("forms").output == ""


def test_a_wrong_decision_is_refused_in_one_sentence(run: Run, tmp_path: Path) -> None:
    missing = run("fields", str(tmp_path / "none.csv"), "--by", "officer", "--why", "x")
    assert "cannot be read (No such file or directory)" in str(missing.exception)
    run("fields", handed_in(tmp_path, f"{FOOD},备注,text,是\n"), "--by", "bureau", "--why", "x")
    for number, state, by, said in (
        ("7", "accepted", "bureau", "form 7 is not there"),
        ("1", "gone", "bureau", "accepted, refused or withdrawn, not gone"),
        ("1", "accepted", "bureau", "须由另一人决定"),
        ("1", "accepted", "officer", "is of the role officer"),
        ("1", "withdrawn", "bureau", "only accepted ones can be withdrawn"),
    ):
        done = run("decide-form", number, "--state", state, "--by", by, "--why", "x")
        assert said in str(done.exception), (number, state, by)
