"""`zhongtai catalog` typed right and wrong, over a real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.unify import unify
from catalog.versions.publish import publish
from cli.main import app
from kernel.house import House
from pipeline import wiring
from pipeline.steps import CONTRACTS
from registry import accounts
from registry.accounts import Account
from registry.applied import apply
from tests.catalog.rows import asks, canonical, land

MARKET = "市市场监督管理局"
PEOPLE = (
    Account("officer", "专员", "officer", MARKET, ()),
    Account("bureau", "数据局", "bureau", None, ()),
    Account("clerk", "窗口", "clerk", None, ()),
)
FIELDS = "item_id,name,type,required\nB01,企业名称,text,是\nB01,从业人数,number,否\n"
Typed = Callable[..., str]


@pytest.fixture
def typed(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type `zhongtai catalog …` on an installation with two published items; output or error."""
    monkeypatch.setattr(wiring, "open_house", lambda home: house)
    apply(house, CONTRACTS, "test")
    with house.engine.begin() as conn:
        for one in PEOPLE:
            accounts.save_account(conn, one, "a password")
        items = [
            canonical("B01", "食品经营许可", department=MARKET),
            canonical("B02", "取水许可", department="市水利局"),
        ]
        land(conn, "item", items)
        asked = [
            asks("B01", "营业执照"),
            asks("B01", "授权委托书", situation="委托他人办理"),
            asks("B02", "营业执照"),
        ]
        land(conn, "material", asked)
    unify(house, "r1")
    publish(house, "test")

    def run(*words: str) -> str:
        made = CliRunner().invoke(app, ["catalog", *words, "--home", str(tmp_path)])
        return str(made.exception) if made.exception else made.output

    return run


def test_what_an_applicant_needs_and_the_question_that_is_left(typed: Typed) -> None:
    shown = typed("needs", "B01", "B02")
    assert "需要  营业执照" in shown
    assert "视情形（委托他人办理）  授权委托书" in shown
    assert "请问：是否委托他人办理？  --answer agent:是 | --answer agent:否" in shown
    done = json.loads(typed("needs", "B01", "--answer", "agent:否", "--json"))
    assert (done["next"], [one["name"] for one in done["materials"]]) == (None, ["营业执照"])


def test_wrong_answers_and_items_are_one_sentence(typed: Typed) -> None:
    assert typed("needs", "NOPE") == "no item NOPE in catalogue version 1"
    assert typed("needs", "B01", "--answer", "agent") == (
        "an answer is written question:answer, not agent"
    )
    assert typed("needs", "B01", "--answer", "agent:也许") == (
        "agent is answered by one of 是, 否, not by 也许"
    )


def test_forms_are_proposed_by_their_own_department(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "fields.csv"
    why = ("--why", "一套表格")
    assert "cannot be read" in typed("fields", str(file), "--by", "officer", *why)
    file.write_text(FIELDS, "utf-8")
    assert typed("fields", str(file), "--by", "officer", *why).startswith(
        "proposed the forms of 1 items: 1; "
    )
    file.write_text(FIELDS.replace("B01", "B02"), "utf-8")
    assert "由别的部门主管" in typed("fields", str(file), "--by", "officer", *why)
    assert "clerk" in typed("fields", str(file), "--by", "clerk", *why)
    assert "1 items" in typed("fields", str(file), "--by", "bureau", *why)


def test_a_waiver_from_proposal_to_its_end(typed: Typed) -> None:
    name, day = "营业执照", ("--dated", "2026-05-01")
    assert typed("waivers", "propose", name, "--by", "bureau", "--why", "数据完整") == (
        f"proposed: {name}\n"
    )
    said = ("--document", "赣市监〔2026〕8号")
    assert "机动车驾驶证 is not proposed" in typed(
        "waivers", "confirm", "机动车驾驶证", "--by", "officer", *said, *day
    )
    assert typed("waivers", "confirm", name, "--by", "officer", *said, *day) == (
        f"confirmed: {name}\n"
    )
    listed = ("--document", "赣市政数字〔2026〕3号", *day)
    assert "to publish a waiver is for bureau" in typed(
        "waivers", "publish", "--by", "officer", *listed
    )
    assert typed("waivers", "publish", "--by", "bureau", *listed) == "list 1 is published\n"
    shown = typed("waivers", "list", "--state", "published")
    assert shown == (
        f"* published  {name}  {MARKET}  赣市监〔2026〕8号  list 1: 赣市政数字〔2026〕3号\n"
    )
    assert typed("waivers", "withdraw", name, "--by", "officer", "--why", "系统停用")
    states = [line.split()[2] for line in typed("waivers", "history", name).splitlines()]
    assert states == ["withdrawn", "published", "confirmed", "proposed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("waivers list --state open", "no state open of a waiver; there are none, proposed"),
        ("waivers history 某证", "no licence type 某证"),
        ("waivers propose 某证 --by bureau --why 因", "no licence type 某证"),
        ("waivers propose 营业执照 --by nobody --why 因", "no account nobody"),
        ("waivers publish --by bureau --document 甲 --dated 2026-05-01", "at least one"),
        ("waivers publish --by bureau --document 甲 --dated May", "May is not a day"),
        ("ask unused --years 0", "years are a whole number from 1 to 30, not 0"),
        ("ask next-system --code nope", "nope gives no licence"),
        ("ask unsatisfied --out result.txt", "must end in .csv, .xlsx or .json"),
        ("ask package 烟花爆竹经营", "is the name of no item here"),
    ],
)
def test_wrong_use_says_what_is_allowed(typed: Typed, words: str, said: str) -> None:
    assert said in typed(*words.split())


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("unused --years 2", "食品经营许可"),
        ("more-materials", "比较了0个"),
        ("package B01 B02", "少交1份"),
        ("package", "56个事项"),
        ("next-system --from-nothing", "sc_enterprise"),
        ("next-system --code sc_enterprise", "营业执照"),
        ("unsatisfied", "没有任何系统的数据可以代替"),
    ],
)
def test_every_question_in_every_form(typed: Typed, words: str, has: str, tmp_path: Path) -> None:
    assert has in typed("ask", *words.split())
    told = json.loads(typed("ask", *words.split(), "--json"))
    assert told["question"] == words.split(maxsplit=1)[0]
    for ending, begins in (("csv", "\ufeff".encode()), ("xlsx", b"PK"), ("json", b"{")):
        file = tmp_path / f"out.{ending}"
        rows = len(told["rows"])
        assert typed("ask", *words.split(), "--out", str(file)) == (
            f"{file} written: {rows:,} rows\n"
        )
        assert file.read_bytes().startswith(begins)
