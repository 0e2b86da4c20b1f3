"""docs/contract.md says every key, every allowed value and every field, and its example is good."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from registry import contract
from registry.fields import FIELDS
from registry.loader import load_system

TEXT = (Path(__file__).parents[2] / "docs/contract.md").read_text("utf-8")
MODELS = [
    found
    for name in contract.__all__
    if isinstance(found := getattr(contract, name), type) and issubclass(found, BaseModel)
]


def _choices(hint: object) -> Iterator[str]:
    for one in typing.get_args(hint):
        if typing.get_origin(hint) is typing.Literal:
            yield str(one)
        else:
            yield from _choices(one)


@pytest.mark.parametrize("model", MODELS, ids=[one.__name__ for one in MODELS])
def test_every_key_and_every_allowed_value_is_said(model: type[BaseModel]) -> None:
    for name, key in model.model_fields.items():
        assert f"`{name}`" in TEXT, name
        for value in _choices(key.annotation):
            assert f"`{value}`" in TEXT, f"{name}: {value}"


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_of_a_kind_is_said_and_the_needed_ones_stand_out(kind: str) -> None:
    said = re.search(rf"^\| `{kind}` \| (\*\*.*|[a-z].*) \|$", TEXT, re.MULTILINE)
    assert said
    assert said[1].split(", ") == [
        f"**{one.name}**" if one.required else one.name
        for name, fields in FIELDS.items()
        if name == kind
        for one in fields.values()
    ]


def test_every_meaning_of_a_category_is_said() -> None:
    for fields in FIELDS.values():
        for one in fields.values():
            for value in one.values:
                assert f"`{value}`" in TEXT or f'`"{value}"`' in TEXT, value


def test_the_example_is_a_good_contract(tmp_path: Path) -> None:
    example = TEXT.split("## A whole file")[1].split("```yaml\n")[1].split("```")[0]
    (tmp_path / "sl_trial.yml").write_text(example, "utf-8")
    assert load_system(tmp_path / "sl_trial.yml").code == "sl_trial"
