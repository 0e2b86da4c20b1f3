"""`zhongtai match`: which canonical item each name of a file is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(match)


def match(
    queries: Annotated[
        Path, typer.Option("--queries", help="CSV: query_id, query_name, parent, department.")
    ],
    canonical: Annotated[
        Path,
        typer.Option(
            "--canonical", help="CSV: canonical_id, name, department, main_item, task_type."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="The CSV to write.")],
) -> None:
    """Judge each name: same, narrower, broader or none, with the reason and the candidates."""
    from catalog.items.files import match_files

    found = match_files(queries, canonical, out)
    typer.echo(
        f"{found.rows:,} names judged, {found.same:,} the same as a canonical item,"
        f" {found.to_a_person:,} for a person to look at: {out}"
    )
