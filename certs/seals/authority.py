"""The installation's own small certificate authority, and the seal keys' certificates under it.

Made once, at first use, beside the keys: `keys/ca.pem` (0600), `keys/ca.crt`, and a certificate
beside each seal key (`seal.crt`, `seal-<key id>.crt`). For the embedded default and for tests; a
production seal is a certified device's.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from cryptography import x509 as read_x509
from cryptography.hazmat.primitives import serialization

from certs.seals import x509
from kernel.errors import Stop
from kernel.house import House
from kernel.signers import software
from kernel.signers.public import PublicKey, Signer
from kernel.signers.ring import Held, write_whole

CA_YEARS = timedelta(days=20 * 365)
SEAL_YEARS = timedelta(days=10 * 365)
#: A certificate that ends sooner is written anew by `zhongtai keys renew`.
SOON = timedelta(days=365)
CA_NAME = "Zhongtai seal authority"
SEAL_NAME = "Zhongtai licence seal"
#: A draft is named by its process: its threads take turns.
_KEEPING = Lock()


@dataclass(frozen=True)
class SealCertificates:
    """The certificate of the seal key that signs now, and the authority's."""

    seal: read_x509.Certificate
    authority: read_x509.Certificate


def certificates(house: House) -> SealCertificates:
    """Read the certificates, made first where there are none. Raises Stop on another key's."""
    current = house.keys.seal.current()
    file = certificate_file(house, current)
    authority = authority_of(house)
    if not file.is_file():
        _keep(file, _pem(_issue_seal(house, current.known.public, house.clock())))
    seal = _read(file)
    if x509.public_of(_der(seal)) != current.known.public:
        raise Stop(f"{file} is not the certificate of the key {current.name}")
    return SealCertificates(seal, authority)


def authority_of(house: House) -> read_x509.Certificate:
    """The authority's certificate, made first where there is none."""
    file = _folder(house) / "ca.crt"
    if not file.is_file():
        _keep(file, _pem(_issue_authority(house, house.clock())))
    return _read(file)


def renew(house: House, *, always: bool = False) -> list[str]:
    """Write the certificates anew that end within a year (or all), for the same keys.

    Names of the files. What the old ones vouched for verifies by the new ones: the names and keys
    are the same.
    """
    now, held = house.clock(), certificates(house)
    current = house.keys.seal.current()
    done: list[str] = []
    if always or _ends_soon(held.authority, now):
        write_whole(_folder(house) / "ca.crt", _pem(_issue_authority(house, now)))
        done.append("ca.crt")
    if always or _ends_soon(held.seal, now):
        file = certificate_file(house, current)
        write_whole(file, _pem(_issue_seal(house, current.known.public, now)))
        done.append(file.name)
    return done


def certificate_file(house: House, held: Held) -> Path:
    """Where the certificate of a seal key is."""
    name = re.sub(r"[^\w-]", "_", held.name.removesuffix(".pem"))
    return _folder(house) / f"{name}.crt"


def ends(certificate: read_x509.Certificate) -> datetime:
    """The last moment of a certificate."""
    return certificate.not_valid_after_utc


def _issue_authority(house: House, now: datetime) -> bytes:
    signer = _authority_signer(house)
    since = now - timedelta(days=1)
    wanted = x509.Wanted(CA_NAME, signer.public, since, now + CA_YEARS, (x509.ANY_POLICY,), ca=True)
    return x509.issue(wanted, CA_NAME, signer)


def _issue_seal(house: House, public: PublicKey, now: datetime) -> bytes:
    """Never longer than the authority's own, or a path would end before its leaf does."""
    until = min(now + SEAL_YEARS, ends(authority_of(house)))
    wanted = x509.Wanted(SEAL_NAME, public, now - timedelta(days=1), until, (x509.SEALS,), ca=False)
    return x509.issue(wanted, CA_NAME, _authority_signer(house))


def _authority_signer(house: House) -> Signer:
    """Two processes may meet here: the key is taken from whoever wrote it first."""
    file = _folder(house) / "ca.pem"
    if not file.is_file():
        _keep(file, software.new_pem(house.profile.signature))
    return software.read(file)


def _ends_soon(certificate: read_x509.Certificate, now: datetime) -> bool:
    return ends(certificate) - now < SOON


def _folder(house: House) -> Path:
    return house.settings.home / "keys"


def _keep(file: Path, data: bytes) -> None:
    """Write the file unless it is there: of several threads and processes the first one's stays."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    with _KEEPING:
        write_whole(draft, data)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def _pem(der: bytes) -> bytes:
    certificate = read_x509.load_der_x509_certificate(der)
    return certificate.public_bytes(serialization.Encoding.PEM)


def _der(certificate: read_x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _read(file: Path) -> read_x509.Certificate:
    try:
        return read_x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        raise Stop(f"the certificate {file} is damaged: put it back from its backup") from None
