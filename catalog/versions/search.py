"""Finding a published item by words or by pinyin initials: `spjyxk` finds 食品经营许可."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection

from catalog.items.parse import normal_form
from catalog.versions.read import PublishedItem, items


def search_items(
    conn: Connection, version: int, words: str, limit: int = 20
) -> list[PublishedItem]:
    """Items whose name has every one of the words (by spaces) or their initials, or whose id begins
    so; names that begin with the first word come first, then shorter ones. No words: nothing.
    """
    asked = [normal_form(word) if not word.isascii() else word.lower() for word in words.split()]
    if not asked:
        return []
    found = [
        (not _begins(item, asked[0]), len(item.name), item.name, item.item_id, item)
        for item in items(conn, version)
        if all(_has(item, word) for word in asked)
    ]
    return [entry[-1] for entry in sorted(found, key=lambda entry: entry[:4])[:limit]]


@lru_cache(maxsize=20000)
def initials(name: str) -> str:
    """First letters of a name's pinyin, lower case; letters and digits stay, the rest is left out.

    A character of several readings gives its commonest one.
    """
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(normal_form(name), style=Style.FIRST_LETTER, errors="default")
    return "".join(part for part in "".join(letters).lower() if part.isascii() and part.isalnum())


def _has(item: PublishedItem, word: str) -> bool:
    if word.isascii():
        return word in initials(item.name) or item.item_id.lower().startswith(word)
    return word in normal_form(item.name)


def _begins(item: PublishedItem, word: str) -> bool:
    if word.isascii():
        return initials(item.name).startswith(word)
    return normal_form(item.name).startswith(word)
