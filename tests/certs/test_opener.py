"""Nothing but `certs.looks` opens a licence."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("kernel", "ledger", "registry", "connectors", "landing", "catalog", "certs", "pipeline",
         "portal", "cli", "dags")  # fmt: skip


def naming(word: str) -> set[str]:
    """The files of the product in which a word stands."""
    return {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        if re.search(rf"\b{word}\b", file.read_text(encoding="utf-8"))
    }


def test_one_room_opens_published_licences() -> None:
    assert naming("open_document") == {"certs/licences/holders.py", "certs/looks/opening.py"}
    assert naming("document_of") == {
        "certs/looks/look.py", "certs/looks/opening.py", "certs/looks/ordered.py",
        "certs/looks/own.py",
        "certs/looks/usable.py",
    }  # fmt: skip


def test_every_way_in_asks_the_one_function() -> None:
    for name in ("look", "ordered", "answers", "own", "filling", "usable"):
        text = (ROOT / "certs" / "looks" / f"{name}.py").read_text(encoding="utf-8")
        assert "right.check(" in text
