"""`zhongtai events`: who is told of events, and telling them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import By, Home

app = typer.Typer(help="Events, told to receivers by signed webhooks.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="The receiver's number, as listed.")]
NEEDED = ("name", "department", "url", "kinds", "secret")
LISTS = ("kinds", "types", "departments")


@app.command("list")
def list_receivers(home: Home = None) -> None:
    """Every receiver, its state and how far it is."""
    for one in _events(home).receivers():
        told = f"{one.told_at:%Y-%m-%d %H:%M}Z" if one.told_at else "-"
        typer.echo(
            f"{one.id:>4}  {one.state:<8}  {one.name}  {one.url}  entry {one.entry}  last {told}  "
            f"{one.waiting} waiting  {one.dead} dead"
        )


@app.command("propose")
def propose(
    file: Annotated[Path, typer.Argument(help="What the receiver wants to hear, JSON.")],
    by: By,
    home: Home = None,
) -> None:
    """Name a receiver of events; the bureau approves it."""
    events = _events(home)
    wanted = _wanted(file)
    typer.echo(f"receiver {events.propose(_who(events, by), wanted)} is proposed")


@app.command("approve")
def approve(
    number: Number,
    by: By,
    address: Annotated[
        list[str] | None,
        typer.Option("--address", help="An IP address that its name has; all of them are named."),
    ] = None,
    home: Home = None,
) -> None:
    """The bureau's yes to a receiver, at exactly these addresses."""
    events = _events(home)
    events.approve(_who(events, by), number, address or [])
    typer.echo(f"receiver {number} is approved")


@app.command("end")
def end(number: Number, by: By, home: Home = None) -> None:
    """Tell a receiver nothing more."""
    events = _events(home)
    events.end(_who(events, by), number)
    typer.echo(f"receiver {number} has ended")


@app.command("replay")
def replay(
    number: Number,
    by: By,
    since: Annotated[
        str | None, typer.Option("--since", help="From this time on, ISO with zone.")
    ] = None,
    entry: Annotated[
        int | None, typer.Option("--entry", help="From this entry of the ledger on.")
    ] = None,
    home: Home = None,
) -> None:
    """Tell everything again from then on, under the same ids; starts one that was given up."""
    from kernel.errors import BadInput

    if (since is None) == (entry is None):
        raise BadInput("say from when: either --since or --entry")
    start: datetime | int = _time(since) if since is not None else int(entry or 0)
    events = _events(home)
    begins = events.replay(_who(events, by), number, start)
    typer.echo(f"receiver {number} is told again from entry {begins.entry} of the ledger")


@app.command("letters")
def letters(number: Number, by: By, home: Home = None) -> None:
    """What a receiver refused, and what waits behind that."""
    events = _events(home)
    for one in events.letters(_who(events, by), number):
        state = (
            f"dead since {one.dead_at:%Y-%m-%d}" if one.dead_at else f"next {one.next_at:%H:%M}Z"
        )
        typer.echo(f"{one.event}  {one.reason}  {one.tries} tries  {state}")


@app.command("deliver")
def deliver(home: Home = None) -> None:
    """Tell every receiver what is due. The task `events` does so each minute."""
    done = _events(home).deliver()
    typer.echo(
        f"{done.receivers:,} receivers: {done.taken:,} events taken, {done.refused:,} refused, "
        f"{done.away:,} receivers away; {done.finished:,} ended cases put on record"
    )
    if done.unsigned:
        typer.echo(f"{done.unsigned:,} receivers wait for their secret: `zhongtai findings list`")


def _wanted(file: Path) -> Any:
    """What the file says. Raises BadInput naming the key that does not fit."""
    from kernel.errors import BadInput
    from pipeline.events import Wanted

    try:
        said = json.loads(file.read_bytes())
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{file} is not JSON") from None
    allowed = (*NEEDED, "types", "departments", "since")
    if not isinstance(said, dict) or set(said) - set(allowed) or set(NEEDED) - set(said):
        raise BadInput(
            f"{file} needs {', '.join(NEEDED)}; allowed are also {', '.join(allowed[5:])}"
        )
    for name, value in said.items():
        texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not (texts if name in LISTS else isinstance(value, str)):
            raise BadInput(f"{file}: {name} is {'a list of texts' if name in LISTS else 'a text'}")
    since = _time(said["since"]) if "since" in said else None
    return Wanted(**{"types": [], "departments": [], **said, "since": since})


def _time(text: str) -> datetime:
    from kernel.errors import BadInput

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no time: write it like 2026-05-01T08:00:00+08:00") from None
    if at.tzinfo is None:
        raise BadInput(f"{text} needs its zone: write it like 2026-05-01T08:00:00+08:00")
    return at


def _events(home: Path | None) -> Any:
    from pipeline.events import Events

    return Events(opened(home))


def _who(events: Any, by: str) -> Any:
    from pipeline.mending import known_account

    return known_account(events.house, by)
