"""Whose seals we know beside our own: the one place that answers, and since and until when.

An issuer is known because a person put its certificate into the standing folder (`trust_folder`
of the settings, else `trust` of the state folder). What it sealed within its certificate's days
stays known after them. The folder is read at each question: a file put there counts at once, and
one taken away no longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

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
    it is known, a file of the folder."""

    certificate: x509.Certificate
    since: datetime
    until: datetime
    origin: str

    @property
    def name(self) -> str:
        """Its common name or organisation; else the whole name as it is written."""
        subject = self.certificate.subject
        said = (one.value for kind in NAMES for one in subject.get_attributes_for_oid(kind))
        return str(next(said, subject.rfc4514_string()))


def issuers(house: House) -> list[Outside]:
    """Every issuer of others that is known, in the order of the files.

    Raises PersonMustAct when the folder that the settings name is not there, or holds a file that
    should be a certificate and is none: then nobody can say who is known.
    """
    named = house.settings.trust_folder
    folder = Path(named) if named else house.settings.home / FOLDER
    if not (named or folder.is_dir()):
        return []
    try:
        found = in_folder(folder)
    except BadInput as error:
        raise PersonMustAct(f"the standing trust folder: {error}") from None
    return [
        Outside(one, one.not_valid_before_utc, one.not_valid_after_utc, origin)
        for origin, one in found
    ]


def trust_now(house: House) -> Trust:
    """What this installation's verdicts go by: its own keys and authority, and known issuers."""
    others = tuple(one.certificate for one in issuers(house))
    return replace(trust_of(house), others=others)
