"""The offline check: broken files, names that nobody knows, grants that have ended."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from kernel.secrets import Secrets
from registry.checks import check_contracts

DATA = Path(__file__).parent / "data"


def _folder(tmp_path: Path) -> Path:
    shutil.copy(DATA / "exchange.yml", tmp_path / "yj_trial.yml")
    shutil.copy(DATA / "rest_copies.yml", tmp_path / "sc_trial.yml")
    return tmp_path


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "sc_trial.yml").write_text("code: sc_trial\nname: no\n", "utf-8")
    assert check_contracts(folder) == {
        "sc_trial": ["sc_trial.yml, line 2, name: no is read as true or false: write it in quotes"],
        "yj_trial": [],
    }


def test_a_name_that_cannot_be_looked_up_is_named(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "home")
    secrets.put("SC_TRIAL_URL", "x")
    secrets.put("YJ_TRIAL_URL", "x")
    found = check_contracts(_folder(tmp_path), secrets)
    text = f"SC_TRIAL_TOKEN is neither in the environment nor in {secrets.folder}"
    assert found == {"sc_trial": [f"sc_trial: {text}"], "yj_trial": []}


def test_a_grant_holds_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    assert check_contracts(folder, today=date(2028, 12, 31))["yj_trial"] == []
    assert check_contracts(folder, today=date(2029, 1, 1))["yj_trial"] == [
        "yj_trial.item: the authorisation 某号 ended on 2028-12-31"
    ]
