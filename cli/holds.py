"""`zhongtai holds` and `zhongtai findings`: what waits for a person, and the person's word."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Home, Why
from kernel.settings import home_from_environment

app = typer.Typer(help="Systems of which nothing new is sealed, and why.", no_args_is_help=True)
found = typer.Typer(help="What sources do that no contract says.", no_args_is_help=True)

Code = Annotated[str | None, typer.Argument(help="A system's code; else all.")]
Number = Annotated[int, typer.Argument(help="Its number, as listed.")]
By = Annotated[str, typer.Option("--by", help="The account of the person who says so.")]


@app.command("list")
def list_holds(code: Code = None, home: Home = None) -> None:
    """Open holds, the oldest first."""
    from landing.holds import open_holds
    from pipeline.sync import system_of
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    if code is not None:
        system_of(house, code)
    with house.engine.connect() as conn:
        for one in open_holds(conn, code):
            typer.echo(
                f"{one.id:>5}  {one.system} {one.stream}  {one.kind}  "
                f"since {one.since:%Y-%m-%d}  {one.detail}"
            )


@app.command("release")
def release(number: Number, by: By, why: Why, home: Home = None) -> None:
    """Let a system be sealed again although the figure is not right."""
    from pipeline.mending import known_account, release_hold
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    system = release_hold(house, number, known_account(house, by).name, why)
    typer.echo(f"released; `zhongtai publish` seals what has landed of {system}")


@found.command("list")
def list_findings(code: Code = None, home: Home = None) -> None:
    """Open findings, the oldest first."""
    from landing.read import open_findings
    from pipeline.sync import system_of
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    if code is not None:
        system_of(house, code)
    with house.engine.connect() as conn:
        for one in open_findings(conn, code):
            known = f"  (known to {one.acknowledged_by})" if one.acknowledged_by else ""
            typer.echo(
                f"{one.id:>5}  {one.system} {one.stream}  {one.kind} {one.subject}  "
                f"since {one.first_seen:%Y-%m-%d}  {one.detail}{known}"
            )


@found.command("acknowledge")
def acknowledge(number: Number, by: By, why: Why, home: Home = None) -> None:
    """Say that a finding is known and why it may stay."""
    from pipeline.mending import acknowledge_finding, known_account
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    acknowledge_finding(house, number, known_account(house, by).name, why)
    typer.echo("acknowledged")
