"""`make bench NAME=sync`: run one bench, print its table, write bench/out/NAME.json."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2,
    }


def main(arguments: list[str]) -> int:
    """Exit 0 when every figure with a goal holds."""
    names = sorted(file.parent.name for file in HERE.glob("*/run.py"))
    if not arguments or arguments[0] not in names:
        print(f"bench: name one of {', '.join(names)}: make bench NAME=sync", file=sys.stderr)
        return 2
    name, *rest = arguments
    figures: dict[str, dict[str, Any]] = importlib.import_module(f"bench.{name}.run").run(rest)
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    document = {"figures": figures, "machine": machine()}
    (out / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    width = max(len(figure) for figure in figures)
    for figure, facts in figures.items():
        mark = {True: "holds", False: "FAILS", None: ""}[facts["holds"]]
        print(f"{figure:<{width}}  {facts['value']:>14}  goal {facts['goal']!s:<12}  {mark}")
    return 1 if any(facts["holds"] is False for facts in figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
