"""`zhongtai certs`: verify a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kernel.settings import home_from_environment

app = typer.Typer(help="Licences and annotated copies.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Licences and annotated copies."""


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A PDF, OFD or licence file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    home: Annotated[
        Path | None, typer.Option("--home", help="State folder; else ZHONGTAI_HOME, else ./var.")
    ] = None,
) -> None:
    """Whether a file is untouched, its status, and whether we know its issuer.

    Exit status 0 only for a file that is untouched since an issuer whom we know sealed it.
    """
    from pipeline import steps

    verdict = steps.verify_any((home or home_from_environment()).resolve(), file)
    if as_json:
        typer.echo(json.dumps(verdict, ensure_ascii=False))
    else:
        for name, value in verdict.items():
            typer.echo(f"{name:<13} {value}")
    if not (verdict["untouched"] and verdict["issuer_known"]):
        raise typer.Exit(1)
