"""`zhongtai report`: the report of a day as a file that a browser opens and prints."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.settings import home_from_environment


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command()(report)


def report(
    day: Annotated[
        str | None, typer.Option("--day", help="A day of the city, YYYY-MM-DD; else today.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the HTML here; else to standard output.")
    ] = None,
    home: Home = None,
) -> None:
    """Runs, rows, refused, late, findings, alarms of a day: the page /ops/report as a file."""
    from pipeline.ops.daily import report as made
    from pipeline.wiring import open_house
    from portal.on_file import daily_file

    house = open_house((home or home_from_environment()).resolve())
    today = house.clock().astimezone(CITY_TIME).date()
    text = daily_file(made(house, _day(day) if day is not None else today), house.clock)
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}") from None
    typer.echo(f"{out} is written")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no day: write it like 2026-11-20") from None
