"""`zhongtai systems`: list, show, check, apply, propose, discover."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.discover import discover
from cli.options import Home
from kernel.settings import home_from_environment

app = typer.Typer(help="The business systems and their contracts.", no_args_is_help=True)
app.command("discover")(discover)

Folder = Annotated[
    Path | None, typer.Option("--folder", help="The YAML files; else connectors/systems.")
]
SYSTEMS = Path(__file__).resolve().parent.parent / "connectors" / "systems"


@app.command("list")
def list_systems(folder: Folder = None) -> None:
    """All systems of the folder, a line each."""
    from registry.loader import load_folder

    for code, system in load_folder(folder or SYSTEMS).items():
        modes = ",".join(sorted({stream.mode for stream in system.streams.values()}))
        typer.echo(
            f"{code:<18} {system.level:<10} {system.transport.kind:<9} {modes:<12} "
            f"{system.department} {system.name}"
        )


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(help="A system's code.")], folder: Folder = None
) -> None:
    """The contract of one system, as read."""
    from kernel.errors import BadInput
    from registry.loader import load_folder

    systems = load_folder(folder or SYSTEMS)
    if code not in systems:
        raise BadInput(f"no system {code}: `zhongtai systems list` shows the codes")
    document = systems[code].model_dump(mode="json", exclude_none=True)
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))


@app.command("check")
def check(
    codes: Annotated[list[str] | None, typer.Argument(help="Codes; else all.")] = None,
    folder: Folder = None,
    home: Home = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only read the YAML files.")] = False,
) -> None:
    """Read every contract strictly, then reach every system."""
    from pipeline import steps
    from pipeline.wiring import open_house
    from registry.loader import load_folder

    systems = load_folder(folder or SYSTEMS)
    if offline:
        typer.echo(f"{len(systems)} contracts are well formed")
        return
    house = open_house((home or home_from_environment()).resolve())
    failed = 0
    for code, problem in steps.check_systems(house, systems, codes):
        failed += problem is not None
        typer.echo(f"{code:<18} {'reached' if problem is None else problem}")
    if failed:
        typer.echo(f"{failed} not reached", err=True)
        raise typer.Exit(4)


@app.command("apply")
def apply(folder: Folder = None, home: Home = None) -> None:
    """Check the contracts and put them in force, atomically."""
    from pipeline.otherwise import in_force, read_otherwise
    from pipeline.wiring import open_house
    from registry.applied import apply as apply_contracts

    house = open_house((home or home_from_environment()).resolve())
    before = in_force(house.settings.home)
    changed = apply_contracts(house, folder or SYSTEMS, "command line")
    typer.echo(f"{len(changed)} changed" + (f": {', '.join(changed)}" if changed else ""))
    for code in read_otherwise(before, in_force(house.settings.home)):
        typer.echo(
            f"{code} reads rows otherwise now; those that do not change at the source stay as they "
            f"are until `zhongtai sync {code} --full`"
        )


@app.command("propose")
def propose(
    schema: Annotated[
        Path,
        typer.Option(
            "--schema",
            help="CSV: table_name,table_comment,column_name,type,column_comment.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help="CSV: table_name,column_name,field,confidence,reason."),
    ],
) -> None:
    """Propose what each column of a schema means; a line for each column, field empty if none."""
    from registry import schema_file

    lines = schema_file.read(schema)
    found = schema_file.proposals(lines)
    schema_file.write(out, lines, found)
    for table, made in found.items():
        given = sum(1 for one in made.columns if one.field)
        kind = made.kind or "no kind fits"
        typer.echo(f"{table:<32} {kind:<12} {given:>4} of {len(made.columns):,} columns mapped")


@app.command("test")
def run_kit(
    code: Annotated[str, typer.Argument(help="A system's code.")],
    folder: Folder = None,
    home: Home = None,
) -> None:
    """Run the contract kit against a system: reads a little, keeps nothing."""
    from kernel.errors import BadInput
    from pipeline.kit import examine
    from pipeline.wiring import open_house
    from registry.loader import load_folder

    systems = load_folder(folder or SYSTEMS)
    if code not in systems:
        raise BadInput(f"no system {code}: `zhongtai systems list` shows the codes")
    house = open_house((home or home_from_environment()).resolve())
    failed = 0
    for one in examine(house, systems[code]):
        failed += one.outcome == "failed"
        place = f"{code} {one.stream}".rstrip()
        typer.echo(f"{place:<28} {one.check:<14} {one.outcome:<14} {one.why}")
    if failed:
        typer.echo(f"{failed} of the checks failed", err=True)
        raise typer.Exit(1)
