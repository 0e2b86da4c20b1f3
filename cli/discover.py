"""`zhongtai systems discover`: what is there, what it would be, and what remains for a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Home
from kernel.settings import home_from_environment

if TYPE_CHECKING:
    from pipeline.discover import ColumnSeen, Discovered, PlaceSeen


def discover(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ADDRESS] [LIST...]",
            help="A database, folder, sftp or http address (no password); lists or tables.",
        ),
    ] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            "--secret",
            help="The secret with the address; beside one, with what opens it.",
        ),
    ] = None,
    code: Annotated[str | None, typer.Option("--code", help="The new system's code.")] = None,
    auth: Annotated[
        str | None, typer.Option("--auth", help="How one signs in, as transport.auth.kind.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the draft <code>.yml; else printed.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge the rows seen by the draft; keep nothing.")
    ] = False,
    home: Home = None,
) -> None:
    """Look at a system without a contract and draft one. Nothing is written at the source."""
    from kernel.clock import system_clock
    from kernel.errors import BadInput
    from kernel.secrets import Secrets
    from pipeline import discover_out
    from pipeline.discover import discover as look
    from pipeline.discover_target import target_of
    from pipeline.wiring import open_house

    folder = (home or home_from_environment()).resolve()
    if out is not None and not out.is_dir():
        raise BadInput(f"--out {out} is not a folder: make it, or name another")
    house = open_house(folder) if dry_run else None
    secrets = Secrets(folder)
    target = target_of(secrets, what or [], secret, code, auth)
    if out is not None:
        discover_out.refuse_old(out, target.code)
    found = look(target, secrets, system_clock)
    file = discover_out.write(found, out) if out is not None else None
    for line in _lines(found):
        typer.echo(line)
    typer.echo(f"\nThe draft is {file}" if file else f"\n{found.yaml}")
    for line in _ends(found):
        typer.echo(line)
    for line in discover_out.try_out(house, found) if house else ():
        typer.echo(line)


def _lines(found: Discovered) -> Iterator[str]:
    yield f"{found.code} is reached: {found.transport}, {len(found.places)} to look at"
    for place in found.places:
        yield ""
        yield f"{place.path}  {place.comment}".rstrip() + f": {_what(place)}"
        for column in place.columns:
            yield f"  {_column(column)}"
        for row in place.rows:
            yield "  | " + " | ".join(row.values())


def _what(place: PlaceSeen) -> str:
    if place.stream:
        return f"{place.kind}, stream {place.stream}, {place.rows_read:,} rows seen"
    return f"left out: {place.note}"


def _column(column: ColumnSeen) -> str:
    sure = f"{column.field} {column.confidence:.2f}" if column.field else "-"
    counts = ", ".join(f"{value or '(empty)'} x{n}" for value, n in column.values.items())
    said = f" [{counts}]" if column.field and counts else ""
    name = f"{column.name} {column.comment}".rstrip()
    return f"{name:<32} {sure:<24} {column.reason}{said}"


def _ends(found: Discovered) -> Iterator[str]:
    yield f"The strict check of the draft says ({len(found.problems)}):"
    yield from (f"  {one}" for one in found.problems)
    yield "What remains for a person:"
    yield from (f"  {n}. {one}" for n, one in enumerate(found.remains, start=1))
