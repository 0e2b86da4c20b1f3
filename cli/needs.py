"""`zhongtai catalog needs`: what an applicant needs for one or more items."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from cli import asking, forms, waiving
from cli.options import AsJson, Home


def add_to(app: typer.Typer) -> None:
    """The command, those of forms, the bureau's questions and the confirmation of waivers."""
    app.command("needs")(needs)
    forms.add_to(app)
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
