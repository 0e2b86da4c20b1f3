"""`zhongtai doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import json

import typer

from cli.options import AsJson, Home
from kernel.settings import home_from_environment


def doctor(as_json: AsJson = False, home: Home = None) -> None:
    """What is wrong with the installation, and how to mend it. Exit 2 when a line is bad."""
    from pipeline.doctor import look_over, shown

    lines = look_over((home or home_from_environment()).resolve())
    if as_json:
        typer.echo(json.dumps(shown(lines), ensure_ascii=False, indent=1))
    else:
        for one in lines:
            typer.echo(f"{one.state:<5}{one.check:<20}{one.seen}")
            if one.mend:
                typer.echo(f"{'':<25}→ {one.mend}")
    if any(one.state == "bad" for one in lines):
        raise typer.Exit(2)


def add_to(main: typer.Typer) -> None:
    """The command of this room."""
    main.command("doctor")(doctor)
