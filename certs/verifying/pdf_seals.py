"""One signature of a PDF: by pyHanko, or by our own hands where it is SM2 or a GB/T 38540 stamp."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certs.verifying import keys, signed_data, stamped
from certs.verifying.finding import CHANGED, Finding, Unsound
from certs.verifying.pdf_places import Place, check_gap, check_tail, signed_bytes_of, whole_file
from certs.verifying.ses import read_stamp

#: What pyHanko validates as a signature.
CMS_FILTERS: Final = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/PBAD.PAdES"})
#: What else the PDF standard knows; its signatures are over something else.
OTHER_FILTERS: Final = frozenset({"/adbe.pkcs7.sha1", "/adbe.x509.rsa_sha1", "/ETSI.RFC3161"})
TIME_STAMP: Final = "/DocTimeStamp"
BROKEN_DIGESTS: Final = frozenset({"md2", "md5"})
NOT_ALLOWED: Final = "CRYPTO_CONSTRAINTS_FAILURE"


def check(reader: Any, data: bytes, place: Place, now: datetime) -> Finding | None:
    """What a signature says; None for a time stamp of the document, which holds.

    Raises Unsound, keys.Unsupported, or whatever pyHanko raises on a malformed file.
    """
    check_gap(data, place)
    if any(place.value[len(signed_data.trimmed(place.value)) :]):
        raise Unsound(CHANGED)
    if place.kind == TIME_STAMP:
        _time_stamped(reader, data, place, now)
        return None
    if signed_data.is_chinese(place.value):
        _check_revisions(reader, data, place)
        return signed_data.check(place.value, signed_bytes_of(data, place))
    stamp = _stamp(place)
    if stamp is not None:
        _check_revisions(reader, data, place)
        return stamped.check(stamp, signed_bytes_of(data, place))
    if place.filter not in CMS_FILTERS:
        if place.filter not in OTHER_FILTERS:  # a byte of the name itself may have been changed
            signed_data.check(place.value, signed_bytes_of(data, place))
        raise keys.Unsupported("PDF 签名的类型不受支持")
    return _by_pyhanko(reader, data, place, now)


def _stamp(place: Place) -> Any:
    try:
        return read_stamp(signed_data.trimmed(place.value))
    except (ValueError, OverflowError):
        return None


def _context(now: datetime) -> Any:
    """Trust is judged elsewhere, in one way for all kinds of files."""
    return ValidationContext(trust_roots=[], allow_fetching=False, moment=now)


def _time_stamped(reader: Any, data: bytes, place: Place, now: datetime) -> None:
    embedded = EmbeddedPdfSignature(reader, place.field, place.name)
    status = validate_pdf_timestamp(embedded, validation_context=_context(now))
    if not (status.intact and status.valid and _covered(embedded, data, place)):
        raise Unsound("时间戳已损坏，或之后文件被改动过。")


def _by_pyhanko(reader: Any, data: bytes, place: Place, now: datetime) -> Finding:
    embedded = EmbeddedPdfSignature(reader, place.field, place.name)
    if embedded.md_algorithm in BROKEN_DIGESTS:
        raise keys.Unsupported("摘要算法不受支持或已不安全")
    status = validate_pdf_signature(embedded, signer_validation_context=_context(now))
    if not (status.intact and status.valid and _covered(embedded, data, place)):
        raise Unsound(CHANGED)
    if getattr(status.trust_problem_indic, "name", "") == NOT_ALLOWED:
        raise Unsound("签名所用的算法不合规范。")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise Unsound("签名中的时间戳已损坏。")
    at = stamp.timestamp if stamp is not None else status.signer_reported_dt
    return Finding((embedded.signer_cert,), embedded.other_embedded_certs, at)


def _covered(embedded: Any, data: bytes, place: Place) -> bool:
    """Whether nothing but what a signer may add came after the seal. Raises Unsound."""
    revisions = embedded.reader.xrefs.total_revisions
    check_tail(data, place, last=embedded.signed_revision == revisions - 1)
    found = embedded.summarise_integrity_info()
    return bool(
        found["coverage"] == SignatureCoverageLevel.ENTIRE_FILE
        or (found["coverage"] == SignatureCoverageLevel.ENTIRE_REVISION and found["docmdp_ok"])
    )


def _check_revisions(reader: Any, data: bytes, place: Place) -> None:
    """The same as `_covered` for a signature that pyHanko cannot validate. Raises Unsound."""
    if whole_file(data, place):
        return
    try:
        embedded: Any = EmbeddedPdfSignature(reader, place.field, place.name)
    except (ValueError, TypeError, LookupError, AttributeError, NotImplementedError):
        raise keys.Unsupported("签章之后文件有追加内容，这种签章无法核验追加内容") from None
    # pyHanko asks for the digest in an algorithm that it does not have, and finds this one.
    known = getattr(embedded, "external_md_algorithm", "")
    embedded.external_digests[known] = keys.digest(keys.SM3, signed_bytes_of(data, place))
    embedded.external_md_algorithm = known
    embedded.compute_integrity_info()
    if not _covered(embedded, data, place):
        raise Unsound(CHANGED)
