"""`zhongtai catalog`: deviations and who decides, proposed and decided; exports and faults."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.catalog import Version, cataloguing, say
from cli.options import AsJson, By, Home, Why
from kernel.settings import home_from_environment

Number = Annotated[int, typer.Argument(help="Its number, as listed.")]
Document = Annotated[str | None, typer.Option("--document", help="The document's number.")]


def add_to(app: typer.Typer) -> None:
    """The commands, in the order of a deviation's and an export's life."""
    for name, command in (
        ("deviations", deviations), ("propose-deviations", propose),
        ("decide-deviation", decide), ("assign", assign), ("unassign", unassign),
        ("export", export), ("import-faults", import_faults), ("faults", faults),
        ("settle", settle),
    ):  # fmt: skip
        app.command(name)(command)


def deviations(
    item: Annotated[str | None, typer.Option("--item", help="Only of this item.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="proposed, accepted, refused or withdrawn.")
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What counties do otherwise than the catalogue: proposed and decided."""
    from catalog.flow.fields import name_of, shown
    from catalog.periods import shown_period

    found = cataloguing(home).deviations(item, state)
    if as_json:
        say([one.as_json() for one in found])
        return
    for one in found:
        waits = "" if one.live else "  事项不在目录中，暂不生效"
        decided = f"  {one.decided_by}：{one.decided_why}" if one.decided_by else ""
        typer.echo(
            f"{one.id:>5}  {one.state:<9}  {one.item_id}  {one.division or '全市'}  "
            f"{name_of(one.field)}：{shown(one.field, one.value)}  "
            f"{shown_period(one.begins, one.ends)}  {one.basis}  {one.document or ''}  "
            f"{one.proposed_by}：{one.why}{decided}{waits}"
        )


def propose(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or .xlsx: item_id, field, value, begins, basis; if need be division, "
            "local_code, ends, document."
        ),
    ],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """Propose what counties (or the whole city) do otherwise; the bureau decides."""
    from catalog.exchange.sheets import rows_of
    from pipeline.handed_in import proposals_of

    said = proposals_of(rows_of(_bytes(file)))
    numbers = cataloguing(home).propose(said, by, why)
    typer.echo(f"{len(numbers):,} deviations wait: {_span(numbers)}")


def decide(
    number: Number,
    state: Annotated[str, typer.Argument(help="accepted, refused or withdrawn.")],
    by: By,
    why: Why,
    document: Document = None,
    home: Home = None,
) -> None:
    """Decide on another person's deviation, or withdraw an accepted one."""
    cataloguing(home).decide(number, state, by, why, document)
    typer.echo(f"deviation {number} is {state}; `zhongtai publish` puts it in force")


def assign(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or .xlsx: item_id, manner (kept, delegated, passed_down, transferred, "
            "exempted), begins, document; if need be department, division, ends, on_behalf_of, "
            "basis."
        ),
    ],
    by: By,
    why: Why,
    home: Home = None,
) -> None:
    """Say who decides items from a day on; an open period before it ends there."""
    from catalog.exchange.sheets import rows_of
    from pipeline.handed_in import decisions_of

    said = decisions_of(rows_of(_bytes(file)))
    numbers = cataloguing(home).assign(said, by, why)
    typer.echo(
        f"{len(numbers):,} decisions are kept: {_span(numbers)}; "
        "`zhongtai publish` puts them in force"
    )


def unassign(number: Number, by: By, why: Why, home: Home = None) -> None:
    """Take such a decision back; what it ended holds again."""
    cataloguing(home).unassign(number, by, why)
    typer.echo(f"decision {number} is withdrawn; `zhongtai publish` puts that in force")


def export(
    form: Annotated[str, typer.Option("--as", help="json, xlsx, gb39554 or national.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; for national rows a folder.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option("--secret", help="National rows: the secret with the address.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="National rows: your account.")] = None,
    version: Version = None,
    home: Home = None,
) -> None:
    """Write a version out; national rows hold only what was not sent before."""
    from catalog.exchange.write import put
    from kernel.errors import BadInput

    room = _exchanging(home)
    if form == "national":
        if by is None:
            raise BadInput("national rows are sent by a person: give --by")
        _told(room.send(version, by, out, secret))
        return
    if out is None or secret is not None:
        raise BadInput(f"an export as {form} is a file: give --out and no --secret")
    data = room.export(form, version)
    put(out, data)
    typer.echo(f"{out} is written: {len(data):,} bytes")


def import_faults(
    file: Annotated[Path, typer.Argument(help="Fault rows: CSV or .xlsx with a heading.")],
    by: By,
    table: Annotated[
        str, typer.Option("--table", help="dn_audit_abnormal or dn_lic_data_error.")
    ] = "dn_audit_abnormal",
    home: Home = None,
) -> None:
    """Take fault rows that came back: each reopens the row that it is about."""
    taken = _exchanging(home).take_faults(_bytes(file), table, by)
    typer.echo(
        f"{taken.read:,} fault rows: {taken.new:,} new, {taken.of_ours:,} of them about rows that "
        "were sent; `zhongtai catalog faults` lists them"
    )


def faults(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Rows that came back and wait to be mended."""
    found = _exchanging(home).faults(closed=everything)
    if as_json:
        say([one.as_json() for one in found])
        return
    for one in found:
        state = f"closed by {one.closed_by}" if one.closed_at else "open"
        state = "goes again" if one.resend and not one.closed_at else state
        typer.echo(
            f"{one.id:>5}  {state}  {one.table_name}  {one.row_guid}  "
            f"{one.item_id or 'not sent from here'}  {one.code}: {one.fault}"
        )
    typer.echo(f"{len(found):,} faults")


def settle(
    number: Number,
    by: By,
    why: Why,
    resend: Annotated[
        bool, typer.Option("--resend", help="Send the row again as it is; else close the fault.")
    ] = False,
    home: Home = None,
) -> None:
    """Say what becomes of a fault that no change of the row will mend."""
    _exchanging(home).settle(number, by, why, resend=resend)
    typer.echo(f"fault {number} " + ("goes again with the next send" if resend else "is closed"))


def _told(sent: Any) -> None:
    kinds = "  ".join(f"{kind} {count:,}" for kind, count in sent.operations.items())
    typer.echo(f"version {sent.version}, batch {sent.batch}: {kinds or 'nothing new'}")
    for name in sent.files:
        typer.echo(f"  {name}")
    if sent.mended:
        typer.echo(f"  {sent.mended:,} faults answered")
    for why, count in Counter(one.why for one in sent.held_back).most_common():
        typer.echo(f"  {count:>6,} held back: {why}")


def _exchanging(home: Path | None) -> Any:
    from pipeline.exchanging import Exchanging
    from pipeline.wiring import open_house

    return Exchanging(open_house((home or home_from_environment()).resolve()))


def _bytes(file: Path) -> bytes:
    from kernel.errors import BadInput

    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror})") from None


def _span(numbers: list[int]) -> str:
    """Numbers that were given in a row: the first to the last."""
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else ", ".join(map(str, numbers))
