"""`zhongtai ledger`: verify, prove, export, audit; its heads; fetching without them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import By, Home, Why
from kernel.settings import home_from_environment

app = typer.Typer(help="The ledger of every look.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option("--out", help="Write the proof here; else it is shown.")]
Kept = Annotated[
    Path | None, typer.Option("--kept", help="A folder of heads that somebody else keeps.")
]


@app.callback()
def group() -> None:
    """The ledger of every look."""


@app.command("verify")
def verify(home: Home = None) -> None:
    """Recompute every entry and check every signed head; names the first row that disagrees."""
    from ledger.verify import verify as verify_all

    result = verify_all(_opened(home))
    if result.verified:
        typer.echo(f"{result.entries:,} entries, verified")
        return
    typer.echo(f"not verified: {result.problem}", err=True)
    raise typer.Exit(3)


@app.command("prove")
def prove(
    number: Annotated[int, typer.Argument(help="The entry's number; with --old an old size.")],
    size: Annotated[
        int | None, typer.Option("--size", help="In the log of so many entries; else of now.")
    ] = None,
    old: Annotated[
        bool, typer.Option("--old", help="Prove that the log of that size begins the log of now.")
    ] = False,
    out: Out = None,
    home: Home = None,
) -> None:
    """A proof that `ledger audit` checks offline: of an entry, or of an old log's size."""
    from ledger import files, proofs

    with _opened(home).engine.connect() as conn:
        if old:
            made = files.consistency_file(proofs.consistency(conn, number, size))
        else:
            made = files.inclusion_file(proofs.inclusion(conn, number, size))
    if out is None:
        typer.echo(made.decode())
        return
    _write(out, made)
    typer.echo(f"{out}: {len(made):,} bytes")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The file to write.")], home: Home = None
) -> None:
    """The whole log with its signed heads and public keys, as a file for an auditor."""
    from kernel.errors import BadInput
    from ledger.export import export as export_to

    if not file.parent.is_dir():
        raise BadInput(f"{file.parent} is not a folder")
    typer.echo(f"{file}: {export_to(_opened(home), file):,} entries")


@app.command("audit")
def audit(
    file: Annotated[Path, typer.Argument(help="An export, or a proof.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="The ledger's public key that you hold (PEM).")
    ] = None,
    kept: Kept = None,
) -> None:
    """Check an export or a proof offline: no database, no installation; names what disagrees.

    Without --key the keys in the file are believed: it then agrees with itself, no more.
    """
    from cli.ledger_shown import audit_lines

    lines, wrong = audit_lines(file, key, kept)
    for line in lines:
        typer.echo(line)
    if wrong is not None:
        typer.echo(f"not verified: {wrong}", err=True)
        raise typer.Exit(3)


@app.command("heads")
def heads(
    kept: Kept = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 10,
    public_key: Annotated[
        bool, typer.Option("--public-key", help="Show the key that signs them, to keep elsewhere.")
    ] = False,
    home: Home = None,
) -> None:
    """The newest signed heads, and whether signing works; with --kept whether those still hold."""
    from cli.ledger_shown import head_lines, kept_lines, key_lines

    house = _opened(home)
    if public_key:
        typer.echo(key_lines(house), nl=False)
        return
    lines, wrong = kept_lines(house, kept) if kept else head_lines(house, limit)
    for line in lines:
        typer.echo(line)
    if wrong is not None:
        typer.echo(f"not verified: {wrong}", err=True)
        raise typer.Exit(3)


@app.command("sign")
def sign(home: Home = None) -> None:
    """Sign the head now and write it to where heads are kept, as the portal does each minute."""
    from ledger.minute import minute

    typer.echo(minute(_opened(home)))


@app.command("extend")
def extend(
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """Ask that fetching go on four hours longer without signed heads; another person must agree."""
    from ledger import watch

    house = _opened(home)
    until = watch.ask_longer(house, _keeper(house, by), why)
    typer.echo(f"asked; another person must agree, else fetching stops at {until:%Y-%m-%d %H:%M}Z")


@app.command("agree")
def agree(by: By, home: Home = None) -> None:
    """Agree that fetching goes on four hours longer without signed heads; once an outage."""
    from ledger import watch

    house = _opened(home)
    until = watch.agree_longer(house, _keeper(house, by))
    typer.echo(f"fetching goes on until {until:%Y-%m-%d %H:%M}Z")


def _keeper(house: Any, by: str) -> str:
    """An account that may put the stop off. Raises Refused for any other."""
    from kernel.errors import Refused
    from pipeline.mending import known_account

    account = known_account(house, by)
    if account.role not in ("ops", "bureau"):
        raise Refused("only operations and the bureau may put the stop off", reason="role")
    return account.name


def _write(file: Path, data: bytes) -> None:
    from kernel.errors import BadInput

    try:
        file.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from None


def _opened(home: Path | None) -> Any:
    from pipeline.wiring import open_house

    return open_house((home or home_from_environment()).resolve())
