"""`zhongtai catalog`, typed right and wrong, over a real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from cli.columns import table_lines, width
from cli.main import app
from kernel.house import House
from pipeline import wiring
from registry import accounts
from registry.accounts import Account, Role
from tests.catalog import town
from tests.catalog.town import FOOD, MARKET, WATER, XINFENG

Typed = Callable[..., str]


@pytest.fixture
def typed(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type `zhongtai catalog …` on an installation with a published catalogue; output or error."""
    monkeypatch.setattr(wiring, "open_house", lambda home: house)
    with house.engine.begin() as conn:
        for role in get_args(Role):
            department = MARKET if role == "officer" else None
            account = Account(role, role, role, department, ())
            accounts.save_account(conn, account, "a password")

    def run(*words: str) -> str:
        made = CliRunner().invoke(app, ["catalog", *words, "--home", str(tmp_path)])
        return str(made.exception) if made.exception else made.output

    return run


def written(folder: Path, *lines: str) -> str:
    """A CSV file of these lines."""
    file = folder / "table.csv"
    file.write_text("\n".join(lines), "utf-8")
    return str(file)


BUREAU = ("--by", "bureau", "--why", "改革")
OFFICER = ("--by", "officer", "--why", "提速")


def test_before_anything_is_published_it_says_what_to_type(typed: Typed) -> None:
    assert typed("versions") == ""
    assert typed("diff") == "no catalogue is published yet: run `zhongtai publish`"
    assert typed("rollback", "1", *BUREAU).startswith("no catalogue is published yet")


def test_a_deviation_from_proposal_to_the_flow(typed: Typed, house: House, tmp_path: Path) -> None:
    town.start(house)
    head = "item_id,field,value,division,begins,basis"
    file = written(
        tmp_path, head, f"{FOOD},promise_days,5,信丰县,2026-01-01,条例第二十条",
        f"{FOOD},steps,受理；审查：5；送达,,2026-01-01,条例第二十条",
    )  # fmt: skip
    assert "is of the role clerk" in typed(
        "propose-deviations", file, "--by", "clerk", "--why", "x"
    )
    assert typed("propose-deviations", file, *OFFICER) == "2 deviations wait: 1 to 2\n"
    assert typed("propose-deviations", file, *OFFICER).startswith(
        "row 2: deviation 1 says the same"
    )
    decided = ("--document", "赣市审改办发〔2026〕9号")
    assert "is of the role officer" in typed("decide-deviation", "1", "accepted", *OFFICER)
    for number in ("1", "2"):
        assert "is accepted" in typed("decide-deviation", number, "accepted", *BUREAU, *decided)
    town.again(house)
    flow = typed("flow", XINFENG, "--day", "2026-11-23")
    assert "承诺办结时限：5个工作日（信丰县差异第1号" in flow
    assert "办理流程：受理→审查（5个工作日）→送达（全市差异第2号" in flow
    assert "决定机关：保留：市市场监督管理局，按事项系统所列" in flow
    assert "20个工作日" in typed("flow", FOOD)
    assert "no division 北京" in typed("flow", FOOD, "--division", "北京")
    assert "accepted" in typed("deviations", "--item", FOOD)
    assert json.loads(typed("deviations", "--state", "refused", "--json")) == []
    assert "2 changes" in typed("diff")


def test_a_table_that_is_wrong_is_named_by_row_and_column(
    typed: Typed, house: House, tmp_path: Path
) -> None:
    town.start(house)
    head = "item_id,field,value,division,begins,basis"
    for lines, says in (
        ((head,), "has a heading and no rows"),
        (("item_id,colour", "a,b"), "no use for the column colour"),
        ((head, f"{FOOD},fee,,,2026-01-01,x"), "row 2: value is missing"),
        ((head, f"{FOOD},fee,true,,01/07/2026,x"), "row 2: a day is written as 2026-07-01"),
        ((head, f"{FOOD},fee,true,,2026-01-01,x", "X,fee,true,,2026-01-01,x"),
         "row 3: there is no canonical item X"),
        ((head, "a,b,c,d,e,f,g"), "row 2 has more cells"),
        (("",), "the table is empty"),
    ):  # fmt: skip
        assert says in typed("propose-deviations", written(tmp_path, *lines), *OFFICER)
    assert "cannot be read" in typed("propose-deviations", str(tmp_path / "none.csv"), *OFFICER)
    assert typed("deviations") == ""  # all or none


def test_who_decides_is_said_and_taken_back(typed: Typed, house: House, tmp_path: Path) -> None:
    town.start(house)
    file = written(
        tmp_path, "item_id,manner,department,begins,document",
        f"{FOOD},transferred,市行政审批局,2026-12-01,赣市府字〔2026〕12号",
        f"{WATER},exempted,,2026-12-01,赣市府字〔2026〕13号",
    )  # fmt: skip
    assert typed("assign", file, *BUREAU).startswith("2 decisions are kept: 3 to 4")
    shown = typed("deciding", FOOD)
    assert "一直  保留  市市场监督管理局  事项系统" in shown
    assert "自2026-12-01起  划转  市行政审批局  赣市府字〔2026〕12号" in shown
    assert "豁免  无需办理" in typed("deciding", WATER)
    assert typed("assign", file, *BUREAU).startswith("row 2: the item")
    assert "is withdrawn" in typed("unassign", "3", *BUREAU)
    assert "已撤回：改革" in typed("deciding", FOOD)
    assert typed("deciding", "X") == "there is no canonical item X"


def test_versions_diff_rollback_release(typed: Typed, house: House) -> None:
    town.start(house)
    town.change(house, "UPDATE landing.item SET name = '取水许可' WHERE code = :c", c=WATER)
    town.again(house)
    assert "1 changes" in typed("diff", "1", "2", "--item", WATER)
    assert typed("diff", "--department", "市民政局") == "0 changes\n"
    assert "no division 上海" in typed("diff", "--division", "上海")
    assert "no catalogue version 9" in typed("diff", "1", "9")
    assert "is of the role ops" in typed("rollback", "1", "--by", "ops", "--why", "x")
    assert typed("rollback", "1", *BUREAU).startswith("version 3 is as version 1")
    shown = typed("versions", "--verify")
    assert "as version 1 again: 改革" in shown
    assert "3 versions hold what their digests say" in shown
    assert "a roll-back holds publishing back" in shown
    made = CliRunner().invoke(app, ["publish", "--home", "x"])
    assert "catalogue version 3: a roll-back holds publishing back" in made.output
    assert typed("release", *BUREAU) == "publishing goes on: `zhongtai publish`\n"
    assert len(json.loads(typed("versions", "--json"))) == 3


def test_counties_side_by_side_on_the_screen_and_in_files(
    typed: Typed, house: House, tmp_path: Path
) -> None:
    town.start(house)
    lines = typed("compare", FOOD).splitlines()
    assert lines[0].startswith("食品经营许可（")
    assert [lines[1].index(name) > 0 for name in ("目录", "章贡区", "信丰县")]
    for name in ("a.csv", "a.xlsx", "a.json"):
        assert "is written" in typed("compare", FOOD, "--out", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    assert "must end in .csv" in typed("compare", FOOD, "--out", str(tmp_path / "a.pdf"))
    assert "has no item X" in typed("compare", "X")
    assert "a day is written as" in typed("compare", FOOD, "--day", "today")


def test_exports_sends_and_faults(typed: Typed, house: House, tmp_path: Path) -> None:
    town.start(house)
    for form, name in (("json", "a.json"), ("xlsx", "a.xlsx"), ("gb39554", "a.csv")):
        assert "is written" in typed("export", "--as", form, "--out", str(tmp_path / name))
    folder = str(tmp_path / "up")
    national = ("export", "--as", "national", "--out", folder)
    assert typed(*national) == "national rows are sent by a person: give --by"
    assert "I 1" in typed(*national, "--by", "ops")
    assert "nothing new" in typed(*national, "--by", "ops")
    assert "name one" in typed(*national, "--by", "ops", "--secret", "UP_URL")
    assert "give --out" in typed("export", "--as", "json")
    assert "an export is json" in typed("export", "--as", "pdf", "--out", str(tmp_path / "a.pdf"))
    file = written(
        tmp_path, "row_guid,table_sql_name,table_row_guid,err_type,remark",
        "f1,up_task_general_basic,unknown,E03,时限不符",
    )  # fmt: skip
    assert "1 fault rows: 1 new, 0 of them about" in typed("import-faults", file, "--by", "ops")
    assert "not sent from here  E03: 时限不符" in typed("faults")
    assert "is no table of faults" in typed("import-faults", file, "--by", "ops", "--table", "x")
    assert typed("settle", "1", *BUREAU) == "fault 1 is closed\n"
    assert typed("faults") == "0 faults\n"
    assert "closed by bureau" in typed("faults", "--all")
    assert "no open fault 1" in typed("settle", "1", *BUREAU)


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert (width("a中。"), width("")) == (5, 0)
    lines = list(table_lines([["项", "b"], ["很长的一句话", "x"]], widest=6))
    assert lines == ["项      b", "------  -", "很长的  x", "一句话"]
