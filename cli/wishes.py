"""`zhongtai catalog wishes|wish|move-wish`: the 建议单 to the province."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.judging import Why, app, as_text, opened
from cli.options import AsJson, By, Home

__all__ = ["app"]


@app.command("wishes")
def wishes(
    state: Annotated[
        str | None, typer.Option("--state", help="proposed, open, sent, granted, refused, …")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the 建议单 here, .xlsx or .json.")
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What the city asks of the province's base catalogue (建议单)."""
    from catalog.judging.wishbook import as_json as plain
    from catalog.judging.wishbook import evidence_words
    from kernel.errors import BadInput

    judging = opened(home)
    found = judging.wishes(None, state)
    if out is not None:
        if out.suffix not in (".xlsx", ".json") or not out.parent.is_dir():
            raise BadInput(f"{out} must end in .xlsx or .json, in a folder that is there")
        data = judging.wish_book(None, state) if out.suffix == ".xlsx" else None
        out.write_bytes(data if data is not None else (as_text(plain(found)) + "\n").encode())
        typer.echo(f"{out}: {len(found):,} wishes")
        return
    if as_json:
        typer.echo(as_text(plain(found)))
        return
    for one in found:
        named = " ".join((*one.items, *one.names))
        typer.echo(f"{one.id:>4}  {one.state:<10} {one.kind:<8} {named}  {one.by}: {one.reason}")
        typer.echo(f"      {evidence_words(one.evidence)}")
    typer.echo(f"{len(found):,} wishes")


@app.command("wish")
def wish(
    kind: Annotated[str, typer.Argument(help="rename, merge, split, add, abolish.")],
    by: By,
    why: Why,
    item: Annotated[
        list[str] | None, typer.Option("--item", help="A canonical id; again for several.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A new name; again for several.")
    ] = None,
    home: Home = None,
) -> None:
    """Ask the province to change its base catalogue; the item itself stays as it is."""
    from catalog.judging.wishes import Wanted

    judging = opened(home)
    wanted = Wanted(kind, tuple(item or ()), tuple(name or ()), why)
    made = judging.wish(judging.person(by), wanted)
    typer.echo(f"wish {made.id} is {made.state}")


@app.command("move-wish")
def move_wish(
    number: Annotated[int, typer.Argument(help="As `wishes` says it.")],
    state: Annotated[str, typer.Argument(help="open, sent, granted, refused, withdrawn.")],
    by: By,
    why: Why,
    document: Annotated[
        str | None, typer.Option("--document", help="Its number: of the sending or the answer.")
    ] = None,
    home: Home = None,
) -> None:
    """One step of a wish, with the document that says so."""
    judging = opened(home)
    made = judging.move_wish(judging.person(by), number, state, why, document)
    typer.echo(f"wish {made.id} is {made.state}")
