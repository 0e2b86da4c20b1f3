"""One signature of an OFD: its files' digests, its value, the seal in it and who may use that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from certs.seals.trust import Trust
from certs.verifying import der, keys, signed_data, stamped
from certs.verifying.finding import CHANGED, Finding, Unsound
from certs.verifying.issuers import anchors
from certs.verifying.ofd_signatures import Signature
from certs.verifying.package import Package
from certs.verifying.ses import Stamp, read_stamp

Digest = Callable[[str, str], bytes]
BROKEN_VALUE: Final = "签章数据（SignedValue.dat）已损坏。"
OTHER_ALGORITHM: Final = "签章数据的签名算法与签章文件不符。"
NO_CERTIFICATE: Final = "数字签名不带证书，且不是信任列表中的密钥所签，无法核验。"


def check(package: Package, signature: Signature, digest: Digest, trust: Trust) -> Finding:
    """What a signature says. `digest`: of a member, by algorithm and path.

    Raises Unsound, or keys.Unsupported when it can be neither held nor broken. The value goes
    first: only what it seals can be believed, also about how to check the rest.
    """
    unchecked: keys.Unsupported | None = None
    try:
        finding = _value(package, signature, trust)
    except keys.Unsupported as error:
        unchecked = error
    _check_files(signature, digest)
    if unchecked is not None:
        raise unchecked
    return finding


def _value(package: Package, signature: Signature, trust: Trust) -> Finding:
    value = package.members[signature.value]
    if signed_data.is_signed_data(value):
        return _signed(signature, value)
    if _is_bare(value):
        return _bare(signature, value, trust)
    try:
        stamp = read_stamp(value)
    except (ValueError, OverflowError):
        raise Unsound(BROKEN_VALUE) from None
    _check_seal_file(package, signature, stamp)
    return _stamped(signature, stamp)


def _signed(signature: Signature, value: bytes) -> Finding:
    """A signed data; where the sealed file names an algorithm that we know, it is that one."""
    try:
        finding = signed_data.check(value, signature.content)
    except keys.Unsupported:
        keys.algorithm(signature.method)
        raise Unsound(OTHER_ALGORITHM) from None
    return finding if finding.at is not None else replace(finding, at=signature.said_at)


def _check_files(signature: Signature, digest: Digest) -> None:
    if not signature.references:
        raise Unsound("签章没有保护任何文件。")
    method = keys.digest_named(signature.check_method)
    for path, value in signature.references:
        if digest(method, path) != value:
            raise Unsound(CHANGED)


def _is_bare(value: bytes) -> bool:
    """A signature alone: two numbers, and no certificate."""
    try:
        return [one.tag for one in der.read(value).items()] == [der.INTEGER, der.INTEGER]
    except ValueError:
        return False


def _bare(signature: Signature, value: bytes, trust: Trust) -> Finding:
    """A signature without a certificate: whether a key that we trust made it."""
    used = keys.algorithm(signature.method)
    for one in anchors(trust):
        if keys.signed(one, used, value, signature.content):
            return Finding((one,), (), signature.said_at)
    raise keys.Unsupported(NO_CERTIFICATE)


def _check_seal_file(package: Package, signature: Signature, stamp: Stamp) -> None:
    if signature.seal is not None and package.members[signature.seal] != stamp.seal.written:
        raise Unsound("印章文件（Seal.esl）与签章数据中的印章不符。")


def _stamped(signature: Signature, stamp: Stamp) -> Finding:
    _check_algorithm(signature, stamp)
    if stamp.property_info.lstrip("/") != signature.path:
        raise Unsound("签章数据所指的不是这个签章文件。")
    return stamped.check(stamp, signature.content)


def _check_algorithm(signature: Signature, stamp: Stamp) -> None:
    """The file names the algorithm twice: in words that are sealed, and beside the seal."""
    if signature.method == stamp.algorithm:
        return
    try:
        same = keys.algorithm(signature.method) == keys.algorithm(stamp.algorithm)
    except keys.Unsupported:
        same = False
    if not same:
        raise Unsound(OTHER_ALGORITHM)
