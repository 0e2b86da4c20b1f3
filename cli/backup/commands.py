"""`zhongtai backup …` and `zhongtai restore`."""

from __future__ import annotations

import json
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import AsJson, Home
from kernel.settings import home_from_environment

app = typer.Typer(help="Backups of database and objects together.", no_args_is_help=True)

To = Annotated[Path, typer.Option("--to", help="The backup's folder, on another disk.")]
From = Annotated[Path, typer.Option("--from", help="The backup's folder.")]


@app.callback()
def group() -> None:
    """Backups of database and objects together."""


@app.command("make")
def make(to: To, home: Home = None) -> None:
    """A base backup of the database, then the objects; signed. Keys are named, not copied."""
    from cli.backup.taking import kept_apart, take

    house = _opened(home)
    base, copied = take(house, to.resolve())
    size = sum(one["size"] for one in base.facts["files"].values())
    typer.echo(
        f"{base.folder.name}: database {size // 1024**2:,} MB, {copied.objects:,} objects "
        f"({copied.new:,} new); restores to {base.ended.isoformat()} and, where the log is "
        "followed, to any moment after"
    )
    apart = kept_apart(house.settings.home)
    folders = sorted({name.partition("/")[0] for name in apart})
    typer.echo(
        f"not in it, keep them elsewhere: {' and '.join(f'{one}/' for one in folders)} of "
        f"{house.settings.home} ({len(apart)} files); without the keys nothing of it can be read"
    )


@app.command("follow")
def follow(
    to: To,
    every: Annotated[
        float, typer.Option("--every", min=1, help="Seconds between passes over the objects.")
    ] = 60,
    home: Home = None,
) -> None:
    """Receive the database's log as it is written and copy new objects, until Ctrl-C."""
    from cli.backup import taking

    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    taking.follow(_opened(home), to.resolve(), every, ended, typer.echo)


@app.command("keep")
def keep(
    to: To,
    days: Annotated[int, typer.Option(min=1, help="Days back that can still be restored.")],
) -> None:
    """Let go of what no moment of the last days needs: old bases, log, contents."""
    from kernel.clock import system_clock
    from pipeline.backup.keeping import let_go

    _is_folder(to)
    done = let_go(to.resolve(), system_clock(), days)
    if done is None:
        typer.echo(f"{to} holds no base backup yet: nothing is let go of")
        return
    typer.echo(
        f"let go of {done.bases:,} base backups, {done.segments:,} files of the log, "
        f"{done.contents:,} contents; {to} restores from {done.since.isoformat()} on"
    )


@app.command("list")
def listed(source: From, as_json: AsJson = False) -> None:
    """The base backups of a folder, and until when it can be restored."""
    from pipeline.backup.manifest import bases
    from pipeline.backup.objects import passes

    _is_folder(source)
    whole = bases(source)
    followed = [one.begun for one in passes(source) if one.followed]
    if as_json:
        facts = {
            "bases": [{"name": one.folder.name, **one.facts} for one in whole],
            "followed_until": followed[-1].isoformat() if followed else None,
        }
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for one in whole:
        typer.echo(
            f"{one.folder.name}  from {one.ended.isoformat()}  tables {one.facts['tables']}  "
            f"ledger {one.facts['ledger_size']:,}  key {one.key_id[:16]}"
        )
    if followed:
        typer.echo(f"log and objects until {followed[-1].isoformat()}")


def restore(
    source: From,
    keys: Annotated[Path, typer.Option("--keys", help="The folder of the kept keys.")],
    to: Annotated[Path, typer.Option("--to", help="The new state folder; empty or not there.")],
    at: Annotated[
        str | None, typer.Option("--at", help="A time with its zone; else the newest there is.")
    ] = None,
) -> None:
    """A new state folder as everything stood at a moment, checked before it is said."""
    from cli.backup import restoring

    _is_folder(source)
    moment = _moment(at) if at is not None else None
    done = restoring.restore(source.resolve(), keys.resolve(), to.resolve(), moment, typer.echo)
    whole = done.whole
    typer.echo(f"ledger: {whole.entries:,} entries, verified; root {whole.root[:16]}…")
    typer.echo(f"objects: all {whole.named:,} that the database names are there")
    reached = (done.at or done.base.ended).isoformat()
    last = f"; the last batch landed {whole.last_batch.isoformat()}" if whole.last_batch else ""
    typer.echo(f"{to} stands as of {reached}{last}")
    if done.secrets_gone:
        typer.echo(f"secrets to be put back into {to / 'secrets'}: {', '.join(done.secrets_gone)}")
    typer.echo("erasures ordered after that moment must be ordered again: `zhongtai certs erase`")


def add_to(main: typer.Typer) -> None:
    """The commands of this room."""
    main.add_typer(app, name="backup")
    main.command("restore")(restore)


def _is_folder(folder: Path) -> None:
    from kernel.errors import BadInput

    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder with a backup")


def _moment(text: str) -> datetime:
    from kernel.errors import BadInput

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput(f"{text} is not a time with its zone, like 2026-11-01T00:00:00+08:00")
    return found


def _opened(home: Path | None) -> Any:
    from pipeline.wiring import open_house

    return open_house((home or home_from_environment()).resolve(), "backup")
