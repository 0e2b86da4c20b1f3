"""`zhongtai certs`: what cases owe and are told, corrections, packages for the file room."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import By, Home

Why = Annotated[str, typer.Option("--why", help="In a few words; kept sealed.")]
Case = Annotated[str, typer.Argument(help="A case number.")]
Material = Annotated[str, typer.Argument(help="A material's id, as the plan names it.")]
Number = Annotated[int, typer.Argument(help="The number in the list.")]


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("later")(later)
    app.command("promises")(promises)
    app.command("messages")(messages)
    app.command("report")(report)
    app.command("corrections")(corrections)
    app.command("answer")(answer)
    app.command("history")(history)
    app.command("keep-scan")(keep_scan)
    app.command("withdraw-scan")(withdraw_scan)
    app.command("keep-file")(keep_file)
    app.command("package")(package)
    app.command("check-package")(check_package)


def later(home: Home = None) -> None:
    """Fetch what cases were promised while a source rested, and tell their clerks."""
    from pipeline.later import fetch_later

    done = fetch_later(opened(home))
    typer.echo(
        f"{done.cases:,} cases tried: {done.fetched:,} materials fetched, {done.to_bring:,} to be "
        f"brought, {done.overdue:,} overdue, {done.closed:,} of closed cases, {done.open:,} open"
    )
    if done.refused:
        typer.echo(f"{done.refused:,} cases wait for another clerk: the first one has no right now")


def promises(by: By, home: Home = None) -> None:
    """What cases of the account's posts were accepted without, and what became of it."""
    papers, account = _papers(home, by)
    for one in papers.promises(account):
        state = one.outcome or f"open until {one.until}"
        typer.echo(f"{one.case_number}  {one.material}  {one.reason}  {state}")


def messages(
    by: By,
    read: Annotated[int | None, typer.Option("--read", help="Mark this one as read.")] = None,
    home: Home = None,
) -> None:
    """What the platform tells the clerks of the account's posts."""
    papers, account = _papers(home, by)
    if read is not None:
        papers.read(account, read)
    for one in papers.messages(account):
        typer.echo(f"{one.id:>6}  {one.at:%Y-%m-%d %H:%M}Z  {one.text}")


def report(
    case: Case,
    material: Material,
    by: By,
    why: Why,
    field: Annotated[str, typer.Option("--field", help="What is wrong, like 经营场所 or 状态.")],
    home: Home = None,
) -> None:
    """Say that the licence that stands for a material is wrong; plans stop counting it."""
    papers, account = _papers(home, by)
    typer.echo(f"correction {papers.report(account, case, material, field, why)} is reported")


def corrections(by: By, home: Home = None) -> None:
    """An officer's department's corrections, or those of a clerk's posts; open ones first."""
    papers, account = _papers(home, by)
    for one in papers.corrections(account):
        state = one.answer or f"due {one.due}"
        mark = "*" if one.marked else " "
        typer.echo(f"{mark} {one.id:>5}  {state:<14}  {one.licence_type}  {one.field}: {one.why}")


def answer(
    number: Number,
    outcome: Annotated[str, typer.Argument(help="corrected or refused.")],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """The issuing department's answer to a correction."""
    papers, account = _papers(home, by)
    papers.answer(account, number, outcome, why)
    typer.echo(f"correction {number}: {outcome}")


def history(
    licence: Annotated[str, typer.Argument(help="A licence's id, as the ledger has it.")],
    by: By,
    home: Home = None,
) -> None:
    """The states of a licence through all its versions, with reason and time."""
    papers, account = _papers(home, by)
    for one in papers.history(account, licence):
        typer.echo(f"version {one.version}  {one.at:%Y-%m-%d %H:%M}Z  {one.state}: {one.reason}")


def keep_scan(
    case: Case,
    name: Annotated[str, typer.Argument(help="The licence type that the scan is of.")],
    file: Annotated[Path, typer.Argument(help="The scan, a PDF.")],
    by: By,
    until: Annotated[
        str | None, typer.Option("--until", help="The paper's own last day, YYYY-MM-DD.")
    ] = None,
    home: Home = None,
) -> None:
    """Keep a scan that this clerk has compared with the original; the next window may use it."""
    papers, account = _papers(home, by)
    last = _day(until) if until else None
    typer.echo(f"scan {papers.keep_scan(account, case, name, _bytes(file), last)} is kept")


def withdraw_scan(
    scan: Annotated[str, typer.Argument(help="A scan's id.")], by: By, home: Home = None
) -> None:
    """A scan was compared wrongly, or is another's: it stands for nothing any more."""
    papers, account = _papers(home, by)
    papers.withdraw_scan(account, scan)
    typer.echo(f"scan {scan} is withdrawn")


def keep_file(
    licence: Annotated[str, typer.Argument(help="A licence's id, as the ledger has it.")],
    file: Annotated[Path, typer.Argument(help="The issuer's own PDF or OFD.")],
    by: By,
    home: Home = None,
) -> None:
    """Verify the issuer's own file of a licence and keep it, encrypted."""
    papers, account = _papers(home, by)
    found = papers.keep_file(account, licence, _bytes(file))
    typer.echo(f"{file} is kept: {found.status}, {found.reason or 'untouched'}")


def package(
    case: Case,
    by: By,
    out: Annotated[Path, typer.Option("--out", help="The .zip to write.")],
    home: Home = None,
) -> None:
    """Write a case's package for the file room: copies, proofs, a sealed manifest."""
    from kernel.errors import BadInput

    papers, account = _papers(home, by)
    made = papers.package(account, case)
    try:
        out.write_bytes(made.data)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}") from None
    typer.echo(f"{out} is written, {len(made.data):,} bytes")


def check_package(
    file: Annotated[Path, typer.Argument(help="A package that `certs package` wrote.")],
    trust: Annotated[
        Path | None, typer.Option("--trust", help="A trust file of ours; else the installation's.")
    ] = None,
    home: Home = None,
) -> None:
    """Check a package offline: its seal, every file and proof. Exit status 0 only when all hold."""
    from pipeline.papers import check_package as check

    house = None if trust is not None else opened(home)
    found = check(house, file, trust)
    if found.problem is not None:
        typer.echo(f"{file} does not hold: {found.problem}", err=True)
        raise typer.Exit(1)
    seal = "" if found.sealed else "; an old one: its manifest is not sealed"
    typer.echo(f"{file}: case {found.case}, {found.copies:,} copies, all proved{seal}")


def _bytes(file: Path) -> bytes:
    from kernel.errors import BadInput

    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None


def _day(text: str) -> date:
    from kernel.errors import BadInput

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is not a day: write it like 2026-05-01") from None


def _papers(home: Path | None, by: str) -> Any:
    from pipeline.mending import known_account
    from pipeline.papers import Papers

    house = opened(home)
    return Papers(house), known_account(house, by)
