"""Verify the seals of a PDF: ours strictly, others' as their standards say."""

from __future__ import annotations

import io
import json
import logging
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko_certvalidator.errors import PathError, ValidationError

from certs.seals.cms import as_we_write_it
from certs.seals.trust import Trust
from certs.verifying import keys, pdf_seals
from certs.verifying.finding import CHANGED, Finding, Unsound, verdict_of
from certs.verifying.issuers import known
from certs.verifying.pdf_places import Place, places, whole_file
from certs.verifying.verdict import Verdict

KIND: Final = "pdf"
#: What a malformed file can make the parsers raise.
MALFORMED = (
    PdfError,
    PathError,
    ValidationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
UNREADABLE = Verdict(None, "unreadable", None, KIND, "PDF 已损坏，无法读取。")
NO_SEAL = Verdict(None, "no_seal", None, KIND, "文件没有签章。")
ENCRYPTED = Verdict(None, "unsupported", None, KIND, "PDF 已加密，无法核验其中的签章。")
BROKEN: Final = "签章已损坏，或盖章之后文件被改动过。"


def verify_pdf(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a PDF. Several seals: all must be sound."""
    _quiet()
    try:
        reader: Any = PdfFileReader(io.BytesIO(data), strict=False)
    except MALFORMED:
        return UNREADABLE
    try:
        found = places(reader)
    except MALFORMED:
        return ENCRYPTED if _encrypted(reader) else UNREADABLE
    if all(one.kind == pdf_seals.TIME_STAMP for one in found):
        return NO_SEAL
    if _encrypted(reader):
        return ENCRYPTED
    return _verify(reader, data, found, trust, now)


def _verify(
    reader: Any, data: bytes, found: Sequence[Place], trust: Trust, now: datetime
) -> Verdict:
    try:
        findings = _findings(reader, data, found, now)
    except keys.Unsupported as error:
        return Verdict(None, "unsupported", None, KIND, f"{error}。")
    except Unsound as error:
        return Verdict(False, "changed", False, KIND, str(error))
    if any(_ours(one, trust) for one in findings):
        if not _exact(data, found):
            return Verdict(False, "changed", True, KIND, CHANGED)
        return _copy(reader, now)
    return verdict_of(findings, trust, now, KIND)


def _findings(reader: Any, data: bytes, found: Sequence[Place], now: datetime) -> list[Finding]:
    """What each seal says. One that is broken counts before one that cannot be checked."""
    made: list[Finding] = []
    unchecked: list[keys.Unsupported] = []
    for place in found:
        try:
            one = pdf_seals.check(reader, data, place, now)
        except keys.Unsupported as error:
            unchecked.append(error)
        except Unsound:
            raise
        except MALFORMED:
            raise Unsound(BROKEN) from None
        else:
            made += [one] if one is not None else []
    if unchecked:
        raise unchecked[0]
    return made


def _encrypted(reader: Any) -> bool:
    try:
        return bool(reader.encrypted)
    except MALFORMED:
        return False


def _quiet() -> None:
    """pyHanko logs the names and addresses of signers, who are persons: not here."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _ours(finding: Finding, trust: Trust) -> bool:
    """Whether our own authority stands behind the signer."""
    own = Trust(trust.authorities, trust.seal_keys)
    return all(known(one, (), own) for one in finding.certificates)


def _exact(data: bytes, found: Sequence[Place]) -> bool:
    """Whether a copy of ours is one revision, and its value, which no signature covers in full,

    is as we write it.
    """
    if len(found) != 1 or not whole_file(data, found[0]):
        return False
    _, length, rest, _ = found[0].byte_range
    written = b"<" + found[0].value.hex().upper().encode() + b">"
    return data[length:rest] == written and as_we_write_it(found[0].value)


def _copy(reader: Any, now: datetime) -> Verdict:
    """A copy of ours: what it says of itself, and whether its days are over."""
    try:
        about = json.loads(str(reader.trailer["/Info"]["/Keywords"]))
        expires_at = datetime.fromisoformat(about["expires_at"])
    except MALFORMED:
        return Verdict(True, "valid", True, KIND, None)
    facts = {name: str(value) for name, value in about.items()}
    if now > expires_at:
        reason = "文件未被改动，加注件已过使用期限；使用时有效。"
        return Verdict(True, "expired", True, KIND, reason, facts)
    return Verdict(True, "valid", True, KIND, None, facts)
