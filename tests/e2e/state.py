"""What stands in an installation: compared with the city's truth, and with another one's."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Table, select, text

from cli.truth import Truth
from kernel.crypto import keyed_hash
from kernel.house import House
from landing.read import counts, is_live
from landing.tables import RECORDS, quarantine

State = dict[str, str]

#: What of a changed row does not depend on the moment at which the city changed it.
MEANING = {
    "item": ("code", "base_code", "name", "level", "department", "promise_days"),
    "material": ("item_code", "name", "need", "purpose", "copies"),
    "licence": ("type", "number_hash", "holder_hash", "co_holder_hash", "status"),
    "case": ("case_number", "item_code", "post", "holder_hash", "state", "provisional"),
}


def differences(house: House, truth: Truth) -> list[str]:
    """Every stream that is not as the city's truth: a sentence each, without any key."""
    found = []
    with house.engine.connect() as conn:
        numbers = {(one.system, one.stream): one for one in counts(conn)}
    for one in truth.get("/streams"):
        place = (one["system"], one["stream"])
        mine = numbers.get(place)
        sums = (mine.stored, mine.quarantined) if mine else (0, 0)
        if one["live"] != sum(sums):
            found.append(f"{place}: {one['live']} live at the source, {sums} stored and refused")
        found += _by_key(house, truth, *place, kind=one["kind"])
    return found


def _by_key(house: House, truth: Truth, system: str, stream: str, kind: str) -> list[str]:
    """The stored keys are exactly the good ones, the refused exactly those that the city spoilt."""
    keys = truth.get(f"/streams/{system}/{stream}/keys")
    hashes = {
        bad: {
            keyed_hash(house.keys.index, "key", system, stream, one["key"])
            for one in keys
            if one["bad"] == bad
        }
        for bad in (False, True)
    }
    table = RECORDS[kind]
    with house.engine.connect() as conn:
        stored = set(conn.scalars(_keys(table, system, stream).where(is_live(table))))
        still_open = quarantine.c.closed_at.is_(None)
        refused = set(conn.scalars(_keys(quarantine, system, stream).where(still_open)))
    wrong = {
        "good rows are not stored": hashes[False] - stored,
        "stored rows are not the source's": stored - hashes[False],
        "bad rows are not in quarantine": hashes[True] - refused,
        "quarantined rows are not bad": refused - hashes[True],
    }
    return [f"{system} {stream}: {len(which)} {what}" for what, which in wrong.items() if which]


def _keys(table: Table, system: str, stream: str) -> Any:
    return select(table.c.key_hash).where(table.c.system == system, table.c.stream == stream)


def state(house: House) -> State:
    """A digest of everything that a round makes, by name. Equal keys make equal states."""
    found = {}
    for kind in RECORDS:
        rows = _read(
            house,
            f"SELECT system, stream, key_hash, row_hash, withheld FROM landing.{kind}"
            " WHERE deleted_at IS NULL",
        )
        found |= _by_stream(kind, rows)
    found |= _by_stream("quarantine", _read(house, REFUSED))
    found |= _by_stream("licences", _read(house, PUBLISHED))
    found["catalogue"] = _read(house, CATALOGUE)[0][0]
    found["judgements"] = _digest(_read(house, JUDGEMENTS))
    found["questions"] = _digest(_read(house, QUESTIONS))
    return found


REFUSED = (
    'SELECT system, stream, key_hash, row_hash, rule, "column" FROM landing.quarantine'
    " WHERE closed_at IS NULL"
)
PUBLISHED = (
    "SELECT system, stream, key_hash, row_hash, version, state, standing FROM certs.licence"
    " WHERE ended_at IS NULL"
)
CATALOGUE = "SELECT digest FROM catalog.version ORDER BY number DESC LIMIT 1"
JUDGEMENTS = (
    'SELECT subject, "left", "right", relation, "by" FROM catalog.judgement WHERE undone_at IS NULL'
)
QUESTIONS = 'SELECT subject, "left", candidates FROM catalog.review WHERE closed_at IS NULL'


def meaning(house: House) -> State:
    """A digest of what the rows say, without times: two cities changed alike have it in common."""
    found = {}
    for kind, columns in MEANING.items():
        names = ", ".join(columns)
        rows = _read(
            house,
            f"SELECT system, stream, key_hash, withheld, {names} FROM landing.{kind}"
            " WHERE deleted_at IS NULL",
        )
        found |= _by_stream(kind, rows)
    refused = _read(
        house,
        'SELECT system, stream, key_hash, rule, "column" FROM landing.quarantine'
        " WHERE closed_at IS NULL",
    )
    published = _read(
        house,
        "SELECT system, stream, key_hash, state, standing FROM certs.licence"
        " WHERE ended_at IS NULL",
    )
    found |= _by_stream("quarantine", refused) | _by_stream("licences", published)
    found["catalogue"] = _read(house, CATALOGUE)[0][0]
    return found


def _read(house: House, query: str) -> list[tuple[Any, ...]]:
    with house.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


def _by_stream(name: str, rows: list[tuple[Any, ...]]) -> State:
    """A digest and a count for each stream; `rows` begin with system and stream."""
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(f"{name} {row[0]} {row[1]}", []).append(row[2:])
    return {place: f"{len(some)} {_digest(some)}" for place, some in groups.items()}


def _digest(rows: list[tuple[Any, ...]]) -> str:
    lines = "\n".join(sorted(repr(row) for row in rows))
    return hashlib.sha256(lines.encode()).hexdigest()
