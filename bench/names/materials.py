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
from registry import licence_types

HERE = Path(__file__).resolve().parent
GOALS = {
    "composition": 0.95, "parts": 0.95, "role": 0.95, "form": 0.98, "kind": 0.92, "document": 0.90,
}  # fmt: skip
SATISFIED = {"same": 0.95, "satisfiable_by": 0.95, "compound": 0.95, "satisfied": 0.95}
VARIANTS = HERE.parents[1] / "tests" / "data" / "materials_variant_groups_handlabelled.csv"
DEV = HERE / "gold" / "material_names_dev.csv"
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
            name, wanted = row["material_name"], (row["composition"], json.loads(row["parts"]))
            score_one(score, name, wanted, parser(name, row["item"]))
    return score


#: Labelled licences whose name here is another.
_CALLED = {"中华人民共和国居民身份证": "居民身份证"}
#: What was labelled as satisfied by more than one type: an applicant's, who may be an organisation.
_OPEN = "身份证明（不限居民身份证，勿等同）"


def score_satisfied(file: Path) -> Score:
    """Score the licence types that satisfy each hand-labelled variant.

    Right: the labelled type where the registry has it, and none where it has not; a compound in
    several parts; several types where the label says that one alone is too narrow.
    """
    score = Score()
    types = licence_types.load()
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            name = row["material_name_as_written"]
            wanted = _CALLED.get(row["canonical_licence"], row["canonical_licence"])
            asked = parse_material(name, known_proofs(), row["item"]).asked
            found = sorted({one for part in asked for one in part.licence_types})
            right = wanted in found if wanted in types else not found
            if wanted == _OPEN:
                right = "居民身份证" in found and "营业执照" in found
            elif row["relation"] == "compound":
                right = right and len(asked) > 1
            score.add(name, row["relation"], wanted, " ".join(found), right)
            score.add(name, "satisfied", wanted, " ".join(found), right)
    return score


def figures(files: list[Path] | None = None) -> dict[str, dict[str, Any]]:
    """Each share with its goal, as `make bench` prints and keeps them; of every file."""
    found: dict[str, dict[str, Any]] = {}
    for file in files or known_files():
        satisfied = file == VARIANTS
        score = score_satisfied(file) if satisfied else score_file(file)
        for what, goal in (SATISFIED if satisfied else GOALS).items():
            share = score.shares[what]
            low, high = share.interval()
            found[f"materials {file.stem} {what}"] = {
                "value": round(share.value, 4),
                "goal": goal,
                "holds": share.value >= goal,
                "right": share.right,
                "of": share.of,
                "interval": [round(low, 4), round(high, 4)],
            }
    return found


def known_files() -> list[Path]:
    """The dev part of the gold, the own labelled names where they are there, the variants."""
    return [DEV, *sorted(HERE.glob("own/materials_*.csv")), VARIANTS]


def main(arguments: list[str]) -> int:
    """Print each file's table and failures."""
    quiet = "--quiet" in arguments
    files = [Path(one) for one in arguments if one != "--quiet"]
    files = files or known_files()
    missing = next((file for file in files if not file.is_file()), None)
    if missing:
        print(f"bench.names.materials: {missing} is not there", file=sys.stderr)
        return 2
    for file in files:
        satisfied = "variant" in file.name
        score = score_satisfied(file) if satisfied else score_file(file)
        print(f"== {file.name}")
        print("\n".join(table(score, SATISFIED if satisfied else GOALS)))
        for what, name, wanted, found in [] if quiet else sorted(score.failures):
            print(f"  {what}: {name}\n      reader: {wanted}\n      ours:   {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
