"""Answers of look-up systems: normalised, sealed, for one case, and gone with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.batch import BAD, MORE
from kernel.crypto import decrypt, encrypt
from kernel.house import House
from landing import findings
from landing.columns import to_arrow
from landing.judged import Judged, judge
from landing.place import Place, seal_key
from landing.read import is_live
from landing.secrets import secrets
from landing.several import holders_of
from landing.tables import asked, case
from registry.contract import Stream

#: States in which a case is being handled.
OPEN_STATES = ("accepted", "deciding")


@dataclass(frozen=True)
class Answer:
    """What a look-up gave for one case and one holder.

    `licences`: one dict each, with the plain columns of landing.licence (days and times as ISO
    text) and the keys of its sealed JSON. `refused`: why rows were not taken, without a value.
    """

    system: str
    stream: str
    asked_at: datetime
    licences: tuple[dict[str, Any], ...]
    refused: tuple[str, ...] = ()


def store(
    house: House, system: str, stream: Stream, case_number: str, holder_hash: str,
    frame: pd.DataFrame,
) -> Answer:  # fmt: skip
    """Keep an answer for a case; an earlier one of the same question is replaced.

    Rows that fail the checks, or are of another holder than the one asked about, are not kept.
    Columns that the contract does not name are dropped before anything is read or kept.
    """
    place = Place(system, stream, "", "", house.clock())
    table, beyond = _declared(stream, to_arrow(frame))
    judged = judge(house, system, stream, table)
    licences, refused = _taken(judged, holder_hash)
    sealed = encrypt(
        seal_key(house, system, stream.name),
        json.dumps(licences, ensure_ascii=False).encode(),
        asked_place(system, stream.name, case_number, holder_hash),
    )
    order = insert(asked).values(
        system=system,
        stream=stream.name,
        case_number=case_number,
        holder_hash=holder_hash,
        asked_at=place.at,
        rows=len(licences),
        sealed=sealed,
    )
    newer = {name: order.excluded[name] for name in ("asked_at", "rows", "sealed")}
    with house.engine.begin() as conn:
        conn.execute(
            order.on_conflict_do_update(index_elements=list(asked.primary_key), set_=newer)
        )
        if frame.shape[0]:
            findings.close_mended(conn, place, table.column_names)
            findings.record(conn, place, judged.found + findings.undeclared(house, beyond))
    return Answer(system, stream.name, place.at, tuple(licences), tuple(refused))


def _declared(stream: Stream, table: pa.Table) -> tuple[pa.Table, list[str]]:
    """The columns that the contract names (and the reader's word on a bad row), and the others."""
    known = stream.known_columns() | {BAD}
    declared = [name for name in table.column_names if name in known]
    beyond = [name for name in table.column_names if name not in known | {MORE}]
    return table.select(declared), beyond


def _taken(judged: Judged, holder_hash: str) -> tuple[list[dict[str, Any]], list[str]]:
    licences, refused = [], [why.reason for why in judged.refused.values()]
    for spot in range(judged.rows.size):
        if spot in judged.refused:
            continue
        one = _licence(judged, spot)
        if holder_hash in holders_in(one):
            licences.append(one)
        else:
            refused.append("the row is of another holder than the one asked about")
    return licences, refused


def holders_in(licence: Mapping[str, Any]) -> list[str]:
    """The keyed hashes of all holders of an answer's licence, the first one first."""
    return holders_of(licence.get("holder_hash"), licence.get("co_holder_hash"))


def _licence(judged: Judged, spot: int) -> dict[str, Any]:
    cells = {name: array[spot].as_py() for name, array in judged.rows.plain.items()}
    plain = {n: c.isoformat() if isinstance(c, date) else c for n, c in cells.items()}
    told = secrets(judged.rows, np.array([spot], np.int64))
    secret = json.loads(told[0]) if told else {}
    return {**plain, **secret}


def recall(
    house: House, system: str, stream: str, case_number: str, holder_hash: str
) -> Answer | None:
    """The kept answer to a question; None when it was not asked or its case is over."""
    with house.engine.begin() as conn:
        row = conn.execute(
            select(asked.c.asked_at, asked.c.sealed).where(
                asked.c.system == system,
                asked.c.stream == stream,
                asked.c.case_number == case_number,
                asked.c.holder_hash == holder_hash,
            )
        ).one_or_none()
    if row is None:
        return None
    place = asked_place(system, stream, case_number, holder_hash)
    licences = json.loads(decrypt(seal_key(house, system, stream), row.sealed, place))
    return Answer(system, stream, row.asked_at, tuple(licences))


def expire_closed(house: House) -> int:
    """Drop the answers of cases that are closed or gone. Gives how many there were."""
    still_open = select(case.c.case_number).where(is_live(case), case.c.state.in_(OPEN_STATES))
    with house.engine.begin() as conn:
        return conn.execute(delete(asked).where(asked.c.case_number.not_in(still_open))).rowcount


def asked_place(system: str, stream: str, case_number: str, holder_hash: str) -> str:
    return f"asked/{system}/{stream}/{case_number}/{holder_hash}"
