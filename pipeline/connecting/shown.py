"""A sketch as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kernel.canonical import digest
from kernel.errors import BadContract
from kernel.house import House
from pipeline.approval import parse
from pipeline.connecting import source
from pipeline.connecting.rows import ColumnRow, PlaceRow, SketchPage, StreamRow, TrialRow
from registry.draft_text import whole_text
from registry.flaws import Flaw, flaws
from registry.sketch_streams import control, may_be_used_for, uses
from registry.sketches import Sketch
from registry.versions import Difference, differences


def page(house: House, one: Sketch, live: Mapping[str, Any]) -> SketchPage:
    """The whole of it. `live`: the contract in force, empty when none is."""
    text = whole_text(one.said)
    found, contract = checked(text)
    return SketchPage(
        code=one.system,
        name=str(one.said.get("name", one.system)),
        said=one.said,
        auth=one.auth,
        paths=one.paths,
        secrets=source.secret_rows(house, one.system, one.auth),
        places=tuple(_places(one)),
        streams=tuple(_stream(one, name) for name in one.said.get("streams", {})),
        flaws=tuple(found),
        yaml=text,
        changes=tuple(_changes(live, contract)),
        trial=trial_row(one.trial, contract),
    )


def checked(text: str) -> tuple[list[Flaw], dict[str, Any]]:
    """What the strict check says, and the contract as it would be applied; {} when it is wrong."""
    try:
        return [], parse(text).model_dump(mode="json")
    except BadContract as error:
        return flaws(error.message), {}


def trial_row(trial: Mapping[str, Any] | None, contract: Mapping[str, Any]) -> TrialRow | None:
    """The last dry run; None when there was none."""
    if trial is None:
        return None
    fits = bool(contract) and trial["digest"] == digest(dict(contract))
    at = datetime.fromisoformat(trial["at"])
    return TrialRow(at, fits, trial["rows"], trial["refused"])


def _changes(live: Mapping[str, Any], contract: Mapping[str, Any]) -> list[Difference]:
    return list(differences(dict(live), dict(contract))) if contract else []


def _places(one: Sketch) -> list[PlaceRow]:
    """What the connection's test saw; the chosen ones with the stream that they became."""
    looked = {place["path"]: place for place in one.seen.get("places", [])}
    rows = []
    for place in one.seen.get("listed", []):
        path = place["path"]
        note = place["note"] or looked.get(path, {}).get("note", "")
        stream = looked.get(path, {}).get("stream", "")
        chosen = path in one.paths
        rows.append(PlaceRow(path, place["comment"], place["columns"], note, chosen, stream))
    return rows


def _stream(one: Sketch, name: str) -> StreamRow:
    said = one.said["streams"][name]
    seen: dict[str, Any] = next(
        (p for p in one.seen.get("places", []) if p["path"] == said["path"]), {}
    )
    used, steering = uses(said), control(said)
    shown = {column["name"]: column for column in seen.get("columns", [])}
    names = [*shown, *(column for column in used if column not in shown)]
    return StreamRow(
        name=name,
        kind=said["kind"],
        columns=tuple(_column(n, shown.get(n, {}), used.get(n, ""), n in steering) for n in names),
        rows=tuple(seen.get("rows", [])),
        rows_read=seen.get("rows_read", 0),
        said=said,
        uses=may_be_used_for(said),
    )


def _column(name: str, seen: Mapping[str, Any], use: str, steering: bool) -> ColumnRow:
    return ColumnRow(
        name=name,
        type=seen.get("type", ""),
        comment=seen.get("comment", ""),
        use=use,
        field=seen.get("field", ""),
        confidence=seen.get("confidence", 0.0),
        reason=seen.get("reason", ""),
        samples=tuple(seen.get("samples", [])),
        control=steering,
        values=seen.get("values", {}),
    )
