"""Verify any file: our annotated copies, our licence files, other sealed PDFs, OFD.

The verdict has three parts that are not mixed: untouched, status, issuer known. Nothing is read
but the file and the trust material; nothing is fetched from anywhere.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from certs.seals.trust import Trust
from certs.verifying.licence import verify_licence
from certs.verifying.ofd import verify_ofd
from certs.verifying.pdf import verify_pdf
from certs.verifying.verdict import Verdict
from kernel.errors import BadInput

__all__ = ["Trust", "Verdict", "verify_file"]

#: Larger files are refused unread.
LARGEST = 50 * 1024 * 1024


def verify_file(file: bytes | Path, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a file's bytes, or on the file at a path.

    Raises BadInput when the path cannot be read or the file is larger than 50 MB; whatever the
    bytes are, there is a verdict.
    """
    data = _read(file) if isinstance(file, Path) else file
    if len(data) > LARGEST:
        raise BadInput("a file to verify has at most 50 MB")
    if data[:1024].lstrip().startswith(b"%PDF"):
        return verify_pdf(data, trust, now)
    if data.startswith(b"PK"):
        return verify_ofd(data, trust, now)
    if data.lstrip()[:1] == b"{":
        return verify_licence(data, trust, now)
    return Verdict(None, "not_checked", None, "unknown", "不是 PDF、OFD 或本平台的证照文件。")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput("a file to verify has at most 50 MB")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
