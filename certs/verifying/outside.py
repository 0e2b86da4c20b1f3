"""Whose seals we know beside our own: the one place that answers, and since and until when.

An issuer is known because a person put its certificate into the standing folder (`trust_folder`
of the settings, else `trust` of the state folder), or because a signed list of the nation or a
province names it (certs/seals/outside.py). The folder and the lists are read at each question: a
file put there counts at once, and one taken away no longer. What an issuer of the folder sealed
within its certificate's days stays known after them; a list that has expired makes nobody known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from certs.seals.issuers import Issuer, IssuerList
from certs.seals.outside import recognised
from certs.seals.trust import Trust, trust_of
from certs.verifying.folder import in_folder
from kernel.errors import BadInput, PersonMustAct
from kernel.house import House

FOLDER: Final = "trust"
#: What a certificate may call its subject, the first that it says.
NAMES: Final = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)


@dataclass(frozen=True)
class Outside:
    """An issuer of others. `since`, `until`: what it seals between them counts. `origin`: by what
    it is known, a file of the folder or a list."""

    name: str
    certificate: x509.Certificate
    since: datetime
    until: datetime
    origin: str


def issuers(house: House) -> list[Outside]:
    """Every issuer of others that is known: of the folder, by file, then of lists.

    Raises PersonMustAct when the folder that the settings name is not there, or holds a file that
    should be a certificate and is none: then nobody can say who is known.
    """
    return [*of_folder(house), *_of_lists(house)[0]]


def of_folder(house: House) -> list[Outside]:
    """Those of the standing folder. Raises as `issuers` does."""
    named = house.settings.trust_folder
    folder = Path(named) if named else house.settings.home / FOLDER
    if not (named or folder.is_dir()):
        return []
    try:
        found = in_folder(folder)
    except BadInput as error:
        raise PersonMustAct(f"the standing trust folder: {error}") from None
    return [
        Outside(_name(one), one, one.not_valid_before_utc, one.not_valid_after_utc, origin)
        for origin, one in found
    ]


def trust_now(house: House) -> Trust:
    """What this installation's verdicts go by: its own keys and authority, and known issuers."""
    known, lapsed = _of_lists(house)
    others = tuple(one.certificate for one in [*of_folder(house), *known])
    return replace(trust_of(house), others=others, lapsed=lapsed)


def trust_without_lists(house: House) -> Trust:
    """As `trust_now`, while the database with the lists is away."""
    others = tuple(one.certificate for one in of_folder(house))
    return replace(trust_of(house), others=others)


def _of_lists(house: House) -> tuple[list[Outside], tuple[x509.Certificate, ...]]:
    """Those of lists in force, and the certificates of those of lists that have expired."""
    now = house.clock()
    with house.engine.connect() as conn:
        found = recognised(house, conn)
    known = [_listed(made, one) for made, one in found if now < made.next_update]
    lapsed = tuple(one.certificate for made, one in found if now >= made.next_update)
    return known, lapsed


def _listed(made: IssuerList, one: Issuer) -> Outside:
    held = one.certificate
    since = max(one.valid_from, held.not_valid_before_utc)
    until = min(one.valid_to, held.not_valid_after_utc, made.next_update)
    origin = f"{made.authority} {made.sequence}"
    return Outside(one.name, held, since, until, origin)


def _name(certificate: x509.Certificate) -> str:
    """Its common name or organisation; else the whole name as it is written."""
    subject = certificate.subject
    said = (one.value for kind in NAMES for one in subject.get_attributes_for_oid(kind))
    return str(next(said, subject.rfc4514_string()))
