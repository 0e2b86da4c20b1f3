"""`zhongtai alerts`: what is wrong, over which channels it is told, and whether they work."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from cli.options import AsJson, Home
from kernel.errors import RetryLater
from kernel.settings import home_from_environment

app = typer.Typer(help="Alarms about systems, and telling them.", no_args_is_help=True)


@app.command("list")
def list_alarms(
    everything: Annotated[bool, typer.Option("--all", help="The last ended ones too.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Open alarms, the newest first, and what was told of each."""
    from pipeline.ops.desk import Desk
    from pipeline.wiring import open_house

    found = Desk(open_house((home or home_from_environment()).resolve())).alarms()
    rows = [*found.open, *(found.ended if everything else ())]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in rows], ensure_ascii=False, default=str))
        return
    for one in rows:
        state = "open" if one.ended_at is None else f"ended {one.ended_at:%Y-%m-%d %H:%MZ}"
        typer.echo(
            f"{one.id:>5}  {one.kind:<8} {one.subject:<18} since {one.began_at:%Y-%m-%d %H:%MZ}  "
            f"{state}  {one.detail}"
        )
        for note in one.told:
            said = f"sent {note.sent_at:%Y-%m-%d %H:%MZ}" if note.sent_at else str(note.reason)
            typer.echo(f"       {note.channel} {note.what}: {said}")


@app.command("channels")
def list_channels(home: Home = None) -> None:
    """The channels of alerts.yml, checked, and whether the secrets that they name are there."""
    from pipeline.ops import channels
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    found = channels.load(house)
    if not found:
        typer.echo(f"no channels: write {house.settings.home / channels.FILE}")
    for name, one in found.items():
        names = [one.address, getattr(one, "secret", None)]
        missing = [each for each in names if each is not None and not house.secrets.has(each)]
        state = f"missing {', '.join(missing)}" if missing else "secrets are there"
        typer.echo(f"{name:<20} {one.kind:<9} {', '.join(one.alarms) or 'all alarms'}  {state}")


@app.command("test")
def try_channel(
    channel: Annotated[str, typer.Argument(help="A channel's name in alerts.yml.")],
    home: Home = None,
) -> None:
    """Send a message over a channel that says only that it works."""
    from pipeline.ops import telling
    from pipeline.wiring import open_house

    why = telling.trial_of(open_house((home or home_from_environment()).resolve()), channel)
    if why is not None:
        raise RetryLater(f"{channel} did not take the message: {why}")
    typer.echo(f"{channel} took the message")


@app.command("tell")
def tell_now(home: Home = None) -> None:
    """See what is wrong and tell what is due. The portal does so each minute; repeat it freely."""
    from pipeline.ops.telling import tell
    from pipeline.wiring import open_house

    done = tell(open_house((home or home_from_environment()).resolve()))
    typer.echo(
        f"{done.began} alarms began, {done.ended} ended; {done.sent} messages sent, "
        f"{done.waiting} wait, {done.given_up} given up"
    )
