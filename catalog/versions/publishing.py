"""The rows of a version that people decide: who decides, flow, forms; and what guides say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from catalog.flow.declared import declared
from catalog.flow.deltas import deltas
from catalog.flow.fields import DECLARED
from catalog.forms.asked import published
from catalog.forms.changes import effective
from catalog.periods import ALWAYS, EVERYWHERE
from catalog.tables import deciding
from catalog.versions.asked import as_published

Row = tuple[Any, ...]


def deciding_rows(conn: Connection, ids: set[str]) -> list[Row]:
    """Periods that count, of items of the catalogue, by item, division, origin, beginning."""
    c = deciding.c
    found = conn.execute(
        select(
            c.item_id, c.division, c.origin, c.begins, c.ends, c.department, c.manner,
            c.on_behalf_of, c.document, c.basis,
        ).where(c.withdrawn_at.is_(None))
    )  # fmt: skip
    return sorted((tuple(row) for row in found if row.item_id in ids), key=lambda row: row[:4])


def flow_rows(conn: Connection, ids: set[str], id_of: Mapping[str, str]) -> list[Row]:
    """The base catalogue's own values, and accepted deviations, each under its item of now.

    Two of one item, division, code, field and day (their items became one): the later decision.
    """
    rows: dict[Row, Row] = {}
    for code, said in sorted(declared(conn, sorted({*id_of, *ids})).items(), reverse=True):
        item_id = id_of.get(code, code)
        if item_id not in ids:
            continue
        for field in DECLARED:
            if said.value(field) is not None:
                key = (item_id, EVERYWHERE, "", field, ALWAYS, "catalogue")
                rows[key] = (*key, None, said.value(field), code, None, None)
    for one in deltas(conn, state="accepted"):
        if one.live and one.item_id in ids:
            for field, value in as_published(conn, one):
                key = (one.item_id, one.division, one.local_code, field, one.begins, "delta")
                rows[key] = (*key, one.ends, value, str(one.id), one.basis, one.document)
    return [rows[key] for key in sorted(rows)]


def declared_rows(conn: Connection, codes: Iterable[str]) -> list[Row]:
    """What the implementations' own guides say, by code; none where a guide says nothing."""
    wanted = set(codes)
    found = declared(conn)
    said = {code: [one.value(field) for field in DECLARED] for code, one in found.items()}
    return [
        (code, *values)
        for code, values in sorted(said.items())
        if code in wanted and any(value is not None for value in values)
    ]


def field_rows(conn: Connection, ids: set[str]) -> list[Row]:
    """The fields of the items' forms that hold now, by item and name; each with its one name."""
    forms = published(one for one in effective(conn) if one.item_id in ids)
    rows = [
        (one.item_id, one.name, one.standard, one.type, one.required, one.order) for one in forms
    ]
    return sorted(rows, key=lambda row: row[:2])
