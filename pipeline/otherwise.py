"""Contracts that make something else of a row than before.

A row that does not change at the source is not read again by itself, so it stays as it was made:
whoever puts such a contract in force is told to read the system from its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kernel.errors import ZhongtaiError
from landing.rawrows import reading
from registry.applied import read
from registry.contract import System

#: Read whole each time, or only when somebody asks: nothing stays as it was.
ANEW = ("full", "lookup")


def in_force(home: Path) -> Mapping[str, System]:
    """The contracts in force; none where none was applied, or by another release."""
    try:
        return read(home)
    except ZhongtaiError:
        return {}


def read_otherwise(before: Mapping[str, System], after: Mapping[str, System]) -> list[str]:
    """Codes of systems of which a stream that goes on from where it was is read otherwise now."""
    return [code for code, system in after.items() if _differs(before.get(code), system)]


def _differs(old: System | None, new: System) -> bool:
    return old is not None and any(
        name in old.streams and reading(old.streams[name]) != reading(stream)
        for name, stream in new.streams.items()
        if stream.mode not in ANEW
    )
