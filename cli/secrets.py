"""`zhongtai secrets`: set, list, check, remove, rotate. A value is read, never an argument."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home
from kernel.secrets import Secrets
from kernel.settings import home_from_environment

app = typer.Typer(
    help="Addresses and secrets, encrypted; contracts name them.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="As the contract names it: capitals, GA_SEAL_URL.")]


@app.command("set")
def set_secret(name: Name, home: Home = None) -> None:
    """Set or replace one; the value comes from standard input or is asked for unseen."""
    from kernel.clock import system_clock

    store = _secrets(home).sealed
    _check_name(name)
    value = sys.stdin.read() if not sys.stdin.isatty() else _asked(name)
    store.put(name, value.rstrip("\r\n"), system_clock())
    typer.echo(f"{name} is set")


@app.command("list")
def list_secrets(home: Home = None) -> None:
    """Names in the encrypted store, when each was set and which systems use it; no values."""
    users = _users(home)
    for name, at in _secrets(home).sealed.names().items():
        typer.echo(f"{name:<32} {at:%Y-%m-%d %H:%M}Z  {', '.join(users.get(name, ())) or '-'}")


@app.command("remove")
def remove(name: Name, home: Home = None) -> None:
    """Take one out of the encrypted store."""
    _secrets(home).sealed.remove(name)
    typer.echo(f"{name} is removed")


@app.command("rotate")
def rotate(home: Home = None) -> None:
    """Seal everything anew under a new data key."""
    typer.echo(f"{_secrets(home).sealed.rotate()} sealed anew")


@app.command("check")
def check(home: Home = None) -> None:
    """Every name that the contracts in force need, and where it is found; exit 2 if one lacks."""
    secrets, missing = _secrets(home), 0
    for name, codes in _users(home).items():
        place = secrets.place(name)
        missing += place is None
        typer.echo(f"{place or 'missing':<12} {name:<32} {', '.join(codes)}")
    if missing:
        typer.echo(f"{missing} missing: `zhongtai secrets set NAME`", err=True)
        raise typer.Exit(2)


def _check_name(name: str) -> None:
    from kernel.errors import BadInput
    from registry.parts import CAPITALS, PATTERNS

    if not re.fullmatch(CAPITALS, name):  # a value typed here by mistake is not repeated
        raise BadInput(f"this is no name of a secret: allowed is {PATTERNS[CAPITALS]}")


def _asked(name: str) -> str:
    return str(typer.prompt(f"{name}", hide_input=True))


def _folder(home: Path | None) -> Path:
    from kernel.settings import load_settings

    return load_settings((home or home_from_environment()).resolve()).home


def _secrets(home: Path | None) -> Secrets:
    return Secrets(_folder(home))


def _users(home: Path | None) -> dict[str, list[str]]:
    """Name -> codes of the systems whose contract in force names it, sorted."""
    from registry.applied import read
    from registry.checks import secret_names

    found: dict[str, list[str]] = {}
    folder = _folder(home)
    if not (folder / "registry.json").is_file():
        return found
    for code, system in read(folder).items():
        for name in secret_names(system):
            found.setdefault(name, []).append(code)
    return dict(sorted(found.items()))
