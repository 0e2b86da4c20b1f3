"""`zhongtai doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Home
from kernel.settings import home_from_environment


def doctor(
    as_json: AsJson = False,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Write evidence for an examiner into this folder instead."),
    ] = None,
    home: Home = None,
) -> None:
    """What is wrong with the installation, and how to mend it. Exit 2 when a line is bad."""
    from pipeline.doctor import look_over, shown

    place = (home or home_from_environment()).resolve()
    if evidence is not None:
        _evidence(place, evidence.resolve())
        return
    lines = look_over(place)
    if as_json:
        typer.echo(json.dumps(shown(lines), ensure_ascii=False, indent=1))
    else:
        for one in lines:
            typer.echo(f"{one.state:<5}{one.check:<20}{one.seen}")
            if one.mend:
                typer.echo(f"{'':<25}→ {one.mend}")
    if any(one.state == "bad" for one in lines):
        raise typer.Exit(2)


def _evidence(home: Path, folder: Path) -> None:
    """Clause by clause, with what is seen now; two files."""
    from kernel.clock import system_clock
    from pipeline.evidence.samples import samples
    from pipeline.evidence.written import write

    for line in write(folder, samples(home), system_clock()):
        typer.echo(line)
    typer.echo(f"written: {folder / 'evidence.md'}, {folder / 'evidence.json'}")


def add_to(main: typer.Typer) -> None:
    """The command of this room."""
    main.command("doctor")(doctor)
