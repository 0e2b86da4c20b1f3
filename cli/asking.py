"""`zhongtai catalog ask`: what the bureau asks of the catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import AsJson, Home
from kernel.settings import home_from_environment

app = typer.Typer(help="What the bureau asks of the catalogue.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option("--out", help="Write it there: .csv, .xlsx or .json.")]
Answers = Annotated[
    list[str] | None, typer.Option("--answer", help="question:answer; may be given again.")
]


@app.command("unused")
def unused(
    years: Annotated[int, typer.Option("--years", help="For how many years.")] = 3,
    as_json: AsJson = False,
    out: Out = None,
    home: Home = None,
) -> None:
    """Items of which no case was seen for years."""
    _tell(home, "unused", as_json, out, years=years)


@app.command("more-materials")
def more_materials(as_json: AsJson = False, out: Out = None, home: Home = None) -> None:
    """Counties that ask for more materials than others for the same item."""
    _tell(home, "more-materials", as_json, out)


@app.command("package")
def package(
    items: Annotated[
        list[str] | None, typer.Argument(help="Items, or one package's name; else all packages.")
    ] = None,
    answer: Answers = None,
    as_json: AsJson = False,
    out: Out = None,
    home: Home = None,
) -> None:
    """What several items ask together, each material once."""
    from pipeline.asking import answers_of

    said = answers_of(answer or [])
    _tell(home, "package", as_json, out, items=items or [], answers=said)


@app.command("next-system")
def next_system(
    from_nothing: Annotated[
        bool, typer.Option("--from-nothing", help="As if no system were connected yet.")
    ] = False,
    code: Annotated[
        str | None, typer.Option("--code", help="Instead: the papers of this system, one a row.")
    ] = None,
    as_json: AsJson = False,
    out: Out = None,
    home: Home = None,
) -> None:
    """Which system, connected next, would waive most papers; each step adds to those before."""
    _tell(home, "next-system", as_json, out, from_nothing=from_nothing, code=code)


@app.command("unsatisfied")
def unsatisfied(as_json: AsJson = False, out: Out = None, home: Home = None) -> None:
    """Materials that nobody's data satisfies."""
    _tell(home, "unsatisfied", as_json, out)


def opened(home: Path | None) -> Any:
    """The installation that the command is about."""
    from pipeline.wiring import open_house

    return open_house((home or home_from_environment()).resolve())


def _tell(home: Path | None, question: str, as_json: bool, out: Path | None, **about: Any) -> None:
    from kernel.errors import BadInput
    from pipeline.asking import About, Asking

    if out is not None and (
        out.suffix not in (".csv", ".xlsx", ".json") or not out.parent.is_dir()
    ):
        raise BadInput(f"{out} must end in .csv, .xlsx or .json, in a folder that is there")
    table = Asking(opened(home)).table(question, About(**about))
    text = json.dumps(table.as_json(), ensure_ascii=False, indent=1)
    if out is not None:
        forms = {".csv": table.as_csv, ".xlsx": table.as_excel, ".json": (text + "\n").encode}
        out.write_bytes(forms[out.suffix]())
        typer.echo(f"{out} written: {len(table.rows):,} rows")
    elif as_json:
        typer.echo(text)
    else:
        for line in table.lines():
            typer.echo(line)
