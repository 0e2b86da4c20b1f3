"""`zhongtai uses`: items' uses of conditional licence types, decided by the issuing departments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import By, Home, Why

app = typer.Typer(help="Items' uses of conditional licence types.", no_args_is_help=True)

Item = Annotated[str, typer.Argument(help="An item's id in the catalogue.")]
Name = Annotated[str, typer.Argument(help="A licence type.")]
Fields = Annotated[
    list[str] | None, typer.Option("--field", help="A detail field it may have; else all of them.")
]
Answer = Annotated[str, typer.Argument(help="approved or refused.")]


@app.command("list")
def list_uses(
    state: Annotated[
        str | None, typer.Option("--state", help="requested, approved, refused, disputed.")
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", help="Only what this department decides.")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late.")] = False,
    home: Home = None,
) -> None:
    """Every use, who decides it and until when; what is late says by how many working days."""
    for row in _uses(home).rows(state, department, overdue):
        one = row.use
        late = f"  late by {row.overdue_days} working days" if row.overdue else ""
        typer.echo(
            f"{one.state:<9}  due {one.due}  {one.item_id}  {row.item}  {one.licence_type}  "
            f"{one.department}{late}"
        )


@app.command("history")
def history(item: Item, name: Name, home: Home = None) -> None:
    """What was said of one use, the newest first."""
    for one in _uses(home).history(item, name):
        fields = "、".join(one.fields) or "-"
        typer.echo(f"{one.at:%Y-%m-%d %H:%M}Z  {one.state:<9}  {one.by}: {one.why}  [{fields}]")


@app.command("decide")
def decide(
    item: Item, name: Name, answer: Answer, by: By, why: Why = "", field: Fields = None,
    home: Home = None,
) -> None:  # fmt: skip
    """The issuing department's yes or no, by its own officer; a refusal needs a reason."""
    uses = _uses(home)
    (made,) = uses.decide(_who(uses, by), [(item, name)], answer, why, field)
    typer.echo(f"{made.state}: {item} {name}")


@app.command("dispute")
def dispute(item: Item, name: Name, by: By, why: Why, home: Home = None) -> None:
    """Say that a refusal is wrong; the bureau rules."""
    uses = _uses(home)
    uses.dispute(_who(uses, by), (item, name), why)
    typer.echo(f"disputed: {item} {name}")


@app.command("rule")
def rule(
    item: Item, name: Name, answer: Answer, by: By, why: Why, field: Fields = None,
    home: Home = None,
) -> None:  # fmt: skip
    """The bureau's ruling on a dispute; it is final."""
    uses = _uses(home)
    made = uses.rule(_who(uses, by), (item, name), answer, why, field)
    typer.echo(f"{made.state}, finally: {item} {name}")


def _uses(home: Path | None) -> Any:
    from pipeline.uses import Uses

    return Uses(opened(home))


def _who(uses: Any, by: str) -> Any:
    from pipeline.mending import known_account

    return known_account(uses.house, by)
