"""`zhongtai systems`: the way in (form to confirmation) and versions (submit to roll-back)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import By, Home
from cli.systems import Folder, app
from kernel.settings import home_from_environment

__all__ = ["app"]

Code = Annotated[str, typer.Argument(help="A system's code.")]
Excel = Annotated[Path, typer.Argument(help="The filled-in form, .xlsx.")]


@app.command("form")
def form(out: Annotated[Path, typer.Option("--out", help="Where to write it, .xlsx.")]) -> None:
    """Write the empty form that a department's officer fills in."""
    from kernel.errors import BadInput
    from registry.formwrite import write_form

    try:
        out.write_bytes(write_form())
    except OSError as error:
        raise BadInput(f"{out} cannot be written ({error.strerror})") from None
    typer.echo(f"{out} is written")


@app.command("register")
def register(file: Excel, by: By, home: Home = None) -> None:
    """Read a filled form strictly; the system is then applied for."""
    code = _registering(home).take_form(_bytes(file), by, None)
    typer.echo(f"{code} is registered: `zhongtai systems states`")


@app.command("states")
def show_states(
    code: Annotated[str | None, typer.Argument(help="A code: its history too.")] = None,
    home: Home = None,
) -> None:
    """Where each system stands, days in it, and whom it waits for."""
    registering = _registering(home)
    history = registering.history(code) if code else []
    for one in registering.rows():
        if code in (None, one.code):
            typer.echo(
                f"{one.state:<12} {one.days:>4} d  waits for {one.waits_for:<10} "
                f"{one.code:<18} {one.department} {one.name}"
            )
    for change in history:
        typer.echo(f"  {change.at:%Y-%m-%d %H:%M}Z {change.state:<12} {change.by}: {change.why}")


@app.command("move")
def move(
    code: Code,
    state: Annotated[str, typer.Argument(help="not_applied, applied, authorised, testing, live.")],
    by: By,
    why: Annotated[str, typer.Option("--why", help="The reason, without anyone's number.")],
    home: Home = None,
) -> None:
    """Move a system one step, forward only with what the step needs."""
    _registering(home).move(code, state, by, why)
    typer.echo(f"{code} is {state}")


@app.command("summary")
def summary(code: Code, home: Home = None) -> None:
    """What the officer confirms, in plain Chinese, with masked sample rows."""
    page = _registering(home).summary(code, None)
    for sentence in page.sentences:
        typer.echo(sentence)
    for sample in page.samples:
        if sample.problem:
            typer.echo(f"{sample.stream}: {sample.problem}")
        for row in sample.rows:
            pairs = zip(sample.columns, row, strict=True)
            typer.echo(f"{sample.stream}  " + "  ".join(f"{c}={v}" for c, v in pairs))


@app.command("submit")
def submit(
    file: Annotated[Path, typer.Argument(help="The contract's YAML.")], by: By, home: Home = None
) -> None:
    """Check a contract and hand it on for another person's approval."""
    from kernel.errors import BadInput

    try:
        text = _bytes(file).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8") from None
    made = _registering(home).submit(text, by)
    for change in made.changes:
        typer.echo(f"  {change}")
    typer.echo(f"{made.system} version {made.version} waits: `zhongtai systems approve`")


@app.command("approve")
def approve(
    code: Code,
    version: Annotated[int, typer.Argument(help="As `submit` said it.")],
    by: By,
    folder: Folder = None,
    home: Home = None,
) -> None:
    """Put another person's draft in force: its file is written and applied."""
    _registering(home, folder).approve(code, version, by)
    typer.echo(f"{code} version {version} is in force")


@app.command("versions")
def versions(code: Code, home: Home = None) -> None:
    """Every version that was in force, the newest first."""
    for one in _registering(home).versions(code):
        gone = "  taken out" if one.gone else ""
        typer.echo(f"{one.number:>4}  {one.at:%Y-%m-%d %H:%M}Z  {one.digest[:12]}  {one.by}{gone}")


@app.command("diff")
def diff(
    code: Code,
    old: Annotated[int | None, typer.Argument(help="A version; else the one before.")] = None,
    new: Annotated[int | None, typer.Argument(help="A version; else the newest.")] = None,
    home: Home = None,
) -> None:
    """What two versions differ in, by key; marks what needs a full read."""
    for one in _registering(home).diff(code, old, new):
        typer.echo(str(one))


@app.command("rollback")
def rollback(
    code: Code,
    version: Annotated[int, typer.Argument(help="The version to go back to.")],
    by: By,
    folder: Folder = None,
    home: Home = None,
) -> None:
    """A new version equal to an old one: its file is written and applied."""
    number = _registering(home, folder).rollback(code, version, by)
    typer.echo(f"{code} is as in version {version} again, as version {number}")


def _registering(home: Path | None, folder: Path | None = None) -> Any:
    from pipeline.registering import Registering
    from pipeline.steps import CONTRACTS
    from pipeline.wiring import open_house

    house = open_house((home or home_from_environment()).resolve())
    return Registering(house, folder or CONTRACTS)


def _bytes(file: Path) -> bytes:
    from kernel.errors import BadInput

    most = 1024 * 1024
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror})") from None
