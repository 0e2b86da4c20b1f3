"""A contract made step by step: what a person said stays, what is open is left to the check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.approval import parse
from registry import sketch
from registry.draft_text import whole_text
from registry.flaws import flaws
from registry.loader import load_system
from registry.sketch_streams import (
    control,
    doubles,
    may_be_used_for,
    uses,
    with_reading,
    with_uses,
    with_values,
)

SYSTEMS = Path(__file__).parents[2] / "connectors" / "systems"
STREAM: dict[str, Any] = {
    "kind": "licence",
    "path": "v",
    "key": ["id"],
    "cursor": "t",
    "deletes": {"sign": "flag", "column": "gone", "value": "D", "others": ["I", "U"]},
    "fields": {"number": "no", "status": {"column": "st", "values": {"1": "valid"}}},
    "details": {"取水地点": "place"},
    "ignore": ["note"],
}
COLUMNS = ["id", "no", "st", "place", "note", "t"]


@pytest.mark.parametrize("file", sorted(SYSTEMS.glob("*.yml")), ids=lambda file: file.stem)
def test_a_contract_in_force_is_the_same_after_it_was_a_sketch(file: Path) -> None:
    system = load_system(file)
    assert parse(whole_text(sketch.of_contract(system))) == system


def test_columns_are_used_for_one_thing_each() -> None:
    assert uses(STREAM) == {
        "note": "ignore", "no": "field:number", "st": "field:status", "place": "detail:取水地点",
    }  # fmt: skip
    assert control(STREAM) == {"id", "t", "gone"}
    assert "field:case_number" not in may_be_used_for(STREAM)


def test_what_is_the_same_in_every_row_is_said_until_a_column_says_it() -> None:
    texts = {
        "mode": "full",
        "always:type": "取水许可证",
        "always:status": "valid",
        "always:no": "x",
    }
    made = with_reading(STREAM, texts, ["id"])
    assert made["always"] == {"type": "取水许可证"}  # status has a column, no is no category
    mapped = with_uses(made, COLUMNS, {"note": "field:type", "st": "field:status"}, {})
    assert "always" not in with_reading(mapped, texts, ["id"])


def test_a_category_keeps_its_meanings_and_a_new_one_gets_what_words_tell() -> None:
    chosen = {"st": "field:status", "no": "field:holder_kind"}
    made = with_uses(STREAM, COLUMNS, chosen, {"no": {"1": 3, "个人": 2}})
    assert made["fields"]["status"] == STREAM["fields"]["status"]
    assert made["fields"]["holder_kind"]["values"]["个人"] == "person"
    assert set(made["fields"]["holder_kind"]["values"]) == {"1", "个人"}
    assert "details" not in made
    assert made["ignore"] == []


def test_a_use_given_twice_stays_with_the_first_and_an_unknown_one_counts_for_nothing() -> None:
    chosen = {"id": "field:number", "no": "field:number", "st": "field:no_such", "note": "ignore"}
    made = with_uses(STREAM, COLUMNS, chosen, {})
    assert made["fields"] == {"number": "id"}
    assert doubles(chosen) == ["no"]
    assert doubles({"a": "ignore", "b": "ignore", "c": "", "d": ""}) == []


def test_a_value_without_a_meaning_stays_open() -> None:
    made = with_values(STREAM, {"status": {"1": "valid", "2": "", "": "revoked"}})
    assert made["fields"]["status"]["values"] == {"1": "valid", "2": "?"}


def test_how_it_is_read_is_said_anew_and_the_rest_stays() -> None:
    texts = {"mode": "full", "sign": "absence", "column": "gone", "basis": "", "document": "文"}
    made = with_reading(STREAM, texts, ["no"])
    assert made["deletes"] == {"sign": "absence"}
    assert (made["mode"], made["key"]) == ("full", ["no"])
    assert made["authorisation"] == {"document": "文"}
    assert "cursor" not in made
    assert made["details"] == STREAM["details"]
    same = with_reading(STREAM, {"sign": "flag", "column": "gone", "value": "D"}, ["id"])
    assert same["deletes"] == STREAM["deletes"]


def test_a_stream_that_was_mapped_stays_when_its_source_is_looked_at_again() -> None:
    said: dict[str, Any] = {"code": "sl_x", "streams": {"licence": STREAM}}
    seen = {"kind": "licence", "path": "v", "fields": {}}
    other = {"kind": "case", "path": "w", "fields": {}}
    found = {"transport": {"kind": "sql"}, "streams": {"licence": other, "licence_2": seen}}
    made = sketch.with_streams(said, found, {"share": "none"})
    assert made["streams"] == {
        "licence_2": {"share": "none", **other},
        "licence": STREAM,
    }


def test_what_a_person_said_of_the_transport_stays_with_its_kind() -> None:
    said = {"transport": {"kind": "files", "complete": "done"}, "streams": {}}
    for kind, complete in (("files", "done"), ("sql", None)):
        found = {"transport": {"kind": kind}, "streams": {}}
        assert sketch.with_streams(said, found, {})["transport"].get("complete") == complete


def test_the_form_says_what_it_can() -> None:
    filled = {
        "name": "某系统",
        "level": "municipal",
        "changes": "daily",
        "letter": "文",
        "share": "",
    }
    made = sketch.of_form("sl_x", filled)
    assert made["name"] == "某系统"
    assert made["schedule"].endswith(" 2 * * *")
    assert "department" not in made
    assert sketch.grants(filled) == {"authorisation": {"document": "文"}}


def test_a_sentence_of_the_check_is_taken_apart() -> None:
    text = "sl_x.yml, line 12, streams.licence.fields.status.values.02: ? is not allowed; allowed"
    found = flaws(f"{text}\nnot a sentence of that form")
    assert (found[0].path, found[0].line) == ("streams.licence.fields.status.values.02", 12)
    assert found[0].text.startswith("? is not allowed")
    assert (found[1].path, found[1].text) == ("", "not a sentence of that form")
