"""Signed data (RFC 5652 CMS, GB/T 35275) by SM2 or whatever `keys` can check.

GB/T 35275 puts the digest of the document where CMS puts the document. Both are taken, since both
bind the document.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms

from certs.verifying import der, keys
from certs.verifying.finding import Finding, Unsound
from kernel.sm2x509 import BROKEN

SIGNED_DATA: Final = frozenset({"1.2.840.113549.1.7.2", "1.2.156.10197.6.1.4.2.2"})
DATA: Final = frozenset({"1.2.840.113549.1.7.1", "1.2.156.10197.6.1.4.2.1"})
#: Versions of a signed data and of a signer's part of it (RFC 5652, 5.1 and 5.3).
VERSIONS: Final = frozenset({1, 3, 4, 5})
SIGNER_VERSIONS: Final = frozenset({1, 3})
#: The arc of the office of state commercial cryptography.
CHINESE: Final = "1.2.156.10197."
BROKEN_VALUE: Final = "签名值已损坏。"
WRONG: Final = "签名值与内容不符。"


@dataclass(frozen=True)
class Signed:
    """The parts of a signed data that matter here."""

    encapsulated: bytes | None
    certificates: Sequence[Any]
    signer: Any


def is_signed_data(value: bytes) -> bool:
    """Whether the bytes begin as a signed data does."""
    try:
        first, *_ = der.read(trimmed(value)).items()
        return first.tag == der.IDENTIFIER and first.identifier() in SIGNED_DATA
    except ValueError:
        return False


def is_chinese(value: bytes) -> bool:
    """Whether it is a signed data by the algorithms or in the types of the Chinese standards."""
    if not is_signed_data(value):
        return False
    try:
        signer = _read(value).signer
        named = (signer["digest_algorithm"], signer["signature_algorithm"])
        return any(one["algorithm"].dotted.startswith(CHINESE) for one in named)
    except BROKEN:
        kind, *_ = der.read(trimmed(value)).items()
        return kind.identifier().startswith(CHINESE)


def check(value: bytes, document: bytes) -> Finding:
    """What the signed data says of a document's bytes. Raises Unsound, keys.Unsupported."""
    try:
        return _check(_read(value), document)
    except (Unsound, keys.Unsupported):
        raise
    except BROKEN:  # asn1crypto parses a part when it is asked for
        raise Unsound(BROKEN_VALUE) from None


def _check(parts: Signed, document: bytes) -> Finding:
    used = _algorithm(parts.signer)
    certificate = _certificate(parts)
    message = _message(parts, used, document)
    if not keys.signed(certificate, used, bytes(parts.signer["signature"].native), message):
        raise Unsound(WRONG)
    others = [one for one in parts.certificates if one is not certificate]
    return Finding((certificate,), others, _time(parts.signer))


def trimmed(value: bytes) -> bytes:
    """Without the zeros with which a PDF fills up the place of its signature."""
    if value[:1] != b"\x30" or len(value) < 4 or value[1] <= 0x80:  # 0x80: no length is told
        return value
    count = value[1] & 0x7F
    return value[: 2 + count + int.from_bytes(value[2 : 2 + count], "big")]


def _read(value: bytes) -> Signed:
    written = trimmed(value)
    kind, content = der.read(written).items()
    if any(value[len(written) :]) or kind.identifier() not in SIGNED_DATA:
        raise Unsound(BROKEN_VALUE)
    data_type: Any = cms.SignedData
    data = data_type.load(content.explicit(0).written, strict=True)
    (signer,) = data["signer_infos"]
    _check_frame(data, signer)
    certificates = [one.chosen for one in data["certificates"] if one.name == "certificate"]
    for one in certificates:
        keys.read_certificate(bytes(one.dump()))
    return Signed(_encapsulated(data["encap_content_info"]), certificates, signer)


def _check_frame(data: Any, signer: Any) -> None:
    """No signature is of these parts, so they must be what they can only be. Raises Unsound."""
    digest = signer["digest_algorithm"]["algorithm"].dotted
    sound = (
        int(data["version"]) in VERSIONS
        and int(signer["version"]) in SIGNER_VERSIONS
        and [one["algorithm"].dotted for one in data["digest_algorithms"]] == [digest]
        and data["encap_content_info"]["content_type"].dotted in DATA
    )
    if not sound:
        raise Unsound(BROKEN_VALUE)


def _encapsulated(info: Any) -> bytes | None:
    """The content inside, None when the signature is of something outside."""
    parts = der.read(bytes(info.dump())).items()
    return parts[1].explicit(0).octets() if len(parts) == 2 else None


def _algorithm(signer: Any) -> keys.Algorithm:
    digest = signer["digest_algorithm"]["algorithm"].dotted
    used = keys.algorithm(signer["signature_algorithm"]["algorithm"].dotted, digest)
    if used.digest != digest:
        raise Unsound(BROKEN_VALUE)
    return used


def _certificate(parts: Signed) -> Any:
    """The signer's certificate among those that came along."""
    sid = parts.signer["sid"]
    for one in parts.certificates:
        if sid.name == "issuer_and_serial_number":
            serial, issuer = (sid.chosen[part] for part in ("serial_number", "issuer"))
            found = one.serial_number == serial.native and one.issuer.hashable == issuer.hashable
        else:
            found = one.key_identifier == sid.native
        if found:
            return one
    raise Unsound("签名值中没有签章人的证书。")


def _message(parts: Signed, used: keys.Algorithm, document: bytes) -> bytes:
    """The bytes that the signature is of, once they are seen to bind the document."""
    fingerprint = keys.digest(used.digest, document)
    inside = parts.encapsulated
    if inside is not None and inside != document and _plain(inside) != fingerprint:
        raise Unsound(WRONG)
    signed = document if inside is None else inside
    attributes = parts.signer["signed_attrs"]
    if not len(attributes):
        return signed
    (said,) = [one["values"] for one in attributes if one["type"].native == "message_digest"]
    (value,) = (bytes(one.native) for one in said)
    if value not in {fingerprint, keys.digest(used.digest, signed)}:
        raise Unsound(WRONG)
    return b"\x31" + bytes(attributes.dump())[1:]  # a SET OF, written with a tag of its place


def _plain(inside: bytes) -> bytes:
    """A digest, which some products write in base64."""
    try:
        return base64.b64decode(inside, validate=True) if len(inside) > 40 else inside
    except binascii.Error:
        return inside


def _time(signer: Any) -> datetime | None:
    """When the signer says to have signed; None when it does not say."""
    for one in signer["signed_attrs"]:
        if one["type"].native == "signing_time":
            found = one["values"][0].native
            return found if isinstance(found, datetime) else None
    return None
