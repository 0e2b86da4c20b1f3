"""The tables that were chosen, looked at: a stream each, with what its columns may mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from connectors.discovery import Place
from kernel.errors import BadInput
from kernel.house import House
from pipeline.connecting import source
from pipeline.discover import ColumnSeen, Discovered, PlaceSeen, discover
from registry import sketch
from registry.content import Content, contents_of, is_person_name
from registry.sketches import Sketch

#: Different values of a column that are shown, masked like the rows that they come from.
SAMPLES: Final = 3


def place_json(place: Place) -> dict[str, Any]:
    """A place as the connection's test saw it."""
    return {
        "path": place.path,
        "comment": place.comment,
        "columns": len(place.columns),
        "note": place.note,
    }


def looked(
    house: House, old: Sketch, filled: Mapping[str, Any], paths: tuple[str, ...]
) -> dict[str, Any]:
    """The parts of a sketch that a look changes: `said`, `seen`, `paths`.

    Raises BadInput when nothing is chosen or nothing holds records, the errors of a connector.
    """
    if not paths:
        raise BadInput("请至少选一个表、目录或文件")
    found = discover(source.target(house, old.system, old.auth, paths), house.secrets, house.clock)
    draft = yaml.safe_load(found.yaml)
    if not found.streams:
        raise BadInput("选中的没有一个像是事项、材料、证照或办件，请另选")
    said = sketch.with_streams(old.said, draft, sketch.grants(filled))
    names = {stream["path"]: name for name, stream in said["streams"].items()}
    contents = _contents(found)
    seen = {
        "listed": old.seen.get("listed", []),
        "places": [
            _place(one, names.get(one.path, ""), contents.get(one.path, {})) for one in found.places
        ],
    }
    return {"said": said, "seen": seen, "paths": paths}


def _contents(found: Discovered) -> dict[str, Mapping[str, Content]]:
    return {seen.path: contents_of(seen.rows) for _, seen in found.streams}


def _place(place: PlaceSeen, stream: str, contents: Mapping[str, Content]) -> dict[str, Any]:
    return {
        "path": place.path,
        "stream": stream,
        "note": place.note,
        "rows_read": place.rows_read,
        "columns": [_column(one, place, contents.get(one.name)) for one in place.columns],
        "rows": place.rows,
    }


def _column(column: ColumnSeen, place: PlaceSeen, content: Content | None) -> dict[str, Any]:
    shown = dict.fromkeys(row.get(column.name, "") for row in place.rows)
    return {
        "name": column.name,
        "type": column.type,
        "comment": column.comment,
        "field": column.field,
        "confidence": column.confidence,
        "reason": column.reason,
        "samples": [one for one in shown if one][:SAMPLES],
        "values": _closed(content),
    }


def _closed(content: Content | None) -> dict[str, int]:
    """The values of a short closed list that names nobody."""
    if content is None or any(map(is_person_name, content.values)):
        return {}
    return dict(content.values)
