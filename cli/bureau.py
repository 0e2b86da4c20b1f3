"""`zhongtai complaints`, `zhongtai letter` and `zhongtai count`: what the bureau's pages show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.asking import opened
from cli.options import By, Home
from kernel.csvfiles import check_target
from kernel.errors import BadInput

app = typer.Typer(
    help="Complaints of papers asked for again: 12345 and the rating system.", no_args_is_help=True
)
#: The largest table.
MOST = 8 * 1024 * 1024


def add_to(root: typer.Typer) -> None:
    """The commands of this file that stand alone."""
    root.command("letter")(letter)
    root.command("count")(count)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table: CSV or .xlsx, with a heading.")],
    by: By,
    source: Annotated[str, typer.Option("--source", help="hotline (12345) or rating (好差评).")],
    home: Home = None,
) -> None:
    """Take in complaints; columns of names, telephones and addresses are never kept."""
    from pipeline.bureau import Bureau
    from pipeline.mending import known_account

    house = opened(home)
    account = known_account(house, by)
    done = Bureau(house).import_complaints(account, source, _bytes(file))
    typer.echo(f"{done.new:,} new, {done.known:,} known, {done.found:,} tied to a published item")
    if done.left_out:
        typer.echo(f"columns that were not kept: {', '.join(done.left_out)}")
    for place, why in done.refused:
        typer.echo(f"row {place} is refused: {why}")


@app.command("list")
def list_(
    answered: Annotated[bool, typer.Option("--answered", help="Those answered instead.")] = False,
    home: Home = None,
) -> None:
    """The work list, the oldest open one first; of those answered the newest."""
    from pipeline.bureau import PAGE, Bureau

    rows, names = Bureau(opened(home)).complaints(is_open=not answered)
    for one in rows[:PAGE]:
        item = names.get(one.item_id or "", f"{one.item}（目录中未找到）")
        typer.echo(f"{one.id:>6}  {one.said_on}  {one.source}  {item}  {one.material}")
    typer.echo(f"{min(len(rows), PAGE)} shown")


def letter(
    department: Annotated[str, typer.Option("--department", help="Its name, as in the registry.")],
    month: Annotated[str, typer.Option("--month", help="Like 2026-11.")],
    out: Annotated[Path, typer.Option("--out", help="The HTML file to write.")],
    home: Home = None,
) -> None:
    """Write a department's monthly letter: refused rows, their causes, papers brought for them."""
    from pipeline.bureau import Bureau
    from portal.letter import whole_letter

    check_target(out)
    house = opened(home)
    found = Bureau(house).letter(department, month)
    out.write_text(whole_letter(found, house.clock), encoding="utf-8")
    typer.echo(
        f"{out}: {found.rows:,} rows refused, {found.open:,} still; {found.traced:,} to "
        f"{found.possible:,} cases brought paper"
    )


def count(home: Home = None) -> None:
    """Bring the bureau's sums up to date: new plans, demands, cases accepted meanwhile."""
    from pipeline.counting import count as step

    done = step(opened(home))
    typer.echo(
        f"{done.cases:,} cases planned, {done.demands:,} demands, "
        f"{done.settled:,} materials of cases settled, {done.tied:,} complaints tied to an item"
    )


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST:
            raise BadInput(f"{file} is larger than {MOST // 1024**2} MB: import it in parts")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
