"""`zhongtai trust`: issuers outside the city whose seals are recognised."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import By, Home

app = typer.Typer(help="Issuers outside the city, by signed lists.", no_args_is_help=True)


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="A signed list of issuers, JSON.")],
    by: By,
    home: Home = None,
) -> None:
    """Take a list that the nation or a province signed; it counts until its next update is due."""
    from kernel.errors import BadInput
    from pipeline.mending import known_account

    outside = _outside(home)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    made = outside.take(known_account(outside.house, by), data)
    typer.echo(
        f"list {made.sequence} of {made.authority}: {made.recognised:,} of {made.issuers:,} "
        f"issuers are recognised until {made.next_update:%Y-%m-%d %H:%M}Z"
    )


@app.command("list")
def list_lists(home: Home = None) -> None:
    """The list in force of each authority, and until when."""
    for one in _outside(home).lists():
        state = "expired" if one.expired else "in force"
        typer.echo(
            f"{one.authority}  list {one.sequence}  {state}, next update due "
            f"{one.next_update:%Y-%m-%d %H:%M}Z  {one.recognised:,} of {one.issuers:,} recognised"
        )


def _outside(home: Path | None) -> Any:
    from pipeline.outside import Outside

    return Outside(opened(home))
