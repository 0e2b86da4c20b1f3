"""The commands of judging, typed right and wrong, over a real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from cli.main import app
from kernel.house import House
from pipeline import wiring
from registry import accounts
from tests.catalog.judging.people import APPROVAL, BUREAU, CLERK, INTAKE, OFFICER, start

Typed = Callable[..., str]


@pytest.fixture
def typed(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type `zhongtai catalog …` on an installation with people who judge; output or error."""
    monkeypatch.setattr(wiring, "open_house", lambda home: house)
    start(house)
    with house.engine.begin() as conn:
        for one in (BUREAU, OFFICER, APPROVAL, CLERK):
            accounts.save_account(conn, one, "a password")

    def run(*words: str) -> str:
        made = CliRunner().invoke(app, ["catalog", *words, "--home", str(tmp_path)])
        return str(made.exception) if made.exception else made.output

    return run


def test_a_question_is_shown_answered_and_taken_back(typed: Typed) -> None:
    shown = typed("questions")
    key, line = next((x.split()[0], x) for x in shown.splitlines() if "用水手续" in x)
    assert "3 rows   3 counties" in line
    assert shown.rstrip().endswith("4 questions shown")
    why = ("--why", "材料与流程一致", "--by", "bureau")
    assert typed("judge", key, "same", "--to", INTAKE, *why) == "judgement 1 is in_force: 3 rows\n"
    assert "same 360101002000 (user:bureau: 材料与流程一致)" in typed("questions", "W1")
    assert typed("undo", "1", "--why", "看错了", "--by", "bureau") == (
        "judgement 1 is undone: 3 rows\n"
    )
    assert typed("questions") == shown
    assert "undone    bureau: 用水手续 same" in typed("questions", key)


def test_a_question_is_shown_with_what_speaks_for_each_candidate(typed: Typed) -> None:
    lines = [line.strip() for line in typed("questions", "F1").splitlines()]
    [at] = [
        n for n, line in enumerate(lines) if line.startswith("360101001001  食品经营许可新办：")
    ]
    assert lines[at + 1 : at + 3] == [
        "main item: 食品经营许可",
        "materials: 0 here, 2 there, 0 in both",
    ]
    assert lines[at + 3].startswith("only there: 营业执照、")
    assert "materials: 1 here, 0 there, 0 in both\n      only here: 水用途说明\n" in typed(
        "questions", "W1"
    )
    [first, _] = json.loads(typed("questions", "F1", "--json"))["evidence"]
    assert (first["id"], len(first["only_there"])) == ("360101001001", 2)


def test_a_proposal_waits_and_is_decided(typed: Typed) -> None:
    said = typed("judge", "F1", "none", "--why", "只有本地有", "--by", "officer")
    assert said == "judgement 1 is proposed: 3 rows\n"
    assert "proposed  officer: 食品店开业手续 none  只有本地有" in typed("proposals")
    assert json.loads(typed("proposals", "--json"))[0]["relation"] == "none"
    how = ("--why", "同意", "--by")
    assert typed("decide", "1", "maybe", *how, "approval").startswith("the answer is accept or")
    assert typed("decide", "1", "accept", *how, "officer") == "部门只能提出，由审批局决定"
    assert typed("decide", "1", "accept", *how, "approval") == "judgement 1 is in_force: 3 rows\n"
    assert typed("proposals").startswith("0 wait")


def test_contradictions_are_shown_with_what_they_rest_on(typed: Typed) -> None:
    assert typed("contradictions") == "0 contradictions\n"
    for code, to in (("X1", INTAKE), ("X2", "360101003000")):
        typed("judge", code, "same", "--to", to, "--why", "核对过", "--by", "bureau")
    lines = typed("contradictions").splitlines()
    assert lines[0].startswith("same_name")
    assert len([line for line in lines if line.startswith("  person")]) == 2
    assert lines[-1] == "1 contradictions"
    assert json.loads(typed("contradictions", "--json"))[0]["kind"] == "same_name"


def test_a_wish_is_kept_exported_and_moved(typed: Typed, tmp_path: Path) -> None:
    for key in ("W1", "R1"):
        typed("judge", key, "same", "--to", INTAKE, "--why", "核对过", "--by", "bureau")
    asks = ("wish", "rename", "--item", INTAKE, "--name", "用水手续", "--why", "群众这样叫")
    assert typed(*asks, "--by", "bureau") == "wish 1 is open\n"
    assert "“用水手续”（3个县）" in typed("wishes")
    book, plain = tmp_path / "wishes.xlsx", tmp_path / "wishes.json"
    assert typed("wishes", "--out", str(book)).endswith("1 wishes\n")
    rows = list(load_workbook(book).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1][1:6] == ("更名", INTAKE, "取水许可", None, "用水手续")
    typed("wishes", "--out", str(plain))
    assert json.loads(plain.read_text("utf-8"))[0]["evidence"]["counties"] == 4
    step = ("--why", "已报省里", "--by", "bureau")
    assert typed("move-wish", "1", "granted", *step).startswith("wish 1 is open: from there it")
    assert "by a document" in typed("move-wish", "1", "sent", *step)
    assert typed("move-wish", "1", "sent", "--document", "赣市审〔2026〕9号", *step) == (
        "wish 1 is sent\n"
    )
    assert "取水许可" in typed("questions", "R1", "--json") or "360101002000" in typed(
        "questions", "R1"
    )


WRONG = [
    ("judge W1 same --to NOPE --why x --by bureau", "there is no canonical item NOPE"),
    ("judge W1 alike --to 1 --why x --by bureau", "one of same, narrower, broader, none"),
    ("judge Z1 none --why x --by bureau", "there is no Z1 to judge: name a question's key"),
    ("judge W1 same --why x --by bureau", "same names 1 canonical items, not 0"),
    ("judge W1 none --why x --by nobody", "no account nobody, or it is disabled"),
    ("judge W1 none --why x --by clerk", "只有部门数据专员和审批局可以判断"),
    ("judge W1 none --why x --by officer", "您只能为本部门"),
    ("undo 7 --why x --by bureau", "there is no judgement 7"),
    ("decide 7 accept --why x --by bureau", "there is no judgement 7"),
    ("questions Z1", "there is no Z1 to judge"),
    ("questions --subject flow", "about an item or a material, not about flow"),
    ("questions --by clerk", "只有部门数据专员和审批局可以查看"),
    ("wish rename --item Q --name x --why y --by bureau", "there is no canonical item Q"),
    ("wish rename --name x --why y --by bureau", "names 1 different canonical items, not 0"),
    ("wish praise --why y --by bureau", "a wish is to rename, merge, split, add, abolish"),
    ("wish add --name x --why y --by clerk", "只有部门数据专员和审批局"),
    ("wishes --state lost", "a wish has no state lost"),
    ("wishes --out nope.pdf", "must end in .xlsx or .json"),
    ("move-wish 3 sent --why x --by bureau", "there is no wish 3"),
]


@pytest.mark.parametrize(("words", "has"), WRONG)
def test_wrong_use_is_one_sentence(typed: Typed, words: str, has: str) -> None:
    said = typed(*words.split())
    assert has in said
    assert len(said.strip().splitlines()) == 1
