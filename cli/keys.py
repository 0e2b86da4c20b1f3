"""`zhongtai keys`: replace keys while everything serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import By, Home
from kernel.settings import home_from_environment

app = typer.Typer(help="The installation's keys.", no_args_is_help=True)

#: What can be replaced.
KINDS = ("storage", "seal", "ledger")


@app.callback()
def group() -> None:
    """The installation's keys."""


@app.command("rotate")
def rotate(
    kind: Annotated[
        str,
        typer.Argument(
            help="storage: the master key that encrypts values; seal, ledger: keys that sign."
        ),
    ],
    by: By,
    home: Home = None,
) -> None:
    """A new key while everything serves.

    Of storage: run again it goes on, and destroys the old key at last. Of a key that signs: the
    old one stays and verifies what it signed.
    """
    from kernel.errors import BadInput
    from pipeline.rotating import rotate_storage
    from pipeline.signing_keys import rotate_signing

    if kind not in KINDS:
        raise BadInput(f"no kind of key {kind}; there are {', '.join(KINDS)}")
    house, name = _of_operations(home, by)
    if kind != "storage":
        typer.echo(f"the key {rotate_signing(house, kind, name)} signs from now on ({kind})")
        return
    done = rotate_storage(house, name)
    typer.echo(f"{done.looked_at:,} values looked at, {done.renewed:,} brought under the new key")
    if done.kept:
        typer.echo(
            "the old key is kept: run this again in 15 minutes and when no sync from before runs; "
            "a run that finds nothing under it destroys it"
        )
    else:
        typer.echo("the old key is destroyed; keep it with the backups that were made under it")


@app.command("renew")
def renew(
    by: By,
    home: Home = None,
) -> None:
    """Write the certificates anew that end within a year, for the same keys."""
    from pipeline.signing_keys import renew_certificates

    house, name = _of_operations(home, by)
    files = renew_certificates(house, name)
    typer.echo("\n".join(files) if files else "no certificate ends within a year")


def _of_operations(home: Path | None, by: str) -> tuple[Any, str]:
    """The installation, and the name of the account when it may do this."""
    from kernel.errors import Refused
    from pipeline.mending import known_account
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    account = known_account(house, by)
    if account.role != "ops":
        raise Refused("only operations replaces keys", reason="role")
    return house, account.name
