"""A stamp put on some bytes, in an OFD or a PDF: its hash, its signature, the seal in it."""

from __future__ import annotations

from typing import Any, Final

from certs.verifying import keys
from certs.verifying.finding import CHANGED, Finding, Unsound
from certs.verifying.ses import Seal, Signers, Stamp

NOT_LISTED: Final = "签章人不在印章的签章人名单中。"


def check(stamp: Stamp, content: bytes) -> Finding:
    """What a stamp says of the bytes that it is put on. Raises Unsound, keys.Unsupported."""
    used = keys.algorithm(stamp.algorithm)
    signer, maker = _certificate(stamp.signer), _certificate(stamp.seal.maker)
    if keys.digest(used.digest, content) != stamp.data_hash:
        raise Unsound(CHANGED)
    if not keys.signed(signer, used, stamp.signature, stamp.signed):
        raise Unsound("签章数据的签名值不符。")
    if not _may_sign(stamp.signer, stamp.seal.signers):
        raise Unsound(NOT_LISTED)
    _check_seal(stamp.seal, maker)
    days = (stamp.seal.valid_from, stamp.seal.valid_to)
    return Finding((signer, maker), (), stamp.time, days)


def _certificate(written: bytes) -> Any:
    try:
        return keys.read_certificate(written)
    except ValueError:
        raise Unsound("签章数据中的证书已损坏。") from None


def _may_sign(signer: bytes, signers: Signers) -> bool:
    return signer in signers.certificates or any(
        keys.digest(keys.digest_named(name), signer) == value for name, value in signers.digests
    )


def _check_seal(seal: Seal, maker: Any) -> None:
    used = keys.algorithm(seal.algorithm)
    if not any(keys.signed(maker, used, seal.signature, one) for one in seal.signed):
        raise Unsound("印章本身的签名值不符。")
