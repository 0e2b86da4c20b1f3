"""The licence document: canonical JSON in the terms of GB/T 36903, with where it comes from.

Keys: ZZMC name, ZZLXDM type code, ZZBH number, ZZBS identifier, ZZBFJG(DM) issuer, ZZBFRQ issued,
ZZYXQQSRQ / ZZYXQJZRQ valid from / to, CZZT holder, CZZTDM holder's number, CZZTDMLX its kind,
ZZQZR / ZZQZMC / ZZQZSJ seal, CJSJ made at; extensions `KZ_*`. Standard metadata says
what the issuer said; `provenance` says which system, batch, run and source time it is from;
`identifier_faults` says what does not conform in an issuer's own identifier; `blind` keeps the
leaf hash from telling anything about a document whose other fields could be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from certs.licences import identifier
from certs.licences.standing import DATA_ONLY, standing_on
from kernel.clock import CITY_TIME
from kernel.crypto import derive
from kernel.errors import PersonMustAct
from kernel.house import House
from ledger.events import moment
from registry import departments, mandates
from registry.licence_types import LicenceType
from registry.mandates import Mandate

FORMAT = "zhongtai-licence-1"
#: Kind of holder number, as GB/T 36903 codes it.
HOLDER_KINDS = {"person": "111", "organisation": "001"}
#: Fields of the document that hold what the details say.
EXTENSION = "KZ_"
#: The seal under which a licence is made in a department's name.
SEAL_NAME = "委托制证电子签章"
Document = dict[str, Any]


class Landed(NamedTuple):
    """A row of `landing.licence` to publish, with the `version` that it becomes.

    `old_id`: the published version that it takes the place of. A tuple of our own: an attribute of
    the database's rows costs four times as much, and thirty are read a licence.
    """

    system: str
    stream: str
    key_hash: str
    row_hash: str
    batch: str
    run: str
    source_time: datetime | None
    landed_at: datetime
    type: str
    holder_kind: str
    holder_hash: str
    co_holder_hash: str | None
    issuer: str | None
    issued: date | None
    valid_from: date | None
    valid_to: date | None
    status: str
    sealed: bytes
    version: int
    old_id: str | None


def landed_key(house: House, system: str, stream: str) -> bytes:
    """The key under which a stream's landed rows are encrypted."""
    return derive(house.keys.master, "landing", system, stream)


def landed_place(row: Landed) -> str:
    """What the ciphertext of a row of `landing.licence` is bound to."""
    return f"landing/{row.system}/{row.stream}/{row.key_hash}"


@dataclass(frozen=True)
class Ground:
    """What all documents of one type that are made at one time have in common."""

    kind: LicenceType
    day: date
    standing: str
    fields: Mapping[str, Any]


def ground_of(kind: LicenceType, now: datetime) -> Ground:
    """The ground of a type's documents."""
    day = now.astimezone(CITY_TIME).date()
    standing, mandate = standing_on(kind, day), mandates.in_force(kind.name, day)
    fields: Document = {
        "format": FORMAT,
        "ZZMC": kind.name,
        "ZZLXDM": kind.code,
        "ZZBFJGDM": departments.load()[kind.department].credit_code,
        "CJSJ": moment(now),
        **(_sealed_by(mandate, now) if mandate else {}),
        "standing": standing,
        "mandate": mandate.name if mandate else None,
    }
    return Ground(kind, day, standing, _said(fields))


def build(row: Landed, values: Mapping[str, Any], ground: Ground, blind: str) -> Document:
    """The document of one landed licence. Fields without a value are left out.

    `values`: the row's personal ones; `blind`: 32 random hex characters.
    """
    number, get = str(values["number"]), values.get
    own = get("identifier")
    document: Document = {
        **ground.fields,
        "ZZBH": number,
        "ZZBS": identifier.kept(own) if own else _own(ground, number, row.version),
        "ZZBFJG": row.issuer,
        "ZZBFRQ": _day(row.issued),
        "ZZYXQQSRQ": _day(row.valid_from),
        "ZZYXQJZRQ": _day(row.valid_to),
        "CZZT": values["holder_name"],
        "CZZTDM": values["holder_number"],
        "CZZTDMLX": HOLDER_KINDS[row.holder_kind],
        "KZ_GYR": get("co_holder_name"),
        "KZ_GYRDM": get("co_holder_number"),
        "identifier_faults": identifier.faults(own) if own else None,
        "status": row.status,
        "version": row.version,
        "provenance": {
            "system": row.system,
            "stream": row.stream,
            "batch": row.batch,
            "run": row.run,
            "source_time": _moment(row.source_time) if row.source_time else None,
            "landed_at": _moment(row.landed_at),
        },
        "blind": blind,
    }
    for name, text in (get("details") or {}).items():
        document[EXTENSION + name] = text
    return _said(document)


def from_answer(values: Mapping[str, Any], kind: LicenceType) -> Document:
    """A look-up's answer in the same terms. Nothing of it is sealed or kept."""
    document: Document = {
        "format": FORMAT,
        "ZZMC": kind.name,
        "ZZBH": values["number"],
        "ZZBFJG": values.get("issuer"),
        "ZZBFRQ": values.get("issued"),
        "ZZYXQQSRQ": values.get("valid_from"),
        "ZZYXQJZRQ": values.get("valid_to"),
        "CZZT": values["holder_name"],
        "CZZTDM": values["holder_number"],
        "CZZTDMLX": HOLDER_KINDS[values["holder_kind"]],
        "KZ_GYR": values.get("co_holder_name"),
        "KZ_GYRDM": values.get("co_holder_number"),
        "standing": DATA_ONLY,
        "status": values["status"],
    }
    details: Mapping[str, Any] = values.get("details") or {}
    document.update((EXTENSION + name, text) for name, text in details.items())
    return _said(document)


def carries(document: Mapping[str, Any], number: str) -> bool:
    """Whether a document is of that number or identifier, however either is written."""
    wanted = identifier.normalise(number)
    held = (document.get(name) for name in ("ZZBH", "ZZBS"))
    return wanted in {identifier.normalise(one) for one in held if isinstance(one, str)}


def details_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The detail fields of a document, by their Chinese names."""
    held = ("KZ_GYR", "KZ_GYRDM")
    return {
        name.removeprefix(EXTENSION): str(value)
        for name, value in document.items()
        if name.startswith(EXTENSION) and name not in held
    }


def own_identifier(kind: LicenceType, number: str, version: int, day: date) -> str | None:
    """An identifier of our own, only under a mandate that is in force, and only a conforming one.

    None also where the type's code or the issuing department's credit code is not known: a code is
    never invented.
    """
    if standing_on(kind, day) != "delegated":
        return None
    issuer = departments.load()[kind.department].credit_code
    serial = "".join(letter for letter in number.upper() if letter.isascii() and letter.isalnum())
    if kind.code is None or issuer is None or not serial or version > 999:
        return None
    return identifier.make(kind.code, issuer, serial, version)


def _own(ground: Ground, number: str, version: int) -> str | None:
    if ground.standing != "delegated":
        return None
    return own_identifier(ground.kind, number, version, ground.day)


def _said(document: Document) -> Document:
    """Without the fields that say nothing."""
    return {name: value for name, value in document.items() if value is not None}


def type_of(types: Mapping[str, LicenceType], name: str) -> LicenceType:
    """The licence type. Raises PersonMustAct when the registry does not know it."""
    try:
        return types[name]
    except KeyError:
        raise PersonMustAct(
            f"the licence type {name} has landed but is not in registry/licence_types.yml: add it"
        ) from None


@lru_cache(maxsize=4096)
def _moment(at: datetime) -> str:
    """Times repeat: a batch of licences has one time of publishing and of landing."""
    return moment(at)


def _sealed_by(mandate: Mandate, now: datetime) -> Document:
    """The seal's metadata of GB/T 36903, where we seal in a department's name."""
    return {"ZZQZR": mandate.department, "ZZQZMC": SEAL_NAME, "ZZQZSJ": moment(now)}


@lru_cache(maxsize=4096)
def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
