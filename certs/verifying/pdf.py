"""Verify the seals of a PDF: ours strictly, others' as far as pyHanko can."""

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
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from certs.seals.cms import as_we_write_it
from certs.seals.pades import pyhanko_certificate
from certs.seals.trust import Trust
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
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
UNREADABLE = Verdict(None, "unreadable", None, KIND, "PDF 已损坏，无法读取。")
NO_SEAL = Verdict(None, "no_seal", None, KIND, "文件没有签章。")
STRANGER = Verdict(True, "unknown_issuer", False, KIND, "文件未被改动，但签章机构不在信任列表中。")


def verify_pdf(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a PDF. Several seals: all must be sound."""
    _quiet()
    try:
        reader: Any = PdfFileReader(io.BytesIO(data), strict=False)
        seals: Sequence[Any] = reader.embedded_regular_signatures
    except MALFORMED:
        return UNREADABLE
    if not seals:
        return NO_SEAL
    try:
        statuses = [_validate(seal, trust, now) for seal in seals]
    except MALFORMED:
        return Verdict(False, "changed", False, KIND, "签章已损坏，或盖章之后文件被改动过。")
    known = all(status.trusted for status in statuses)
    sound = all(status.intact and status.valid for status in statuses) and _covered(statuses)
    if not sound or (known and not all(_exact(data, seal) for seal in seals)):
        return Verdict(False, "changed", known, KIND, "盖章之后文件被改动过。")
    return _ours(reader, now) if known else STRANGER


def _quiet() -> None:
    """pyHanko logs the names and addresses of signers, who are persons: not here."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _validate(seal: Any, trust: Trust, now: datetime) -> Any:
    roots = [pyhanko_certificate(one) for one in trust.authorities]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=now)
    return validate_pdf_signature(seal, signer_validation_context=context)


def _covered(statuses: Sequence[Any]) -> bool:
    """Whether nothing but what a signer may add came after the seals."""
    return all(
        status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        or (
            status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
            and status.modification_level is not None
            and status.docmdp_ok
        )
        for status in statuses
    )


def _exact(data: bytes, seal: Any) -> bool:
    """Whether the signature's own place in the file, which it cannot cover, is as we write it."""
    start, length, rest, tail = (int(number) for number in seal.byte_range)
    gap = data[start + length : rest]
    value = bytes(seal.pkcs7_content)
    written = b"<" + value.hex().upper().encode() + b">"
    return start == 0 and rest + tail == len(data) and gap == written and as_we_write_it(value)


def _ours(reader: Any, now: datetime) -> Verdict:
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
