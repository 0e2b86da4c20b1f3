"""`zhongtai materials`: what material names ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Material names, and what they ask for.", no_args_is_help=True)


@app.callback()
def materials() -> None:
    """Material names, and what they ask for."""


@app.command("parse")
def parse(
    file: Annotated[
        Path, typer.Option("--materials", help="CSV: material_id, material_name, item.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The CSV to write.")],
) -> None:
    """Take each name apart: documents, holders, forms, and the licence types that satisfy them."""
    from catalog.materials.files import parse_file

    rows = parse_file(file, out)
    typer.echo(f"{rows:,} material names taken apart: {out}")
