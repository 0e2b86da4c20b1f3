"""A CSV of material names in, a CSV of what they ask for out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from catalog.materials.parse import parse_material
from catalog.materials.proofs import Proofs, known_proofs
from kernel import csvfiles

NEEDED = ("material_id", "material_name", "item")
GIVEN = ("material_id", "composition", "parts", "confidence")


def parse_file(source: Path, target: Path) -> int:
    """Write `target` with a row for each of `source`, in order; their number.

    Raises BadInput for a file that is no CSV in UTF-8 or GB 18030, is too large or lacks a column;
    then nothing is written.
    """
    csvfiles.check_target(target, source)
    rows = csvfiles.rows_of(source, NEEDED)
    proofs = known_proofs()
    csvfiles.write(target, GIVEN, (_answer(row, proofs) for row in rows))
    return len(rows)


def _answer(row: Mapping[str, str], proofs: Proofs) -> tuple[str, str, str, str]:
    material = parse_material(row["material_name"], proofs, row["item"])
    parts = json.dumps([dict(one.facts()) for one in material.asked], ensure_ascii=False)
    return row["material_id"], material.composition, parts, f"{material.confidence:.2f}"
