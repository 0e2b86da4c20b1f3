"""`zhongtai certs`: verify a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Home
from kernel.settings import home_from_environment

app = typer.Typer(help="Licences and annotated copies.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Licences and annotated copies."""


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A PDF, OFD, licence file or case package.")],
    as_json: AsJson = False,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", help="A trust file of ours, or a folder of others' certificates."),
    ] = None,
    home: Home = None,
) -> None:
    """Whether a file is untouched, its status, and whether we know its issuer.

    Exit status 0 only for a file that is untouched since an issuer whom we know, and who could
    then, sealed it; else 1. With a trust file, or where there is no installation, nothing but the
    file is read.
    """
    from pipeline import steps

    verdict = steps.verify_any((home or home_from_environment()).resolve(), file, trust)
    if as_json:
        typer.echo(json.dumps(verdict, ensure_ascii=False))
    else:
        for name, value in verdict.items():
            typer.echo(f"{name:<13} {value}")
    sealed = verdict["untouched"] and verdict["issuer_known"]
    if not sealed or verdict["status"] == "not_valid_when_sealed":
        raise typer.Exit(1)


@app.command("trust")
def trust(
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    home: Home = None,
) -> None:
    """Write the public keys and authorities by which anybody verifies our files offline."""
    import hashlib

    from certs.seals.trust import trust_file
    from kernel.errors import BadInput
    from pipeline.wiring import open_house

    data = trust_file(open_house((home or home_from_environment()).resolve()))
    try:
        out.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}") from None
    digest = hashlib.sha256(data).hexdigest()
    typer.echo(f"{out} is written; tell its SHA-256 over another way: {digest}")


@app.command("audit")
def audit(
    documents: Annotated[
        bool, typer.Option("--documents", help="Open each licence, too, and compare its hash.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Check every sealed batch: its signature, its rows, its entry in the ledger.

    Nothing of a licence is shown. Exit status 3, and what disagrees is named, when a row, a seal or
    a batch was changed, removed or put in.
    """
    from dataclasses import asdict

    from certs.licences.audit import audit as audit_all
    from pipeline.wiring import open_house

    found = audit_all(open_house((home or home_from_environment()).resolve()), documents)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        opened = f", {found.documents:,} documents opened" if documents else ""
        typer.echo(f"{found.batches:,} batches, {found.licences:,} licences{opened}")
    for one in () if as_json else found.problems:
        typer.echo(f"not as it was sealed: {one}", err=True)
    if found.problems:
        raise typer.Exit(3)


@app.command("erase")
def erase(
    document: Annotated[str, typer.Option("--document", help="The order's number; it is kept.")],
    by: Annotated[str, typer.Option("--by", help="The bureau's account that does it.")],
    kind: Annotated[str, typer.Option("--kind", help="person or organisation.")] = "person",
    home: Home = None,
) -> None:
    """Erase one holder by destroying keys. The number is read from standard input, never an
    argument. Erase at the source first: a source that still gives a row brings it again."""
    from kernel.errors import BadInput
    from pipeline.erasing import erase_holder
    from pipeline.mending import known_account
    from pipeline.wiring import open_house

    if kind not in ("person", "organisation"):
        raise BadInput(f"a holder is a person or an organisation, not {kind}")
    house = open_house((home or home_from_environment()).resolve())
    account = known_account(house, by)
    number = typer.prompt("The holder's number", hide_input=True, err=True).strip()
    done = erase_holder(house, account, kind, number, document)
    typer.echo(
        f"{done.licences:,} licences lost this holder's key, {done.closed:,} of them nobody opens "
        f"any more; {done.rows:,} landed rows and {done.raw_rows:,} raw rows blanked"
    )
