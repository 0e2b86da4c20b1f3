"""`zhongtai catalog needs|fields`: what an applicant needs, what a form asks."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import asking, waiving
from cli.options import AsJson, By, Home


def add_to(app: typer.Typer) -> None:
    """The commands, and below them the bureau's questions and the confirmation of waivers."""
    app.command("needs")(needs)
    app.command("fields")(fields)
    app.add_typer(asking.app, name="ask")
    app.add_typer(waiving.app, name="waivers")


def needs(
    items: Annotated[list[str], typer.Argument(help="Items, by id or by a county's code.")],
    answer: asking.Answers = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What to bring for items, each material once, and the next question that changes it."""
    from pipeline.asking import Asking, answers_of

    made = Asking(asking.opened(home)).whole(items, answers_of(answer or []))
    if as_json:
        typer.echo(json.dumps(asdict(made), ensure_ascii=False, indent=1))
        return
    for item in made.items:
        typer.echo(f"{item.item_id}  {item.name}")
    for one in made.materials:
        sure = "需要" if one.certain else f"视情形（{'、'.join(one.situations)}）"
        need = "" if one.need else "，非必需"
        typer.echo(f"  {sure}{need}  {one.name}")
    for field in made.fields:
        filled = "、".join(f"{one.licence_type or '办件'}·{one.field}" for one in field.filled)
        typer.echo(f"  填写  {field.name}{f'（可由 {filled} 预填）' if filled else ''}")
    if made.next is not None:
        options = " | ".join(f"--answer {made.next.id}:{one}" for one in made.next.options)
        typer.echo(f"请问：{made.next.text}  {options}")


def fields(
    file: Annotated[Path, typer.Argument(help="CSV: item_id, name, type, required (是 or 否).")],
    by: By,
    home: Home = None,
) -> None:
    """Take the fields of items' forms from a file; what their items had is replaced."""
    from kernel.errors import BadInput
    from pipeline.asking import Asking

    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror})") from None
    many = Asking(asking.opened(home)).fields(data, by)
    typer.echo(f"the forms of {many:,} items are taken")
