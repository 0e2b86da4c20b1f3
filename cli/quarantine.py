"""`zhongtai quarantine`: list, export, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home
from kernel.settings import home_from_environment

app = typer.Typer(help="Rows that were refused, and why.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="A system's code: see `systems list`.")]


@app.command("list")
def list_causes(
    code: Annotated[str | None, typer.Argument(help="A system's code; else all.")] = None,
    home: Home = None,
) -> None:
    """Open refused rows by cause; no value of a row."""
    from pipeline import mending
    from pipeline.sync import system_of
    from pipeline.wiring import open_house
    from registry.applied import read as read_registry

    house = open_house((home or home_from_environment()).resolve())
    systems = [system_of(house, code)] if code else [*read_registry(house.settings.home).values()]
    found = mending.causes(house, systems)
    for one in found:
        typer.echo(
            f"{one.system:<18} {one.stream:<10} {one.rows:>7,}  since {one.first_seen:%Y-%m-%d}  "
            f"{one.owner}  {one.rule}: {one.reason}"
        )
    typer.echo(f"{sum(one.rows for one in found):,} rows in quarantine")


@app.command("export")
def export(
    code: Code,
    out: Annotated[Path, typer.Option("--out", help="The Excel file to write.")],
    by: Annotated[str, typer.Option("--by", help="The account of the department's officer.")],
    home: Home = None,
) -> None:
    """The refused rows with their values, as Excel, for the department only; in the ledger."""
    from kernel.errors import BadInput
    from pipeline.mending import known_account
    from pipeline.refused_book import book
    from pipeline.wiring import open_house

    if out.suffix != ".xlsx" or not out.parent.is_dir():
        raise BadInput(f"{out} must be a file that ends in .xlsx, in a folder that is there")
    house = open_house((home or home_from_environment()).resolve())
    data = book(house, known_account(house, by), code)
    out.touch(0o600)
    out.write_bytes(data)
    typer.echo(f"{out} written; it holds personal data: give it to the department only")


@app.command("replay")
def replay(
    code: Code,
    stream: Annotated[str | None, typer.Option("--stream", help="Only this stream.")] = None,
    home: Home = None,
) -> None:
    """Judge refused rows again by the contract in force."""
    from pipeline.mending import replay_system
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    for name, one in replay_system(house, code, "command line", stream).items():
        typer.echo(
            f"{code} {name}: {one.looked_at:,} looked at, {one.stored:,} stored, "
            f"{one.deleted:,} deleted, {one.superseded:,} overtaken, {one.refused:,} still refused"
        )
