"""`zhongtai catalog fields|forms|decide-form`: what items' forms ask, proposed and decided."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import asking
from cli.options import AsJson, By, Home, Why

if TYPE_CHECKING:
    from pipeline.forms import Forms


def add_to(app: typer.Typer) -> None:
    """The commands, in the order of a form's life."""
    app.command("fields")(fields)
    app.command("forms")(forms)
    app.command("decide-form")(decide)


def fields(
    file: Annotated[Path, typer.Argument(help="CSV: item_id, name, type, required (是 or 否).")],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """Propose the forms of the items in a file, whole for each, for the bureau to decide on."""
    from kernel.errors import BadInput

    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror})") from None
    numbers = _opened(home).propose(data, by, why)
    typer.echo(
        f"proposed the forms of {len(numbers):,} items: {_span(numbers)}; "
        "`zhongtai catalog decide-form` decides on them"
    )


def forms(
    item: Annotated[str | None, typer.Option("--item", help="Only of this item.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="proposed, accepted, refused or withdrawn.")
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the forms that hold now there, as CSV.")
    ] = None,
    home: Home = None,
) -> None:
    """The forms that were proposed, the newest first; `--out` writes those that hold now."""
    if out is not None:
        from catalog.exchange.write import put

        put(out, _opened(home).current(None, item))
        typer.echo(f"{out}: written; edit it and hand it in with `zhongtai catalog fields`")
        return
    found = [one for one in _opened(home).rows(None, state) if item in (None, one.change.item_id)]
    if as_json:
        rows = [asdict(one) for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        change = one.change
        decided = f"  {change.decided_by}：{change.decided_why}" if change.decided_by else ""
        typer.echo(
            f"{change.id:>5}  {change.state:<9}  {change.item_id}  {one.item}  "
            f"{len(change.fields)} 项  {change.proposed_by}：{change.why}{decided}"
        )
        if change.state == "proposed":
            for sentence in one.differs:
                typer.echo(f"         {sentence}")


def decide(
    numbers: Annotated[list[int], typer.Argument(help="Their numbers, as listed.")],
    state: Annotated[str, typer.Option("--state", help="accepted, refused or withdrawn.")],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """Accept or refuse other people's proposals, or withdraw accepted forms; all or none."""
    done = _opened(home).decide(numbers, state, by, why)
    typer.echo(f"{len(done):,} forms are {state}; `zhongtai publish` puts that in force")


def _opened(home: Path | None) -> Forms:
    from pipeline.forms import Forms

    return Forms(asking.opened(home))


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
