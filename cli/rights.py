"""`zhongtai rights`: roster, orders, alarms. What is about a person goes over the API only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import By, Home, Why

app = typer.Typer(help="The roster, orders of courts and auditors, alarms.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Its number, as listed.")]
Begins = Annotated[str, typer.Option("--since", help="The first day, YYYY-MM-DD.")]


@app.command("roster")
def roster(home: Home = None) -> None:
    """Which post handles which item, from when until when."""
    for one in _rights(home).roster():
        until = one.until or "open"
        typer.echo(f"{one.id:>5}  {one.post}  {one.item}  {one.begins} to {until}  {one.document}")


@app.command("duty")
def duty(
    post: Annotated[str, typer.Argument(help="A post.")],
    item: Annotated[str, typer.Argument(help="An item's id, or * for every item.")],
    since: Begins,
    by: By,
    document: Annotated[str, typer.Option("--document", help="The document's number.")],
    until: Annotated[
        str | None, typer.Option("--until", help="The last day, YYYY-MM-DD; else open.")
    ] = None,
    home: Home = None,
) -> None:
    """Add a line to the roster."""
    rights = _rights(home)
    days = (_day(since), _day(until) if until is not None else None)
    number = rights.set_duty(_who(rights, by), post, item, days, document)
    typer.echo(f"line {number} is in the roster")


@app.command("end-duty")
def end_duty(
    number: Number,
    until: Annotated[str, typer.Option("--until", help="The last day, YYYY-MM-DD.")],
    by: By,
    home: Home = None,
) -> None:
    """Let a line of the roster end with that day."""
    rights = _rights(home)
    rights.end_duty(_who(rights, by), number, _day(until))
    typer.echo(f"line {number} ends with {until}")


@app.command("orders")
def orders(by: By, home: Home = None) -> None:
    """Orders of courts, auditors and discipline inspectors; of whom is not told."""
    rights = _rights(home)
    for one in rights.orders(_who(rights, by)):
        who = f"{one.by} + {one.confirmed_by or 'nobody yet'}"
        typer.echo(f"{one.id:>5}  {one.kind:<10}  {one.document}  until {one.ends:%Y-%m-%d}  {who}")


@app.command("confirm-order")
def confirm_order(number: Number, by: By, home: Home = None) -> None:
    """The second person's yes to an order that another recorded over the API."""
    rights = _rights(home)
    rights.confirm_order(_who(rights, by), number)
    typer.echo(f"order {number} is confirmed")


@app.command("end-order")
def end_order(number: Number, by: By, home: Home = None) -> None:
    """End an order before its time."""
    rights = _rights(home)
    rights.end_order(_who(rights, by), number)
    typer.echo(f"order {number} is ended")


@app.command("alarms")
def alarms(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    home: Home = None,
) -> None:
    """Look for bursts, still cases and cases never confirmed; then list what is open."""
    rights = _rights(home)
    rights.sweep()
    for one in rights.alarms("all" if everything else "open"):
        closed = f"  closed by {one.closed_by}: {one.closed_why}" if one.closed_at else ""
        typer.echo(f"{one.id:>5}  {one.kind}  {one.subject}  {one.detail}{closed}")


@app.command("close-alarm")
def close_alarm(number: Number, by: By, why: Why, home: Home = None) -> None:
    """A person has looked into an alarm."""
    rights = _rights(home)
    rights.close_alarm(_who(rights, by), number, why)
    typer.echo(f"alarm {number} is closed")


def _day(text: str) -> date:
    from kernel.errors import BadInput

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is not a day: write it like 2026-05-01") from None


def _rights(home: Path | None) -> Any:
    from pipeline.rights import Rights

    return Rights(opened(home))


def _who(rights: Any, by: str) -> Any:
    from pipeline.mending import known_account

    return known_account(rights.house, by)
