"""The fault matrix as data, and as the page of the docs: `python -m tests.kit.matrix --write`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "fault-matrix.md"
_DATA: dict[str, Any] = yaml.safe_load((HERE / "cells.yml").read_text("utf-8"))
#: Transport -> the system that stands for it.
TRANSPORTS: dict[str, str] = _DATA["transports"]
#: Fault -> what it is, in a few words.
FAULTS: dict[str, str] = _DATA["faults"]
#: What a cell needs to be understood, and why others cannot be.
NOTES: dict[str, str] = _DATA["notes"]
#: Transport and fault -> the end, and the sentence that a person reads.
CELLS: dict[tuple[str, str], tuple[str, str]] = {
    (transport, fault): (one["end"], one.get("says", ""))
    for transport, cells in _DATA["cells"].items()
    for fault, one in cells.items()
}

HEAD = """# The fault matrix

What a source can do wrong, on each transport, and how the read ends. Every cell is run by
`tests/kit/test_matrix.py`: a system of the sandbox city goes wrong, the connector reads it, the
landing takes it; then the source is right again, and the next read must end with stored and
quarantined rows together as many as the truth has. No cell may end in wrong rows without a word.

This page is made from `tests/kit/cells.yml` by `python -m tests.kit.matrix --write`.

| word | says |
|---|---|
| right rows | all true rows are there, none other; nobody has to do anything |
| right rows after a retry | the first request went wrong, a later one did not |
| finding KIND | the department sees it on its page until it ends |
| quarantined | the rows in question wait with their reason; the others have landed |
| error TYPE | the run failed with one sentence; see `kernel/errors.py` for what to do next |
| nothing landed, rows as before | no row of the wrong read was taken |
| rows as given | the rows say what the source said, and a finding tells how that is new |
| no answer, the plan goes on | the clerk reads why, and the certificate is asked for as before |
"""


def page() -> str:
    """The page of the docs."""
    parts = [
        HEAD,
        _table(),
        "–: cannot be, or is the same as another.\n",
        _notes(),
        "## What a person reads\n",
        _sentences(),
    ]
    return "\n".join(parts)


def _table() -> str:
    lines = [
        f"## Ends\n\n| fault | {' | '.join(TRANSPORTS)} |",
        "|---" * (len(TRANSPORTS) + 1) + "|",
    ]
    for fault, what in FAULTS.items():
        ends = [CELLS.get((transport, fault), ("–", ""))[0] for transport in TRANSPORTS]
        lines.append(f"| {what} (`{fault}`) | {' | '.join(ends)} |")
    systems = ", ".join(f"{transport} `{code}`" for transport, code in TRANSPORTS.items())
    return "\n".join([*lines, "", f"Systems: {systems}.", ""])


def _notes() -> str:
    return "\n".join(f"- {what}: {why}" for what, why in NOTES.items()) + "\n"


def _sentences() -> str:
    """The sentences, each once, with the cells that end so. N: a number."""
    said: dict[str, list[str]] = {}
    for (transport, fault), (_, says) in CELLS.items():
        if says:
            anyone = says.replace(TRANSPORTS[transport], "SYSTEM")
            said.setdefault(anyone, []).append(f"{transport} `{fault}`")
    lines = ["N stands for a number, SYSTEM for its code.", "", "| cells | sentence |", "|---|---|"]
    lines += [f"| {', '.join(cells)} | {_cell(says)} |" for says, cells in said.items()]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


def main(arguments: list[str]) -> int:
    """Write the page. Anything but `--write` is refused."""
    if arguments != ["--write"]:
        print("say `python -m tests.kit.matrix --write`", file=sys.stderr)
        return 2
    DOCS.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
