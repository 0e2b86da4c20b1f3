"""A folder of certificates that someone decided to trust: authorities, or signers themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography import x509

from certs.seals.trust import Trust
from kernel.errors import BadInput

ENDINGS: Final = frozenset({".pem", ".crt", ".cer", ".der"})
#: A certificate has some 2 KB; a bundle of a nation's authorities some hundred.
LARGEST: Final = 4 * 1024 * 1024


def with_folder(trust: Trust, folder: Path) -> Trust:
    """The trust with the folder's certificates beside ours. Raises BadInput as `in_folder` does,
    and when the folder holds none."""
    found = [one for _, one in in_folder(folder)]
    if not found:
        wanted = ", ".join(sorted(ENDINGS))
        raise BadInput(f"{folder} holds no certificate: put files ending in {wanted} there")
    return replace(trust, others=(*trust.others, *found))


def in_folder(folder: Path) -> list[tuple[str, x509.Certificate]]:
    """The certificates of a folder (PEM, also several in one file, or DER), by their file's name.

    Files of other endings are left alone. Raises BadInput when it is no folder, or a file that
    should be a certificate is none.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a folder: name one that holds certificates")
    files = sorted(one for one in folder.iterdir() if one.suffix.lower() in ENDINGS)
    return [(file.name, certificate) for file in files for certificate in _read(file)]


def _read(file: Path) -> list[x509.Certificate]:
    try:
        if file.stat().st_size > LARGEST:
            raise BadInput(f"{file} is larger than any certificate")
        data = file.read_bytes()
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise BadInput(f"{file} is no certificate in PEM or DER") from None
