"""`zhongtai ledger`: verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kernel.settings import home_from_environment

app = typer.Typer(help="The ledger of every look.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The ledger of every look."""


@app.command("verify")
def verify(
    home: Annotated[
        Path | None, typer.Option("--home", help="State folder; else ZHONGTAI_HOME, else ./var.")
    ] = None,
) -> None:
    """Recompute every entry and check every signed head; names the first row that disagrees."""
    from ledger.verify import verify as verify_all
    from pipeline.wiring import open_house

    result = verify_all(open_house((home or home_from_environment()).resolve()))
    if result.verified:
        typer.echo(f"{result.entries:,} entries, verified")
        return
    typer.echo(f"not verified: {result.problem}", err=True)
    raise typer.Exit(3)
