"""Electronic seals and what they sign: GB/T 38540-2020 (V4, V5) and GM/T 0031-2014 (V1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs.verifying import der
from certs.verifying.der import Value

#: `certListType`: the signers' certificates themselves, or their digests.
CERTIFICATES: Final = 1
DIGESTS: Final = 2


@dataclass(frozen=True)
class Signers:
    """Who may use a seal: certificates (DER), or digests of them with the digest's name."""

    certificates: tuple[bytes, ...] = ()
    digests: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Seal:
    """An electronic seal, made for its signers by a maker.

    `signed`: what the maker's signature may be of. The standards say the seal's information with
    certificate and algorithm; makers of V4 sign the information alone too.
    """

    written: bytes
    signers: Signers
    valid_from: datetime
    valid_to: datetime
    maker: bytes
    algorithm: str
    signature: bytes
    signed: tuple[bytes, ...]


@dataclass(frozen=True)
class Stamp:
    """A seal put on data: the value in `SignedValue.dat`."""

    version: int
    seal: Seal
    time: datetime | None
    data_hash: bytes
    property_info: str
    signer: bytes
    algorithm: str
    signature: bytes
    signed: bytes
    time_stamp: bytes | None


def read_stamp(data: bytes) -> Stamp:
    """The stamp in a signature value. Raises ValueError when it is none."""
    parts = der.read(data).items()
    if len(parts) == 2:
        return _stamp_v1(*parts)
    if len(parts) in {4, 5}:
        return _stamp_v4(parts)
    raise ValueError("not a stamp")


def _stamp_v1(to_sign: Value, signature: Value) -> Stamp:
    version, seal, time, data_hash, about, signer, algorithm = to_sign.items()
    return Stamp(
        version=version.number(),
        seal=_seal(seal),
        time=_time_v1(time.octets()),
        data_hash=data_hash.octets(),
        property_info=about.text(),
        signer=signer.octets(),
        algorithm=algorithm.identifier(),
        signature=signature.octets(),
        signed=to_sign.written,
        time_stamp=None,
    )


def _time_v1(content: bytes) -> datetime | None:
    """V1 leaves open what the time is: text, a time value, or a time stamp of an authority."""
    try:
        return der.time_of(content.decode("ascii"))
    except ValueError:
        try:
            return der.read(content).time()
        except ValueError:
            return None


def _stamp_v4(parts: Sequence[Value]) -> Stamp:
    to_sign, signer, algorithm, signature, *rest = parts
    version, seal, time, data_hash, about, *extra = to_sign.items()
    if len(extra) > 1 or any(one.tag != 0xA0 for one in extra):
        raise ValueError("not a stamp")
    return Stamp(
        version=version.number(),
        seal=_seal(seal),
        time=time.time(),
        data_hash=data_hash.octets(),
        property_info=about.text(),
        signer=signer.octets(),
        algorithm=algorithm.identifier(),
        signature=signature.octets(),
        signed=to_sign.written,
        time_stamp=rest[0].explicit(0).octets() if rest else None,
    )


def _seal(value: Value) -> Seal:
    info, *rest = value.items()
    if len(rest) == 1:  # V1 keeps the three in a sequence of their own
        rest = rest[0].items()
    maker, algorithm, signature, *_ = rest
    _header, _name, about, _picture, *_extra = info.items()
    signers, valid_from, valid_to = _about(about)
    return Seal(
        written=value.written,
        signers=signers,
        valid_from=valid_from,
        valid_to=valid_to,
        maker=maker.octets(),
        algorithm=algorithm.identifier(),
        signature=signature.octets(),
        signed=(der.sequence(info, maker, algorithm), info.written),
    )


def _about(value: Value) -> tuple[Signers, datetime, datetime]:
    """Signers and days of a seal: 7 values in V4, 6 in V1, whose list is of certificates."""
    items = value.items()
    if len(items) == 6:
        items.insert(2, Value(der.INTEGER, bytes([CERTIFICATES]), b""))
    _kind, _name, list_type, listed, _made, valid_from, valid_to = items
    return _signers(list_type.number(), listed), valid_from.time(), valid_to.time()


def _signers(list_type: int, listed: Value) -> Signers:
    if list_type == CERTIFICATES:
        return Signers(certificates=tuple(one.octets() for one in listed.items()))
    if list_type == DIGESTS:
        pairs = [one.items() for one in listed.items()]
        return Signers(digests=tuple((kind.text(), value.octets()) for kind, value in pairs))
    raise ValueError("an unknown list of signers")
