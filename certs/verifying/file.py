"""Verify any file: our copies, licence files and case packages, sealed PDFs and OFDs of others.

The verdict has three parts that are not mixed: untouched, status, issuer known. Nothing is read
but the file and the trust material; nothing is fetched from anywhere.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from certs.seals.trust import Trust
from certs.verifying.archive import MANIFEST, verify_package
from certs.verifying.bounded import TooMuch, bounded
from certs.verifying.folder import with_folder
from certs.verifying.licence import verify_licence
from certs.verifying.ofd import verify_ofd
from certs.verifying.package import Unreadable, names_in
from certs.verifying.pdf import verify_pdf
from certs.verifying.verdict import Kind, Verdict
from certs.verifying.wallet import is_credential, verify_credential
from kernel.errors import BadInput

__all__ = ["Trust", "Verdict", "verify_bytes", "verify_file", "with_folder"]

#: Larger files are refused unread.
LARGEST: Final = 50 * 1024 * 1024
TOO_MUCH: Final = "文件过于复杂，未能在规定的时间和内存内核验完。"


def verify_file(file: bytes | Path, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a file's bytes, or on the file at a path.

    At most 10 seconds and 300 MB beyond what this process has are spent on it, in a process of
    its own. Raises BadInput when the path cannot be read or the file is larger than 50 MB;
    whatever the bytes are, there is a verdict.
    """
    data = _read(file) if isinstance(file, Path) else file
    if len(data) > LARGEST:
        raise BadInput("a file to verify has at most 50 MB")
    try:
        return bounded(lambda: verify_bytes(data, trust, now))
    except TooMuch:
        return Verdict(None, "unreadable", None, kind_of(data), TOO_MUCH)


def verify_bytes(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The same in this process, without its bounds."""
    kind = kind_of(data)
    if kind == "pdf":
        return verify_pdf(data, trust, now)
    if kind == "ofd":
        verify = verify_package if _is_package(data) else verify_ofd
        return verify(data, trust, now)
    if kind == "licence":
        verify = verify_credential if is_credential(data) else verify_licence
        return verify(data, trust, now)
    reason = "不是 PDF、OFD 或本平台的证照文件、案卷包。"
    return Verdict(None, "not_checked", None, "unknown", reason)


def kind_of(data: bytes) -> Kind:
    """What the file begins like."""
    if data[:1024].lstrip().startswith(b"%PDF"):
        return "pdf"
    if data.startswith(b"PK"):
        return "ofd"
    if data[:1024].lstrip()[:1] == b"{" or is_credential(data):
        return "licence"
    return "unknown"


def _is_package(data: bytes) -> bool:
    """Whether a ZIP is a case's package: a manifest at its root, and not where an OFD begins."""
    try:
        names = names_in(data)
    except Unreadable:
        return False
    return MANIFEST in names and "OFD.xml" not in names


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput("a file to verify has at most 50 MB")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
