"""Reads `value_words.yml`: what values of categories mean, and columns that say "deleted"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from registry.content import Content, type_named
from registry.fields import FIELDS, StandardField
from registry.mapping_words import plain

FILE = Path(__file__).with_name("value_words.yml")
#: A code and its word in a column's comment: 状态（1-有效 2-注销）.
_CODED = re.compile(r"([0-9A-Za-z]{1,8})\s*[:：=＝\-—–、.．]?\s*([\u4e00-\u9fff]{2,12})")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Deleted:
    """A column that says which rows are deleted: by `value`; `others`: what live rows say."""

    column: str
    value: str
    others: tuple[str, ...]


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


@cache
def _meanings(field: str) -> Mapping[str, str]:
    """value in capitals → meaning. Raises KeyError when the list has a meaning that is none."""
    allowed = next(one[field].values for one in FIELDS.values() if field in one)
    said: dict[str, list[str]] = _words().get(field, {})
    wrong = set(said) - set(allowed)
    if wrong:
        raise KeyError(f"value_words.yml, {field}: {min(wrong)}")
    return {value.upper(): meaning for meaning, values in said.items() for value in values}


def means(standard: StandardField, value: str, comment: str = "") -> str | None:
    """The meaning of a source's value, None where words do not say it.

    `comment`: the column's; it may explain its codes.
    """
    if standard.holds == "licence_type":
        return type_named(value)
    known = _meanings(standard.name)
    bare = _SPACES.sub("", value).upper()
    explained = {code.upper(): word for code, word in _CODED.findall(comment)}
    return known.get(explained.get(bare, "").upper()) or known.get(bare)


def by_number(kinds: Sequence[str | None], shapes: Sequence[str | None]) -> dict[str, str]:
    """What each value of a holder's kind means, by the numbers beside it.

    `shapes`: person or organisation, by the check character of the row's number. A value stands
    for the one that nine of ten of its rows have, when it has more than one.
    """
    seen: dict[str, list[str]] = {}
    for kind, shape in zip(kinds, shapes, strict=True):
        if kind and shape:
            seen.setdefault(kind.strip(), []).append(shape)
    found = {}
    for kind, rows in seen.items():
        first = max(sorted(set(rows)), key=rows.count)
        if len(rows) > 1 and rows.count(first) >= 0.9 * len(rows):  # one row may be wrong
            found[kind] = first
    return found


def deleted_sign(comments: Mapping[str, str], contents: Mapping[str, Content]) -> Deleted | None:
    """The column by which a deleted row is known, None where none is. `comments`: by column."""
    words = _words()["deleted"]
    for column, comment in comments.items():
        named = plain(column) in words["names"]
        said = any(one in (comment, column) for one in words["says"])
        content = contents.get(column)
        if not (named or said) or content is None:
            continue
        for choice in words["values"]:
            known = {choice["deleted"], *choice["live"]}
            if content.values and set(content.values) <= known:
                others = tuple(choice["live"]) if choice["deleted"] in ("D", "DELETE") else ()
                return Deleted(column, choice["deleted"], others)
    return None
