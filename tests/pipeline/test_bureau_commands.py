"""`zhongtai complaints …`, `letter` and `count`, as typed, over a real house."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import wiring
from pipeline.platform import Platform
from registry.tables import account as account_table
from tests.certs.town import Town

MARKET = "市市场监督管理局"
TABLE = (
    "评价编号,评价日期,事项名称,评价内容,手机\n"
    "P1,2026/11/20,食品经营许可（变更）,又要营业执照,13800001111\n"
    "P2,昨天,别的事,,\n"
)
Run = Callable[..., Result]


@pytest.fixture
def town(house: House) -> Town:
    made = Town(house)
    made.open()
    about = {"name": "bureau", "display": "b", "role": "bureau", "posts": []}
    made._write(account_table, {**about, "password": "none", "demo": True})
    return made


@pytest.fixture
def run(town: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command over that installation; an error comes as the one that is told."""
    monkeypatch.setattr(wiring, "open_house", lambda _: town.house)

    def typed(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--home", str(town.house.settings.home)])

    return typed


def test_a_table_is_imported_once_and_listed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ratings.csv"
    file.write_text(TABLE, "utf-8")
    by = ("--by", "bureau", "--source", "rating")
    said = run("complaints", "import", str(file), *by).output
    assert "1 new, 0 known, 1 tied to a published item" in said
    assert "not kept: 手机" in said
    assert "row 3 is refused: 日期看不懂" in said
    assert "0 new, 1 known" in run("complaints", "import", str(file), *by).output
    listed = run("complaints", "list").output
    assert "食品经营许可（变更）" in listed
    assert "1 shown" in listed
    assert run("complaints", "list", "--answered").output == "0 shown\n"


def test_wrong_imports_are_one_sentence(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(TABLE, "utf-8")
    for words, error, says in (
        ((str(tmp_path / "no.csv"), "--by", "bureau", "--source", "rating"), BadInput, "read"),
        ((str(file), "--by", "bureau", "--source", "fax"), BadInput, "hotline or rating"),
        ((str(file), "--by", "nobody", "--source", "rating"), BadInput, "no account"),
        ((str(file), "--by", "clerk", "--source", "rating"), Refused, "审批局"),
    ):
        wrong = run("complaints", "import", *words)
        assert isinstance(wrong.exception, error), words
        assert says in str(wrong.exception)


def test_the_letter_is_written_as_a_file_that_stands_alone(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "letter.html"
    about = ("--department", MARKET, "--month", "2026-10", "--out", str(out))
    assert "0 rows refused" in run("letter", *about).output
    assert "感谢支持" in out.read_text("utf-8")
    for words, says in (
        (("--department", "市无此局", "--month", "2026-10", "--out", str(out)), "可选的有"),
        (("--department", MARKET, "--month", "10", "--out", str(out)), "2026-11"),
        (("--department", MARKET, "--month", "2026-10", "--out", str(tmp_path)), "is a folder"),
    ):
        wrong = run("letter", *words)
        assert isinstance(wrong.exception, BadInput)
        assert says in str(wrong.exception)


def test_counting_says_what_was_new(town: Town, run: Run) -> None:
    town.material("M1", ["食品经营许可证"])
    Platform(town.house).plan(town.account(), "C1")
    tied = "0 complaints tied to an item\n"
    first = "1 cases planned, 0 demands, 1 materials of cases settled, "
    assert run("count").output == first + tied
    assert run("count").output == first.replace("1", "0") + tied
