"""`zhongtai keys`: replace keys while everything serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kernel.settings import home_from_environment

app = typer.Typer(help="The installation's keys.", no_args_is_help=True)

#: What can be replaced.
KINDS = ("storage",)


@app.callback()
def group() -> None:
    """The installation's keys."""


@app.command("rotate")
def rotate(
    kind: Annotated[str, typer.Argument(help="storage: the master key that encrypts values.")],
    by: Annotated[str, typer.Option("--by", help="The account of the person who does it.")],
    home: Annotated[
        Path | None, typer.Option("--home", help="State folder; else ZHONGTAI_HOME, else ./var.")
    ] = None,
) -> None:
    """A new key while everything serves; run again it goes on, and destroys the old key at last."""
    from kernel.errors import BadInput, Refused
    from pipeline.mending import known_account
    from pipeline.rotating import rotate_storage
    from pipeline.wiring import open_house

    if kind not in KINDS:
        raise BadInput(f"no kind of key {kind}; there are {', '.join(KINDS)}")
    house = open_house((home or home_from_environment()).resolve())
    account = known_account(house, by)
    if account.role != "ops":
        raise Refused("only operations replaces keys", reason="role")
    done = rotate_storage(house, account.name)
    typer.echo(f"{done.looked_at:,} values looked at, {done.renewed:,} brought under the new key")
    if done.kept:
        typer.echo(
            "the old key is kept: run this again in 15 minutes and when no sync from before runs; "
            "a run that finds nothing under it destroys it"
        )
    else:
        typer.echo("the old key is destroyed; keep it with the backups that were made under it")
