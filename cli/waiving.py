"""`zhongtai catalog waivers`: which licence types may stand for a material, and who said so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import By, Home, Why

app = typer.Typer(help="Waivers: proposed, confirmed, published, withdrawn.", no_args_is_help=True)

Types = Annotated[list[str], typer.Argument(help="Licence types, as listed.")]
Document = Annotated[str, typer.Option("--document", help="The document's number.")]
Dated = Annotated[str, typer.Option("--dated", help="The document's day, YYYY-MM-DD.")]


@app.command("list")
def list_waivers(
    state: Annotated[
        str | None, typer.Option("--state", help="none, proposed, confirmed, published, withdrawn.")
    ] = None,
    home: Home = None,
) -> None:
    """Every licence type, what was said of it, and under which document."""
    from kernel.errors import BadInput
    from pipeline.waiving import STATES

    if state is not None and state not in STATES:
        raise BadInput(f"no state {state} of a waiver; there are {', '.join(STATES)}")
    for row in _waiving(home).rows(state):
        said = row.waiver
        document = said.document if said and said.document else ""
        listed = f"  list {said.list}: {said.list_document}" if said and said.list else ""
        sign = "*" if row.in_force else " "
        typer.echo(
            f"{sign} {row.state:<9}  {row.licence_type}  {row.department}  {document}{listed}"
        )


@app.command("history")
def history(
    name: Annotated[str, typer.Argument(help="A licence type.")], home: Home = None
) -> None:
    """What was said of a licence type, the newest first."""
    for one in _waiving(home).history(name):
        typer.echo(f"{one.at:%Y-%m-%d %H:%M}Z  {one.state:<9}  {one.by}: {one.why}")


@app.command("propose")
def propose(types: Types, by: By, why: Why, home: Home = None) -> None:
    """Say that licence types could be waived."""
    waiving = _waiving(home)
    _say("proposed", waiving.propose(_who(waiving, by), types, why))


@app.command("confirm")
def confirm(types: Types, by: By, document: Document, dated: Dated, home: Home = None) -> None:
    """The competent department's yes, by its own officer, under a document."""
    waiving = _waiving(home)
    _say("confirmed", waiving.confirm(_who(waiving, by), types, document, _day(dated)))


@app.command("publish")
def publish(
    by: By,
    document: Document,
    dated: Dated,
    types: Annotated[
        list[str] | None, typer.Argument(help="Confirmed licence types; else all of them.")
    ] = None,
    home: Home = None,
) -> None:
    """Publish a list of confirmed waivers; they count from the document's day on."""
    waiving = _waiving(home)
    number = waiving.publish(_who(waiving, by), types or [], document, _day(dated))
    typer.echo(f"list {number} is published")


@app.command("withdraw")
def withdraw(types: Types, by: By, why: Why, home: Home = None) -> None:
    """End waivers; the papers must be brought again at once."""
    waiving = _waiving(home)
    _say("withdrawn", waiving.withdraw(_who(waiving, by), types, why))


def _say(state: str, types: list[str]) -> None:
    typer.echo(f"{state}: {'、'.join(types)}")


def _day(text: str) -> date:
    from kernel.errors import BadInput

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is not a day: write it like 2026-05-01") from None


def _waiving(home: Path | None) -> Any:
    from pipeline.waiving import Waiving

    return Waiving(opened(home))


def _who(waiving: Any, by: str) -> Any:
    from pipeline.mending import known_account

    return known_account(waiving.house, by)
