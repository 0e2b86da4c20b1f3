"""`zhongtai sync`, `pause`, `resume`: one system, by hand."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.options import Home
from kernel.errors import BadInput
from kernel.settings import home_from_environment

Code = Annotated[str, typer.Argument(help="A system's code: see `systems list`.")]
By = Annotated[str | None, typer.Option("--by", help="Who; else the account of this machine.")]


def add_to(app: typer.Typer) -> None:
    """Make the commands known."""
    for command in (sync, pause, resume):
        app.command()(command)


def sync(  # noqa: PLR0913, PLR0917 - typer makes each argument an option of the command
    system: Code,
    full: Annotated[
        bool, typer.Option("--full", help="From the beginning, not the cursor.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check, keep nothing.")
    ] = False,
    stream: Annotated[str | None, typer.Option("--stream", help="Only this stream.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Read a period again: from this day or time.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Up to, not at, this day or time.")
    ] = None,
    record: Annotated[
        list[str] | None, typer.Option("--record", help="Read one record again, by its key.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept-deletes", help="Many rows are gone, and that is right.")
    ] = False,
    why: Annotated[str | None, typer.Option("--why", help="Why that is right.")] = None,
    by: By = None,
    home: Home = None,
) -> None:
    """Sync one system and seal its licences; or read a period or one record of it again."""
    from landing.pauses import reason
    from pipeline import steps
    from pipeline.sync import How
    from pipeline.wiring import open_house

    if (since is None) != (until is None):
        raise BadInput("a period has both ends: give --since and --until")
    if accept != (why is not None):
        raise BadInput("--accept-deletes and --why belong together: say why the deletes are right")
    chosen = [full, dry_run, since is not None, bool(record)]
    if sum(chosen) > 1:
        raise BadInput("choose one of --full, --dry-run, --since with --until, and --record")
    person = by or getpass.getuser()
    house = open_house((home or home_from_environment()).resolve())
    if dry_run:
        lines = steps.dry_run(house, system)
    elif record:
        lines = steps.refresh_by_hand(house, system, stream, record, person)
    else:
        period = (since, until) if since is not None and until is not None else None
        said = reason(why) if why is not None else None
        how = How(stream, period, by=person, why=said, say=typer.echo)
        lines = steps.sync_by_hand(house, system, full, how)
    for line in lines:
        typer.echo(line)


def pause(
    system: Code,
    why: Annotated[str, typer.Option("--why", help="Why; shown on its page.")],
    by: By = None,
    home: Home = None,
) -> None:
    """Let nobody sync a system until it is resumed."""
    from pipeline import steps
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    typer.echo(steps.pause(house, system, by or getpass.getuser(), why))


def resume(system: Code, home: Home = None) -> None:
    """Let a paused system go on."""
    from pipeline import steps
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    typer.echo(steps.resume(house, system))
