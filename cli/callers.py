"""`zhongtai callers`: grants of calling systems. Their keys are secrets, set by `secrets set`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import opened
from cli.options import AsJson, By, Home, Why

app = typer.Typer(help="Grants of calling systems.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The caller's code.")]
KEYS = (
    "code, name, department, secret, operations, items, types, networks, per_minute, per_day, "
    "begins, ends, document"
)


@app.command("list")
def list_(as_json: AsJson = False, home: Home = None) -> None:
    """Every grant and application, the newest of a caller first."""
    found = _callers(home).listed()
    if as_json:
        rows = [asdict(one) for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        state = "paused" if one.paused_at else f"approved by {one.approved_by or 'nobody yet'}"
        typer.echo(
            f"{one.id:>5}  {one.code}  {one.name}  {one.department}  {','.join(one.operations)}  "
            f"{one.per_minute}/min {one.per_day}/day  "
            f"{one.begins:%Y-%m-%d} to {one.ends:%Y-%m-%d}  {state}"
        )


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help=f"A JSON object with {KEYS}.")],
    by: By,
    home: Home = None,
) -> None:
    """Ask for a grant; another person approves it."""
    new = _application(file)
    callers = _callers(home)
    number = callers.apply(_who(callers, by), new)
    typer.echo(f"application {number} waits for another person's approval")


@app.command("approve")
def approve(
    number: Annotated[int, typer.Argument(help="Its number, as listed.")], by: By, home: Home = None
) -> None:
    """The second person's yes; from now on it is the caller's grant."""
    callers = _callers(home)
    code = callers.approve(_who(callers, by), number)
    (one,) = [one for one in callers.listed() if one.id == number]
    typer.echo(f"{code} {'stays paused: resume it' if one.paused_at else 'may call'}")


@app.command("pause")
def pause(code: Code, by: By, why: Why, home: Home = None) -> None:
    """Take no more calls of it."""
    callers = _callers(home)
    callers.pause(_who(callers, by), code, why)
    typer.echo(f"{code} is paused")


@app.command("resume")
def resume(code: Code, by: By, home: Home = None) -> None:
    """Take its calls again."""
    callers = _callers(home)
    callers.resume(_who(callers, by), code)
    typer.echo(f"{code} may call again")


def _application(file: Path) -> Any:
    from kernel.csvfiles import text_of
    from kernel.errors import BadInput
    from registry.callers import NewGrant

    lists = {"operations", "items", "types", "networks"}
    try:
        said = json.loads(text_of(file, 1024**2))
        if set(said) != set(KEYS.split(", ")):
            raise BadInput(f"{file} must hold exactly the keys {KEYS}")
        times = {name: datetime.fromisoformat(said[name]) for name in ("begins", "ends")}
    except (ValueError, TypeError):
        raise BadInput(f"{file} must be a JSON object with {KEYS}; times as ISO 8601") from None
    counts = {"per_minute", "per_day"}
    kinds = {name: list if name in lists else int if name in counts else str for name in said}
    wrong = sorted(name for name, kind in kinds.items() if type(said[name]) is not kind)
    wrong += sorted(one for one in lists - set(wrong) if not all(_text(x) for x in said[one]))
    if wrong:
        raise BadInput(f"{file}: these keys have another type than is meant: {', '.join(wrong)}")
    return NewGrant(**{**said, **times, **{name: tuple(said[name]) for name in lists}})


def _text(value: object) -> bool:
    return isinstance(value, str)


def _callers(home: Path | None) -> Any:
    from pipeline.callers import Callers

    return Callers(opened(home))


def _who(callers: Any, by: str) -> Any:
    from pipeline.mending import known_account

    return known_account(callers.house, by)
