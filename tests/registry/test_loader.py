"""The loader: good contracts are read, broken ones refused with an exact sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.errors import BadContract
from registry.asyaml import as_yaml
from registry.contract import SingerTransport
from registry.draft_text import whole_text
from registry.loader import load_folder, load_system
from registry.sketch import of_contract

DATA = Path(__file__).parent / "data"
BROKEN: list[dict[str, Any]] = yaml.safe_load((DATA / "broken.yml").read_text("utf-8"))
CODES = {
    "rest_copies": "sc_trial",
    "soap_lookup": "mz_trial",
    "files_full": "jy_trial",
    "exchange": "yj_trial",
    "singer": "wj_trial",
}


def _file(folder: Path, base: str, put: dict[str, str]) -> Path:
    text = (DATA / f"{base}.yml").read_text("utf-8")
    for old, new in put.items():
        assert old in text, f"the base file {base} does not say {old!r}"
        text = text.replace(old, new, 1)
    file = folder / f"{CODES[base]}.yml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("base", CODES)
def test_a_good_contract_is_read(base: str, tmp_path: Path) -> None:
    system = load_system(_file(tmp_path, base, {}))
    assert system.code == CODES[base]
    assert [one.name for one in system.streams.values()] == [*system.streams]


@pytest.mark.parametrize("case", BROKEN, ids=[one["rule"] for one in BROKEN])
def test_a_broken_contract_is_refused_with_its_sentence(
    case: dict[str, Any], tmp_path: Path
) -> None:
    file = _file(tmp_path, case["base"], case["put"])
    with pytest.raises(BadContract) as caught:
        load_system(file)
    wrong = caught.value.message.splitlines()
    starts = [line.startswith(file.name + ", ") for line in wrong]
    assert all(starts)
    assert [line.removeprefix(file.name + ", ") for line in wrong] == case["says"]


def test_every_broken_contract_is_another_rule() -> None:
    rules = [one["rule"] for one in BROKEN]
    assert len(rules) == len(set(rules)) > 70


def test_a_field_is_a_column_or_a_column_with_values(tmp_path: Path) -> None:
    stream = load_system(_file(tmp_path, "rest_copies", {})).streams["licence"]
    assert stream.column("number") == "cert_no"
    assert stream.column("issuer") is None
    assert stream.fields["status"].values == {"A": "valid", "B": "revoked"}


def test_known_columns_are_all_that_the_contract_names(tmp_path: Path) -> None:
    stream = load_system(_file(tmp_path, "exchange", {})).streams["item"]
    assert stream.known_columns() == {"guid", "batch", "op", "done", "ssbm", "sxmc", "cj"}


def test_a_taps_settings_are_what_its_program_takes_and_are_written_as_they_were(
    tmp_path: Path,
) -> None:
    file = _file(tmp_path, "singer", {})
    system = load_system(file)
    assert isinstance(system.transport, SingerTransport)
    assert system.transport.config == {
        "path": "/data/trial",
        "rows": 500,
        "columns": ["a", "b"],
        "tls": True,
        "lists": [{"name": "甲", "all": False}],
    }
    for text in (as_yaml(system), whole_text(of_contract(system))):
        file.write_text(text, "utf-8")
        assert load_system(file) == system


def test_schedule_none_means_no_schedule(tmp_path: Path) -> None:
    assert load_system(_file(tmp_path, "soap_lookup", {})).schedule is None


def test_a_contract_is_frozen(tmp_path: Path) -> None:
    system = load_system(_file(tmp_path, "exchange", {}))
    with pytest.raises(ValueError, match="frozen"):
        system.name = "x"  # type: ignore[misc]


def test_a_folder_says_what_is_wrong_in_all_its_files(tmp_path: Path) -> None:
    _file(tmp_path, "rest_copies", {"level: municipal": "level: city"})
    _file(tmp_path, "exchange", {"dialect: postgresql": "dialect: db2"})
    _file(tmp_path, "soap_lookup", {})
    with pytest.raises(BadContract) as caught:
        load_folder(tmp_path)
    assert [line.split(",")[0] for line in caught.value.message.splitlines()] == [
        "sc_trial.yml",
        "yj_trial.yml",
    ]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadContract, match="holds no system"):
        load_folder(tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sc_trial.yml"
    file.write_bytes("name: 试验".encode("gbk"))
    with pytest.raises(BadContract, match=r"sc_trial\.yml, line 1: the file is not UTF-8"):
        load_system(file)


@pytest.mark.parametrize("base", CODES)
def test_whatever_is_cut_or_put_the_answer_is_a_contract_or_a_sentence(
    base: str, tmp_path: Path
) -> None:
    lines = (DATA / f"{base}.yml").read_text("utf-8").splitlines()
    file = tmp_path / f"{CODES[base]}.yml"
    puts = ["[]", "{}", "[[a]]", "{a: b}", "7", "no", '""', "x", "~", "- a", "|", "'"]
    said: list[str] = []
    for number, line in enumerate(lines):
        key = line.partition(":")[0]
        for new in [None, *(f"{key}: {put}" for put in puts)]:
            kept = [*lines[:number], *([new] if new is not None else []), *lines[number + 1 :]]
            file.write_text("\n".join(kept), "utf-8")
            try:
                load_system(file)
            except BadContract as error:
                said += error.message.splitlines()
    assert len(said) > len(lines)
    assert all(one.startswith(file.name + ", line ") for one in said)


def test_a_character_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sc_trial.yml"
    file.write_text("name: \x07", "utf-8")
    with pytest.raises(BadContract, match=r"sc_trial\.yml, line 1"):
        load_system(file)
