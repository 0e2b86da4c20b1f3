"""Makes what issuers make: SM2 certificates, seals, stamps, signed data, sealed OFDs and PDFs."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kernel import sm2

SM2_SM3 = "1.2.156.10197.1.501"
SM3 = "1.2.156.10197.1.401"
SIGNED_AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
FROM, TO = datetime(2025, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def number(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    return der(0x04, value)


def bits(value: bytes) -> bytes:
    return der(0x03, b"\0" + value)


def ascii_text(value: str) -> bytes:
    return der(0x16, value.encode())


def utf8(value: str) -> bytes:
    return der(0x0C, value.encode())


def general_time(value: datetime) -> bytes:
    return der(0x18, f"{value:%Y%m%d%H%M%S}Z".encode())


def utc_time(value: datetime) -> bytes:
    return der(0x17, f"{value:%y%m%d%H%M%S}Z".encode())


def identifier(dotted: str) -> bytes:
    first, second, *arcs = (int(arc) for arc in dotted.split("."))
    out = [40 * first + second]
    for arc in arcs:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        out += reversed(septets)
    return der(0x06, bytes(out))


@dataclass(frozen=True)
class Person:
    """A key and its certificate."""

    name: str
    key: bytes
    certificate: bytes
    serial: int


def certify(
    name: str,
    issuer: Person | None = None,
    *,
    authority: bool = False,
    days: tuple[datetime, datetime] = (FROM, TO),
    serial: int = 1,
) -> Person:
    """A certificate (GM/T 0015) for a new key, by an issuer or by itself."""
    key = sm2.new_key()
    above = issuer or Person(name, key, b"", serial)
    algorithm = sequence(identifier(SM2_SM3))
    spki = sequence(
        sequence(identifier("1.2.840.10045.2.1"), identifier("1.2.156.10197.1.301")),
        bits(sm2.public_of(key)),
    )
    basic = sequence(
        identifier("2.5.29.19"),
        der(0x01, b"\xff"),
        octets(sequence(der(0x01, b"\xff")) if authority else sequence()),
    )
    tbs = sequence(
        der(0xA0, number(2)),
        number(serial),
        algorithm,
        common_name(above.name),
        sequence(utc_time(days[0]), utc_time(days[1])),
        common_name(name),
        spki,
        der(0xA3, sequence(basic)),
    )
    signature = sm2.sign(above.key, tbs)
    return Person(name, key, sequence(tbs, algorithm, bits(signature)), serial)


def common_name(name: str) -> bytes:
    return sequence(der(0x31, sequence(identifier("2.5.4.3"), utf8(name))))


def seal(maker: Person, signers: bytes, list_type: int, *, v1: bool = False) -> bytes:
    """A seal whose list of signers is `signers`, an encoded SEQUENCE."""
    time = utc_time if v1 else general_time
    about = sequence(
        number(1),
        utf8("某市某局"),
        *([] if v1 else [number(list_type)]),
        signers,
        *(time(one) for one in (FROM, FROM, TO)),
    )
    header = sequence(ascii_text("ES"), number(1 if v1 else 4), ascii_text("test"))
    picture = sequence(ascii_text("png"), octets(b"picture"), number(40), number(40))
    info = sequence(header, ascii_text("0001"), about, picture)
    rest = (octets(maker.certificate), identifier(SM2_SM3))
    if v1:
        signature = sm2.sign(maker.key, sequence(info, *rest))
        return sequence(info, sequence(*rest, bits(signature)))
    return sequence(info, *rest, bits(sm2.sign(maker.key, info)))


def seal_for(maker: Person, signer: Person, *, v1: bool = False, digests: bool = False) -> bytes:
    if digests:
        pair = sequence(der(0x13, b"SM3"), octets(sm2.sm3(signer.certificate)))
        return seal(maker, sequence(pair), 2)
    return seal(maker, sequence(octets(signer.certificate)), 1, v1=v1)


def stamp_v4(signer: Person, seal_: bytes, content: bytes, about: str) -> bytes:
    to_sign = sequence(
        number(4), seal_, general_time(SIGNED_AT), bits(sm2.sm3(content)), ascii_text(about)
    )
    value = bits(sm2.sign(signer.key, to_sign))
    return sequence(to_sign, octets(signer.certificate), identifier(SM2_SM3), value)


def stamp_v1(signer: Person, seal_: bytes, content: bytes, about: str) -> bytes:
    to_sign = sequence(
        number(1),
        seal_,
        bits(f"{SIGNED_AT:%Y%m%d%H%M%S}Z".encode()),
        bits(sm2.sm3(content)),
        ascii_text(about),
        octets(signer.certificate),
        identifier(SM2_SM3),
    )
    return sequence(to_sign, bits(sm2.sign(signer.key, to_sign)))


def signed_data(signer: Person, issuer: Person, content: bytes, *, gb: bool) -> bytes:
    """CMS with signed attributes, or GB/T 35275 with the digest inside and none."""
    arc = "1.2.156.10197.6.1.4.2." if gb else "1.2.840.113549.1.7."
    digest = sm2.sm3(content)
    inside = sequence(identifier(arc + "1"), *([der(0xA0, octets(digest))] if gb else []))
    attributes = (
        attribute("1.2.840.113549.1.9.3", identifier(arc + "1")),
        attribute("1.2.840.113549.1.9.5", utc_time(SIGNED_AT)),
        attribute("1.2.840.113549.1.9.4", octets(digest)),
    )
    message = digest if gb else der(0x31, *attributes)
    info = sequence(
        number(1),
        sequence(common_name(issuer.name), number(signer.serial)),
        sequence(identifier(SM3)),
        *([] if gb else [der(0xA0, *attributes)]),
        sequence(identifier("1.2.156.10197.1.301.1" if gb else SM2_SM3)),
        octets(sm2.sign(signer.key, message)),
    )
    data = sequence(
        number(1),
        der(0x31, sequence(identifier(SM3))),
        inside,
        der(0xA0, signer.certificate),
        der(0x31, info),
    )
    return sequence(identifier(arc + "2"), der(0xA0, data))


def attribute(kind: str, value: bytes) -> bytes:
    return sequence(identifier(kind), der(0x31, value))


PLAIN: Mapping[str, bytes] = {
    "OFD.xml": (
        f"<ofd:OFD {NAMESPACE}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>"
    ).encode(),
    "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}/>".encode(),
    "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {NAMESPACE}>正文</ofd:Page>".encode(),
}


def signature_xml(members: Mapping[str, bytes], folder: str, *, with_seal: bool) -> bytes:
    """A `Signature.xml` that protects all the members."""
    references = "".join(
        f'<ofd:Reference FileRef="/{path}"><ofd:CheckValue>'
        f"{base64.b64encode(sm2.sm3(content)).decode()}</ofd:CheckValue></ofd:Reference>"
        for path, content in members.items()
    )
    seal_ = f"<ofd:Seal><ofd:BaseLoc>/{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>"
    return (
        f"<ofd:Signature {NAMESPACE}><ofd:SignedInfo>"
        f"<ofd:SignatureMethod>{SM2_SM3}</ofd:SignatureMethod>{seal_ if with_seal else ''}"
        f'<ofd:References CheckMethod="{SM3}">{references}</ofd:References></ofd:SignedInfo>'
        f"<ofd:SignedValue>/{folder}/SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    ).encode()


def signatures_xml(folders: list[str]) -> bytes:
    listed = "".join(
        f'<ofd:Signature ID="{number}" BaseLoc="/{folder}/Signature.xml"/>'
        for number, folder in enumerate(folders, 1)
    )
    return f"<ofd:Signatures {NAMESPACE}>{listed}</ofd:Signatures>".encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist() if not one.is_dir()}
