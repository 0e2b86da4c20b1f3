"""Applying the contracts: versions are recorded, registry.json is whole and stable."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.errors import BadContract, BadInput, PersonMustAct
from kernel.house import House
from kernel.settings import home_from_environment
from registry.applied import apply, read
from registry.dag_entries import DagEntry, dag_entries, home_folder
from registry.loader import load_folder
from registry.tables import post, system_version

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "connectors" / "systems"
DATA = Path(__file__).parent / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "systems"
    found.mkdir()
    shutil.copy(DATA / "exchange.yml", found / "yj_trial.yml")
    shutil.copy(DATA / "rest_copies.yml", found / "sc_trial.yml")
    return found


def _versions(house: House) -> list[tuple[str, int]]:
    t = system_version
    with house.engine.connect() as conn:
        rows = conn.execute(select(t.c.system, t.c.version).order_by(t.c.system, t.c.version))
        return [(system, version) for system, version in rows]


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_only_what_changed_gets_a_new_version(house: House, folder: Path) -> None:
    assert apply(house, folder, "test") == ["sc_trial", "yj_trial"]
    assert apply(house, folder, "test") == []
    _edit(folder / "sc_trial.yml", "longest_age: 26h", "longest_age: 27h")
    assert apply(house, folder, "test") == ["sc_trial"]
    assert _versions(house) == [("sc_trial", 1), ("sc_trial", 2), ("yj_trial", 1)]


def test_a_comment_or_another_order_is_no_change(house: House, folder: Path) -> None:
    apply(house, folder, "test")
    before = house.settings.registry_file.read_bytes()
    _edit(folder / "sc_trial.yml", "level: municipal\n", "# said twice\nlevel: municipal\n")
    assert apply(house, folder, "test") == []
    assert house.settings.registry_file.read_bytes() == before


def test_a_system_that_goes_and_comes_back_is_recorded(house: House, folder: Path) -> None:
    apply(house, folder, "test")
    (folder / "yj_trial.yml").rename(folder.parent / "yj_trial.yml")
    assert apply(house, folder, "test") == ["yj_trial"]
    assert set(read(house.settings.home)) == {"sc_trial"}
    (folder.parent / "yj_trial.yml").rename(folder / "yj_trial.yml")
    assert apply(house, folder, "test") == ["yj_trial"]
    assert _versions(house)[-1] == ("yj_trial", 3)


def test_one_wrong_file_changes_nothing(house: House, folder: Path) -> None:
    apply(house, folder, "test")
    before = house.settings.registry_file.read_bytes()
    _edit(folder / "sc_trial.yml", "longest_age: 26h", "longest_age: 27h")
    _edit(folder / "yj_trial.yml", "mode: change", "mode: often")
    with pytest.raises(BadContract):
        apply(house, folder, "test")
    assert house.settings.registry_file.read_bytes() == before
    assert _versions(house) == [("sc_trial", 1), ("yj_trial", 1)]


def test_a_lost_registry_file_is_written_again(house: House, folder: Path) -> None:
    apply(house, folder, "test")
    before = house.settings.registry_file.read_bytes()
    house.settings.registry_file.unlink()
    assert apply(house, folder, "test") == []
    assert house.settings.registry_file.read_bytes() == before


def test_what_is_read_is_what_was_applied(house: House) -> None:
    assert len(apply(house, FOLDER, "test")) == 47
    assert read(house.settings.home) == load_folder(FOLDER)
    with house.engine.connect() as conn:
        assert len(conn.execute(select(post.c.code)).all()) == 50


def test_nothing_applied_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PersonMustAct, match="zhongtai systems apply"):
        read(tmp_path)
    (tmp_path / "registry.json").write_text('{"format":1}', "utf-8")
    with pytest.raises(BadInput, match="another release"):
        read(tmp_path)
    (tmp_path / "registry.json").write_text('{"form', "utf-8")
    with pytest.raises(BadInput, match="is not JSON"):
        read(tmp_path)


def test_dag_files_learn_what_they_need_of_each_system(house: House) -> None:
    apply(house, FOLDER, "test")
    entries = {one.code: one for one in dag_entries(house.settings.home)}
    assert len(entries) == 47
    assert entries["xzsp_items"] == DagEntry(
        "xzsp_items",
        "江西省政务服务事项管理系统",
        "7 * * * *",
        "copies",
        ["item", "material"],
    )
    assert (entries["ga_population"].mode, entries["ga_population"].produces) == ("lookup", [])
    assert (entries["cg_city"].mode, entries["cg_city"].produces) == ("push", ["case", "licence"])


def test_dag_files_parse_where_nothing_was_applied(tmp_path: Path) -> None:
    assert dag_entries(tmp_path) == []


def test_the_home_of_dag_files_is_that_of_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (str(tmp_path), None):
        monkeypatch.delenv("ZHONGTAI_HOME", raising=False)
        if name:
            monkeypatch.setenv("ZHONGTAI_HOME", name)
        assert home_folder() == home_from_environment()


def test_dag_entries_needs_the_standard_library_only() -> None:
    code = "import sys; b=set(sys.modules); import registry.dag_entries; print(*set(sys.modules)-b)"
    told = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    tops = {name.partition(".")[0] for name in told.stdout.split()}
    assert tops - {"registry"} <= set(sys.stdlib_module_names)
