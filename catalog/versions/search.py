"""Finding a published item by what people type: its name, a county's name for it, everyday words,
pinyin initials (`spjyxk` finds 食品经营许可), or the beginning of its code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final

from sqlalchemy import Connection, text

from catalog.items.parse import normal_form
from catalog.versions.everyday import meant
from catalog.versions.read import PublishedItem, items

NAMES: Final = text(
    "SELECT item_id, name, local_code FROM catalog.published_mapping WHERE version = :version"
)
DIGEST: Final = text("SELECT digest FROM catalog.version WHERE number = :version")
KEPT: Final = 2  # versions whose names stay in memory


@dataclass(frozen=True)
class _Known:
    """An item with all that it is found by."""

    item: PublishedItem
    name: str
    initials: str
    others: tuple[str, ...]  # what counties call it
    codes: tuple[str, ...]


def search_items(
    conn: Connection, version: int, words: str, limit: int = 20
) -> list[PublishedItem]:
    """Items that have every one of the words (by spaces), the likeliest first. No words: nothing.

    First those whose own name begins with the first word, then whose name holds it, then by
    everyday words, then by a county's name; shorter names before longer.
    """
    asked = [normal_form(word) if not word.isascii() else word.lower() for word in words.split()]
    if not asked:
        return []
    said = [(word, meant(word)) for word in asked]
    found = []
    for one in _names(conn, version):
        ranks = [_rank(one, word, everyday) for word, everyday in said]
        if None not in ranks:
            found.append((ranks[0], len(one.name), one.name, one.item.item_id, one.item))
    found.sort(key=lambda entry: entry[:4])
    return [entry[-1] for entry in found[:limit]]


@lru_cache(maxsize=20000)
def initials(name: str) -> str:
    """First letters of a name's pinyin, lower case; letters and digits stay, the rest is left out.

    A character of several readings gives its commonest one.
    """
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(normal_form(name), style=Style.FIRST_LETTER, errors="default")
    return "".join(part for part in "".join(letters).lower() if part.isascii() and part.isalnum())


def _rank(one: _Known, word: str, everyday: tuple[str, ...]) -> int | None:
    """How well a word fits: 0 the best; None where it does not."""
    if word.isascii():
        begins = any(known.startswith(word) for known in (one.initials, *one.codes))
        return 0 if begins else 1 if word in one.initials else None
    if word in one.name:
        return 0 if one.name.startswith(word) else 1
    if any(real in one.name for real in everyday):
        return 2
    return 3 if any(word in name for name in one.others) else None


#: (version's digest) → its names. A published version never changes; installations do not mix.
_kept: dict[str, list[_Known]] = {}
#: Clerks who ask at once wait for one reading, and do not read each.
_reading = Lock()


def _names(conn: Connection, version: int) -> list[_Known]:
    digest = conn.execute(DIGEST, {"version": version}).scalar()
    if digest is None:
        return []
    known = _kept.get(digest)
    if known is not None:
        return known
    with _reading:
        if digest not in _kept:
            found = _read(conn, version)
            while len(_kept) >= KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[digest] = found
        return _kept[digest]


def _read(conn: Connection, version: int) -> list[_Known]:
    others: dict[str, set[str]] = {}
    codes: dict[str, set[str]] = {}
    for item_id, name, code in conn.execute(NAMES, {"version": version}):
        others.setdefault(item_id, set()).add(normal_form(name))
        codes.setdefault(item_id, set()).add(code.lower())
    return [
        _Known(
            one,
            normal_form(one.name),
            initials(one.name),
            tuple(sorted(others.get(one.item_id, ()))),
            (one.item_id.lower(), *sorted(codes.get(one.item_id, ()))),
        )
        for one in items(conn, version)
    ]
