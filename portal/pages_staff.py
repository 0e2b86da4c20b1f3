"""Pages of departments and the bureau: systems, refused rows, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from kernel.errors import Refused
from portal.guards import only
from portal.port import Account, RefusedRow, SystemTile
from portal.port_registering import ConnectionRow
from portal.render import page, portal_of

router = APIRouter(include_in_schema=False)
Officer = Annotated[Account, Depends(only("dept"))]
Bureau = Annotated[Account, Depends(only("bureau"))]
URGENCY = ("failing", "late", "drifting", "paused", "never", "resting", "running", "ok")
SHOWN_ROWS = 200
#: What may become of a refused row that is read again.
AGAIN = ("stored", "unchanged", "quarantined", "deleted")


def by_urgency(tiles: Iterable[SystemTile]) -> list[SystemTile]:
    """Failing first; among equals those with findings and refused rows, then by code."""
    return sorted(
        tiles, key=lambda s: (URGENCY.index(s.state), -s.findings, -s.quarantined, s.code)
    )


def count_states(tiles: Iterable[SystemTile]) -> dict[str, int]:
    """How many systems are in each state, in order of urgency, the empty ones left out."""
    counts = Counter(tile.state for tile in tiles)
    return {state: counts[state] for state in URGENCY if counts[state]}


def connecting(rows: Iterable[ConnectionRow]) -> list[ConnectionRow]:
    """The systems on their way by a form or a move, not live yet; the longest waiting first.

    The others have a tile that says the same: not synced yet.
    """
    open_ones = [one for one in rows if one.recorded and one.state != "live"]
    return sorted(open_ones, key=lambda one: (-one.days, one.code))


@router.get("/dept")
def dept(request: Request, account: Officer) -> Response:
    """The department's systems."""
    platform = portal_of(request).platform
    tiles = by_urgency(platform.department_systems(account))
    mine = [one for one in platform.registering.rows() if one.department == account.department]
    facts = {"connecting": connecting(mine), "may_confirm": True}
    return page(request, "dept.html", tiles=tiles, states=count_states(tiles), **facts)


@router.get("/dept/systems/{code}")
def dept_system(request: Request, account: Officer, code: str) -> Response:
    """One of the department's systems: what it does otherwise than agreed, and its refused rows

    with their raw values.
    """
    return department_page(request, account, code)


def department_page(
    request: Request, account: Account, code: str, *, problem: str = "", field: str = ""
) -> Response:
    """The same with what is wrong, leading to the row."""
    platform = portal_of(request).platform
    tile = next((t for t in platform.department_systems(account) if t.code == code), None)
    if tile is None:
        raise Refused("this system belongs to another department", reason="other_department")
    rows = platform.quarantine(account, code, SHOWN_ROWS)
    system, found = platform.system(code), causes(rows)
    order = [cause[:3] for cause in found]
    rows.sort(key=lambda row: order.index((row.stream, row.column, row.rule)))  # newest first in it
    shown = {"rows": rows, "causes": found, "replayed": replayed(request), "again": again(request)}
    wrong = {"problem": problem, "field": field, "by_record": system.by_record}
    trusted = {"owner": system.owner, "findings": system.findings, "holds": system.holds}
    status = 400 if problem else 200
    return page(request, "refused.html", status, tile=tile, **shown, **trusted, **wrong)


def again(request: Request) -> str:
    """What became of a row that was just read again; empty when none was."""
    said = request.query_params.get("again", "")
    return said if said in AGAIN else ""


def replayed(request: Request) -> dict[str, int] | None:
    """What a replay just did, out of the address that it led to; None when there was none."""
    said = [request.query_params.get(name, "") for name in ("looked", "stored", "refused")]
    if not all(one.isascii() and one.isdigit() and len(one) < 9 for one in said):
        return None
    return dict(zip(("looked", "stored", "refused"), map(int, said), strict=True))


def causes(rows: Iterable[RefusedRow]) -> list[tuple[str, str | None, str, int]]:
    """(stream, column, rule, how many), the most frequent first: usually they are few."""
    counts = Counter((row.stream, row.column, row.rule) for row in rows)
    return [(*cause, many) for cause, many in counts.most_common()]


@router.get("/bureau/overview")
def bureau(request: Request, _: Bureau) -> Response:
    """The city in numbers."""
    platform = portal_of(request).platform
    tiles = platform.systems()
    return page(
        request,
        "overview.html",
        catalogue=platform.catalogue(),
        ledger=platform.ledger_status(),
        tiles=tiles,
        states=count_states(tiles),
        departments=by_department(tiles),
    )


def by_department(tiles: Iterable[SystemTile]) -> list[tuple[str, int, int, int, int]]:
    """(department, systems, of them well, rows stored, rows refused), most rows first."""
    totals: dict[str, tuple[int, int, int, int]] = {}
    for tile in tiles:
        many, well, stored, refused = totals.get(tile.department, (0, 0, 0, 0))
        good = tile.state in ("ok", "running", "resting")
        totals[tile.department] = (
            many + 1,
            well + good,
            stored + tile.stored,
            refused + tile.quarantined,
        )
    return sorted(((name, *sums) for name, sums in totals.items()), key=lambda r: (-r[3], r[0]))
