"""The gold and the names of our own: rows of labelled item names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CANONICAL = HERE / "gold" / "canonical_items.csv"
DEV = HERE / "gold" / "item_names_dev.csv"
OWN = HERE / "own"
RELATIONS = ("same", "narrower", "broader", "none")


@dataclass(frozen=True)
class Labelled:
    """A name and what two readers (or one of our own) said of it."""

    id: str
    name: str
    place: str
    parent: str
    department: str
    relation: str
    ids: tuple[str, ...]
    sure: bool


def labelled(file: Path) -> list[Labelled]:
    """The rows of a file, in its order."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            Labelled(
                row["query_id"],
                row["query_name"],
                row["query_place"],
                row["parent"],
                row["department"],
                row["relation"],
                tuple(row["canonical_ids"].split()),
                row["sure"] != "n",
            )
            for row in csv.DictReader(lines)
        ]


def canonical() -> list[dict[str, str]]:
    """The canonical items as they stand in the file."""
    with CANONICAL.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
