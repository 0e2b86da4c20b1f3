"""A signed list of issuers: its form, its signature, and what it says."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal

from cryptography import x509

from kernel.canonical import canonical
from kernel.errors import BadInput, Refused
from kernel.house import House
from kernel.signers.public import of_pem

FORMAT: Final = "zhongtai-issuers-1"
#: The authority's public key is the secret of this name and the authority's own, in capitals.
KEY: Final = "TRUST_LIST_KEY_"
AUTHORITY: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
LARGEST: Final = 8 * 1024 * 1024
MOST: Final = 5_000  # issuers in a list
TOP: Final = frozenset(
    {"format", "authority", "sequence", "issued_at", "next_update", "issuers", "signature"}
)
ISSUER: Final = frozenset({"name", "place", "certificate", "valid_from", "valid_to", "state"})
State = Literal["granted", "withdrawn"]


@dataclass(frozen=True)
class Issuer:
    """An authority, or a signer itself, whose seals count from `valid_from` until `valid_to`."""

    name: str
    place: str
    certificate: x509.Certificate
    valid_from: datetime
    valid_to: datetime
    state: State

    def counts(self, now: datetime) -> bool:
        """Whether it is recognised at that time."""
        return self.state == "granted" and self.valid_from <= now < self.valid_to


@dataclass(frozen=True)
class IssuerList:
    """A list whose signature holds."""

    authority: str
    sequence: int
    issued_at: datetime
    next_update: datetime
    issuers: tuple[Issuer, ...]


def read(house: House, data: bytes) -> IssuerList:
    """What a list says, once its signature holds. Raises BadInput, Refused (`list_signature`)."""
    if len(data) > LARGEST:
        raise BadInput(f"a list of issuers has at most {LARGEST >> 20} MB")
    try:
        said = json.loads(data.decode())
        signature = base64.b64decode(said["signature"], validate=True)
        authority = str(said["authority"])
        signed = canonical({name: value for name, value in said.items() if name != "signature"})
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        raise BadInput(f"the file is no signed list of issuers ({FORMAT})") from None
    if set(said) != TOP or said["format"] != FORMAT or not AUTHORITY.fullmatch(authority):
        raise BadInput(f"a list of issuers ({FORMAT}) has exactly {', '.join(sorted(TOP))}")
    name = KEY + authority.upper()
    if not house.secrets.has(name):
        raise Refused(
            f"no key of {authority} is kept here: set {name} with `zhongtai secrets set`",
            reason="list_signature",
        )
    key = of_pem(house.secrets.get(name))
    if key.algorithm != house.profile.signature and house.profile.name == "gm":
        raise BadInput(f"in the gm profile the key {name} is SM2")
    if not key.verifies(signed, signature):
        raise Refused(
            f"the list is not signed by {authority}, whose key is here", reason="list_signature"
        )
    return _list(said)


@lru_cache(8)
def parsed(text: str) -> IssuerList:
    """A list that was taken: each verdict needs it."""
    return _list(json.loads(text))


def _list(said: Mapping[str, Any]) -> IssuerList:
    sequence, issuers = said["sequence"], said["issuers"]
    if type(sequence) is not int or not 0 < sequence < 2**53:
        raise BadInput("the sequence of a list of issuers is a whole number from 1 on")
    if not isinstance(issuers, list) or not 0 < len(issuers) <= MOST:
        raise BadInput(f"a list of issuers names 1 to {MOST:,} of them")
    made = tuple(_issuer(number, one) for number, one in enumerate(issuers, 1))
    issued, following = _time(said, "issued_at"), _time(said, "next_update")
    if following <= issued:
        raise BadInput("next_update of a list of issuers comes after issued_at")
    return IssuerList(said["authority"], sequence, issued, following, made)


def _issuer(number: int, said: Any) -> Issuer:
    if not isinstance(said, dict) or set(said) != ISSUER:
        raise BadInput(f"issuer {number} of the list has exactly {', '.join(sorted(ISSUER))}")
    if said["state"] not in ("granted", "withdrawn"):
        raise BadInput(f"issuer {number} of the list is granted or withdrawn")
    try:
        certificate = x509.load_pem_x509_certificate(str(said["certificate"]).encode())
    except ValueError:
        raise BadInput(f"issuer {number} of the list has no certificate in PEM") from None
    return Issuer(
        str(said["name"]), str(said["place"]), certificate, _time(said, "valid_from"),
        _time(said, "valid_to"), said["state"],
    )  # fmt: skip


def _time(said: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(said[name]))
        if at.tzinfo is None:
            raise BadInput(f"{name} in the list of issuers needs its zone")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"{name} in the list of issuers is no ISO time") from None
