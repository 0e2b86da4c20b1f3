"""A CSV of material names in, a CSV of what they ask for out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.materials.parse import parse_material
from catalog.materials.proofs import Proofs, known_proofs
from kernel.errors import BadInput

NEEDED = ("material_id", "material_name", "item")
GIVEN = ("material_id", "composition", "parts", "confidence")


def parse_file(source: Path, target: Path) -> int:
    """Write `target` with a row for each of `source`, in order; their number.

    Raises BadInput for a file that is no UTF-8 CSV or lacks a column; then nothing is written.
    """
    if not target.parent.is_dir():
        raise BadInput(f"{target.parent} is no folder: name a file in a folder that is there")
    if target.is_dir():
        raise BadInput(f"{target} is a folder: name a file in it")
    if source.resolve() == target.resolve():
        raise BadInput(f"{target} is the file that is read: name another one to write")
    rows = list(_rows(source))
    proofs = known_proofs()
    try:
        _write(target, rows, proofs)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}") from None
    return len(rows)


def _write(target: Path, rows: Iterable[tuple[str, str, str]], proofs: Proofs) -> None:
    """The answers beside the target, then in its place: a broken run leaves what was there."""
    part = target.with_name(target.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(GIVEN)
        for key, name, item in rows:
            material = parse_material(name, proofs, item)
            parts = json.dumps([dict(one.facts()) for one in material.asked], ensure_ascii=False)
            out.writerow((key, material.composition, parts, f"{material.confidence:.2f}"))
    part.replace(target)


def _rows(source: Path) -> Iterator[tuple[str, str, str]]:
    """(id, name, item) of each row."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise BadInput(
                    f"{source}: the column {missing[0]} is missing; needed: {', '.join(NEEDED)}"
                )
            for row in reader:
                if any(row[name] is None for name in NEEDED):
                    raise BadInput(f"{source}: line {reader.line_num} has too few columns")
                yield row["material_id"], row["material_name"], row["item"]
    except UnicodeDecodeError:
        raise BadInput(f"{source} is not UTF-8: save it as CSV UTF-8") from None
    except csv.Error as error:
        raise BadInput(f"{source}: no CSV: {error}") from None
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}") from None
