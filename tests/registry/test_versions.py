"""Contracts written as YAML, compared and said in Chinese: over all 47 systems."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from registry.asyaml import as_yaml
from registry.checks import secret_names
from registry.contract import System, Transport
from registry.loader import load_folder, load_system
from registry.summary import TRANSPORTS, rhythm, summary
from registry.versions import differences

SYSTEMS = load_folder(Path(__file__).parents[2] / "connectors" / "systems")


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=list(SYSTEMS))
def test_what_is_written_is_the_same_contract(system: System, tmp_path: Path) -> None:
    file = tmp_path / f"{system.code}.yml"
    file.write_text(as_yaml(system), "utf-8")
    assert load_system(file) == system
    assert len(file.read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=list(SYSTEMS))
def test_the_summary_names_every_column_that_is_used(system: System) -> None:
    text = "".join(summary(system))
    for stream in system.streams.values():
        for one in stream.fields.values():
            assert one.column in text
        assert stream.authorisation.document in text


def test_every_kind_of_transport_has_a_word_in_the_summary() -> None:
    models = get_args(get_args(Transport)[0])
    kinds = {one for model in models for one in get_args(model.model_fields["kind"].annotation)}
    assert set(TRANSPORTS) == kinds


def test_the_service_id_of_the_national_gateway_is_no_secret_that_is_missing() -> None:
    names = ["MZ_MARRIAGE_URL", "MZ_MARRIAGE_ID", "MZ_MARRIAGE_SECRET"]
    assert secret_names(SYSTEMS["mz_marriage"]) == names


def test_a_difference_names_its_path_and_whether_rows_must_be_read_anew() -> None:
    old = SYSTEMS["sc_food"].model_dump(mode="json")
    new = SYSTEMS["sc_food"].model_dump(mode="json")
    new["contact"] = "别的岗位"
    new["streams"]["licence"]["fields"]["issued"]["column"] = "fzrq"
    found = differences(old, new)
    was = old["streams"]["licence"]["fields"]["issued"]["column"]
    assert [str(one) for one in found] == [
        f"contact: {old['contact']} -> 别的岗位",
        f"streams.licence.fields.issued: {was} -> fzrq  [needs a full read]",
    ]
    assert differences(old, old) == []


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("15 * * * *", "每小时读取一次"),
        ("*/5 * * * *", "每 5 分钟读取一次"),
        ("30 2 * * *", "每天 2:30 读取一次"),
        ("0 8 * * 1-5", "按计划“0 8 * * 1-5”读取"),
        (None, "不定时读取"),
    ],
)
def test_a_schedule_is_said_in_words(schedule: str | None, said: str) -> None:
    assert rhythm(schedule) == said
