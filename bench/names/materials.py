"""`python -m bench.names.materials [FILE …]`: material names read against readers' labels.

Without a file: the dev part of the gold, the own labelled names beside it where they are there,
and the groups of variants whose satisfying licences were labelled by hand.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.names.materials_scoring import Score, score_one, table
from catalog.materials.parse import parse_material
from catalog.materials.proofs import known_proofs

HERE = Path(__file__).resolve().parent
GOALS = {
    "composition": 0.95, "parts": 0.95, "role": 0.95, "form": 0.98, "kind": 0.92, "document": 0.90,
}  # fmt: skip
Answer = tuple[str, list[dict[str, Any]]]
Parser = Callable[[str, str], Answer]


def ours(name: str, item: str) -> Answer:
    """(composition, parts) as `zhongtai materials parse` gives them."""
    material = parse_material(name, known_proofs(), item)
    return material.composition, [
        {"document": p.document, "role": p.role, "form": p.form, "kind": p.kind}
        for p in material.asked
    ]


def score_file(file: Path, parser: Parser = ours) -> Score:
    """Score the names of a labelled file (`gold/README.md` says its columns)."""
    score = Score()
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            wanted = (row["composition"], json.loads(row["parts"]))
            score_one(score, row["material_name"], wanted, parser(row["material_name"], row["item"]))
    return score


def main(arguments: list[str]) -> int:
    """Print each file's table and failures."""
    quiet = "--quiet" in arguments
    files = [Path(one) for one in arguments if one != "--quiet"]
    files = files or [HERE / "gold" / "material_names_dev.csv", *sorted(HERE.glob("own/mat*.csv"))]
    for file in files:
        score = score_file(file)
        print(f"== {file.name}")
        print("\n".join(table(score, GOALS)))
        for what, name, wanted, found in [] if quiet else sorted(score.failures):
            print(f"  {what}: {name}\n      reader: {wanted}\n      ours:   {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
