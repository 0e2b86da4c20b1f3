"""The commands of a system's way in, typed right and wrong, over a real database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from kernel.house import House
from pipeline import wiring
from registry import accounts
from registry.accounts import Account
from registry.formwrite import write_form
from tests.registry.test_form import GIVES, GOOD

SYSTEMS = Path(__file__).parents[2] / "connectors" / "systems"
Typed = Callable[..., str]


@pytest.fixture
def typed(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type `zhongtai systems …` on an installation with two engineers; output or error."""
    monkeypatch.setattr(wiring, "open_house", lambda home: house)
    with house.engine.begin() as conn:
        for name in ("ops", "bureau"):
            role: accounts.Role = "ops" if name == "ops" else "bureau"
            accounts.save_account(conn, Account(name, name, role, None, ()), "a password")

    def run(*words: str) -> str:
        made = CliRunner().invoke(app, ["systems", *words, "--home", str(tmp_path)])
        return str(made.exception) if made.exception else made.output

    return run


def test_the_form_is_written_registered_and_waits(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    CliRunner().invoke(app, ["systems", "form", "--out", str(file)])
    assert "没有填写" in typed("register", str(file), "--by", "ops")
    file.write_bytes(write_form(GOOD, GIVES))
    assert typed("register", str(file), "--by", "nobody").startswith("no account nobody")
    assert typed("register", str(file), "--by", "ops").startswith("sl_water is registered")
    shown = typed("states", "sl_water")
    assert shown.startswith("applied         0 d  waits for nation     sl_water")
    assert "ops: 登记表已提交" in shown
    assert "sl_water is applied: from there it moves to not_applied or authorised, not to live" in (
        typed("move", "sl_water", "live", "--by", "ops", "--why", "急")
    )
    assert "the reason holds a long number" in (
        typed("move", "sl_water", "authorised", "--by", "ops", "--why", "13800000000")
    )


def test_a_draft_is_submitted_approved_compared_and_rolled_back(
    typed: Typed, tmp_path: Path
) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    here = ["--folder", str(folder)]
    draft = tmp_path / "draft.yml"
    text = (SYSTEMS / "sl_water.yml").read_text("utf-8")
    for version, said in ((1, text), (2, text.replace("市水利局数据联络员", "市水利局信息中心"))):
        draft.write_text(said, "utf-8")
        assert f"sl_water version {version} waits" in typed("submit", str(draft), "--by", "ops")
        assert "another person" in typed("approve", "sl_water", str(version), "--by", "ops", *here)
        assert "is in force" in typed("approve", "sl_water", str(version), "--by", "bureau", *here)
    assert typed("diff", "sl_water") == "contact: 市水利局数据联络员 -> 市水利局信息中心\n"
    assert "as version 3" in typed("rollback", "sl_water", "1", "--by", "ops", *here)
    assert [line.split()[0] for line in typed("versions", "sl_water").splitlines()] == list("321")
    assert typed("diff", "sl_water", "1", "3") == ""
    assert typed("versions", "sl_nothing") == "no version of sl_nothing: it was never applied"
    assert "the draft says the same" in typed(
        "submit", str(SYSTEMS / "sl_water.yml"), "--by", "ops"
    )
