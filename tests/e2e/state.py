"""What stands in an installation: compared with the city's truth, and with another one's."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Table, select

from catalog.tables import judgement, review, version
from certs.tables import licence
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
    "licence": ("type", "holder_hash", "co_holder_hash", "status"),
    "case": ("case_number", "item_code", "post", "holder_hash", "state", "provisional"),
}


def differences(house: House, truth: Truth, only: tuple[str, ...] = ()) -> list[str]:
    """Every stream that is not as the city's truth: a sentence each, without any key.

    `only`: of these systems; none named: of all.
    """
    found = []
    with house.engine.connect() as conn:
        numbers = {(one.system, one.stream): one for one in counts(conn)}
    for one in truth.get("/streams"):
        if only and one["system"] not in only:
            continue
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
    found: State = {}
    for kind, table in RECORDS.items():
        found |= _by_stream(kind, house, _present(table, "row_hash", "withheld"))
    found |= _by_stream("quarantine", house, _refused("row_hash", "rule", "column"))
    found |= _by_stream("licences", house, _published("row_hash", "version", "state", "standing"))
    return found | _catalogue(house)


def meaning(house: House) -> State:
    """A digest of what the rows say, without times: two cities changed alike have it in common."""
    found: State = {}
    for kind, columns in MEANING.items():
        found |= _by_stream(kind, house, _present(RECORDS[kind], "withheld", *columns))
    found |= _by_stream("quarantine", house, _refused("rule", "column"))
    found |= _by_stream("licences", house, _published("state", "standing"))
    return found | _catalogue(house)


def _present(table: Table, *columns: str) -> Any:
    return _of(table, *columns).where(table.c.deleted_at.is_(None))


def _refused(*columns: str) -> Any:
    return _of(quarantine, *columns).where(quarantine.c.closed_at.is_(None))


def _published(*columns: str) -> Any:
    return _of(licence, *columns).where(licence.c.ended_at.is_(None))


def _of(table: Table, *columns: str) -> Any:
    return select(*(table.c[name] for name in ("system", "stream", "key_hash", *columns)))


def _catalogue(house: House) -> State:
    j, r = judgement.c, review.c
    decided = select(j.subject, j.left, j.right, j.relation, j.by).where(j.undone_at.is_(None))
    asked = select(r.subject, r.left, r.candidates).where(r.closed_at.is_(None))
    newest = select(version.c.digest).order_by(version.c.number.desc()).limit(1)
    return {
        "catalogue": _digest(_read(house, newest)),
        "judgements": _digest(_read(house, decided)),
        "questions": _digest(_read(house, asked)),
    }


def _read(house: House, query: Any) -> list[tuple[Any, ...]]:
    with house.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(query)]


def _by_stream(name: str, house: House, query: Any) -> State:
    """A count and a digest for each stream; the rows begin with system and stream."""
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in _read(house, query):
        groups.setdefault(f"{name} {row[0]} {row[1]}", []).append(row[2:])
    return {place: f"{len(some)} {_digest(some)}" for place, some in groups.items()}


def _digest(rows: list[tuple[Any, ...]]) -> str:
    lines = "\n".join(sorted(repr(row) for row in rows))
    return hashlib.sha256(lines.encode()).hexdigest()
