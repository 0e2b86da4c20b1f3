"""`zhongtai logs`: what the programs wrote of a run, a batch or a request."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated

import typer

from cli.options import AsJson, Home
from kernel.errors import BadInput
from kernel.settings import home_from_environment


def logs(  # noqa: PLR0913, PLR0917 - typer makes each argument an option of the command
    run: Annotated[str | None, typer.Option("--run", help="Lines of this run.")] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", help="Lines of the run that landed this batch.")
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", help="Lines of the request with this number.")
    ] = None,
    system: Annotated[str | None, typer.Option("--system", help="Lines of this system.")] = None,
    level: Annotated[
        str, typer.Option("--level", help="From this level on: info, warning, error.")
    ] = "info",
    days: Annotated[int, typer.Option("--days", min=1, help="How many days back.")] = 7,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Lines of the structured log, the oldest first: of a run from its task to its batches."""
    from pipeline.ops.loglines import Wanted, of_batch, read, said

    if batch is not None and (run is not None or system is not None):
        raise BadInput("--batch names its run and system itself: leave out --run and --system")
    wanted = of_batch(batch) if batch is not None else Wanted(run, system)
    wanted = replace(wanted, request=request, level=level, days=days)
    folder, found = (home or home_from_environment()).resolve(), False
    for line in read(folder, wanted):
        found = True
        typer.echo(json.dumps(line, ensure_ascii=False) if as_json else said(line))
    if not found:
        raise BadInput(f"no such line in {folder}/logs/lines of the last {days} days")


def add_to(main: typer.Typer) -> None:
    """The command of this room."""
    main.command("logs")(logs)
