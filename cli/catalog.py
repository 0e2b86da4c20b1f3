"""`zhongtai catalog`: versions and what changed, flow and who decides, counties side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import AsJson, By, Home, Why
from kernel.settings import home_from_environment

app = typer.Typer(help="One catalogue: judgements, versions, flow, exports.", no_args_is_help=True)

Item = Annotated[str, typer.Argument(help="A canonical item's id, or a county's code.")]
Division = Annotated[
    str | None, typer.Option("--division", help="A county's name or code; else the whole city.")
]
Day = Annotated[str | None, typer.Option("--day", help="As 2026-07-01; else today.")]
Version = Annotated[int | None, typer.Option("--version", help="A version; else the newest.")]


@app.command("versions")
def versions(
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare each one's rows with its digest.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Every published version, the newest first."""
    room = cataloguing(home)
    rows = room.versions()
    if verify:
        for one in rows:
            room.verify(one.number)
    if as_json:
        say([{**vars(one), "published_at": one.published_at.isoformat()} for one in rows])
        return
    for one in rows:
        back = f"  as version {one.equal_to} again: {one.why}" if one.equal_to else ""
        typer.echo(
            f"{one.number:>4}  {one.published_at:%Y-%m-%d %H:%M}Z  {one.items:>6,} items  "
            f"{one.mappings:>7,} mappings  {one.materials:>7,} materials  {one.digest[:12]}  "
            f"{one.by}{back}"
        )
    if verify:
        typer.echo(f"{len(rows):,} versions hold what their digests say")
    if room.held():
        typer.echo("a roll-back holds publishing back: `zhongtai catalog release` lets it go on")


@app.command("diff")
def diff(
    old: Annotated[int | None, typer.Argument(help="A version; else the one before.")] = None,
    new: Annotated[int | None, typer.Argument(help="A version; else the newest.")] = None,
    item: Annotated[str | None, typer.Option("--item", help="Only this item.")] = None,
    department: Annotated[
        str | None, typer.Option("--department", help="Only what concerns this department.")
    ] = None,
    division: Division = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What changed between two versions and for whom, in sentences."""
    from pipeline.handed_in import wanted_of

    found = cataloguing(home).diff(old, new, wanted_of(item, department, division))
    if as_json:
        say([one.as_json() for one in found])
        return
    for one in found:
        typer.echo(one.sentence)
    typer.echo(f"{len(found):,} changes")


@app.command("rollback")
def rollback(
    version: Annotated[int, typer.Argument(help="The version to go back to.")],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """A new version equal to an old one; nothing more is published until `release`."""
    number = cataloguing(home).rollback(version, by, why)
    typer.echo(
        f"version {number} is as version {version}: "
        "`zhongtai catalog release` lets publishing go on"
    )


@app.command("release")
def release(by: By, why: Why, home: Home = None) -> None:
    """Let publishing go on after a roll-back."""
    cataloguing(home).release(by, why)
    typer.echo("publishing goes on: `zhongtai publish`")


@app.command("compare")
def compare(
    item: Annotated[str, typer.Argument(help="A canonical item's id.")],
    division: Annotated[
        list[str] | None, typer.Option("--division", help="Only these counties; may be repeated.")
    ] = None,
    day: Day = None,
    version: Version = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it there: .csv, .xlsx or .json.")
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """An item's counties side by side: who decides, limits, steps, fees, materials."""
    from catalog.versions.compare import table
    from cli.columns import table_lines
    from pipeline.handed_in import day_of

    made = cataloguing(home).compare(item, division or [], day_of(day), version)
    if out is not None:
        _write(out, made)
        typer.echo(f"{out} is written: {len(made.counties)} implementations")
        return
    if as_json:
        say(made.as_json())
        return
    typer.echo(f"{made.name}（{made.item_id}，目录第 {made.version} 版，{made.day}）")
    for line in table_lines(table(made)):
        typer.echo(line)


@app.command("flow")
def flow(
    item: Item,
    division: Division = None,
    day: Day = None,
    version: Version = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """An item's flow on a day, and where each value comes from."""
    from pipeline.handed_in import day_of

    found = cataloguing(home).flow(item, division, day_of(day), version)
    if as_json:
        say(found)
        return
    typer.echo(f"{found['name']}（目录第 {found['version']} 版，{found['day']}）")
    if found["deciding"]:
        typer.echo(f"  决定机关：{found['deciding']['said']}")
    for one in found["flow"]:
        typer.echo(f"  {one['name']}：{one['shown']}（{one['said']}）")


@app.command("deciding")
def deciding(
    item: Annotated[str, typer.Argument(help="A canonical item's id.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Who decides an item, when: every period, by the item system and by the bureau."""
    from catalog.deciding.bodies import MANNER_NAMES
    from catalog.periods import shown_period

    found = cataloguing(home).bodies(item)
    if as_json:
        say([one.as_json() for one in found])
        return
    for one in found:
        gone = f"  已撤回：{one.withdrawn_why}" if one.withdrawn_by else ""
        where = one.division or "全市"
        typer.echo(
            f"{one.id:>5}  {where}  {shown_period(one.begins, one.ends)}  "
            f"{MANNER_NAMES[one.manner]}  {one.department or '无需办理'}  "
            f"{one.document or '事项系统'}  {one.by}{gone}"
        )


def cataloguing(home: Path | None) -> Any:
    """The catalogue of the installation that the command is about."""
    from pipeline.cataloguing import Cataloguing
    from pipeline.wiring import open_house

    return Cataloguing(open_house((home or home_from_environment()).resolve()))


def say(facts: Any) -> None:
    """JSON on standard output."""
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))


def _write(out: Path, made: Any) -> None:
    from catalog.exchange.write import book, csv_text, put
    from catalog.versions.compare import table
    from kernel.errors import BadInput

    rows = table(made)
    if out.suffix == ".csv":
        put(out, csv_text(rows).encode("utf-8-sig"))
    elif out.suffix == ".xlsx":
        put(out, book({"县区对比": rows}))
    elif out.suffix == ".json":
        put(out, json.dumps(made.as_json(), ensure_ascii=False, indent=1).encode())
    else:
        raise BadInput(f"{out} must end in .csv, .xlsx or .json")
