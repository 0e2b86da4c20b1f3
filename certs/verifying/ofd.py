"""Verify the seals of an OFD (GB/T 33190 with GB/T 38540 or GM/T 0031 seals)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final

from certs.seals.trust import Trust
from certs.verifying import keys, ofd_seal
from certs.verifying.finding import Finding, Unsound, verdict_of
from certs.verifying.ofd_signatures import ROOT, Listed, Signature, listed, read_signature
from certs.verifying.package import Damaged, Package, Unreadable, names_in, unpack
from certs.verifying.verdict import Verdict

KIND: Final = "ofd"
NO_SEAL: Final = Verdict(None, "no_seal", None, KIND, "文件没有签章。")
NOT_LISTED: Final = "文件包中有签章，但签章目录没有列出它。"
NOT_COVERED: Final = "文件包中有 {n} 个文件不在签章保护之内，可能是盖章之后加入的。"


def verify_ofd(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a ZIP package. Several seals: all must be sound."""
    try:
        names = names_in(data)
        if ROOT not in names:
            reason = "是压缩包，但不是 OFD 文件。"
            return Verdict(None, "not_checked", None, "unknown", reason)
        return _verify(unpack(data), trust, now)
    except Unreadable as error:
        return Verdict(None, "unreadable", None, KIND, str(error))
    except Damaged as error:
        return _broken(names, f"{error}。")


def _verify(package: Package, trust: Trust, now: datetime) -> Verdict:
    names = tuple(package.members)
    try:
        found = listed(package)
        unlisted = _signs(names) - set(found.signatures)
        signatures = [read_signature(package, path) for path in found.signatures]
        if not signatures and not unlisted:
            return NO_SEAL
        if unlisted - {one.value for one in signatures}:
            raise Unsound(NOT_LISTED)
        findings = _check(package, signatures, trust)
        _check_coverage(package, found, signatures)
    except keys.Unsupported as error:
        return Verdict(None, "unsupported", None, KIND, f"{error}。".replace("。。", "。"))
    except Unsound as error:
        return _broken(names, str(error))
    return verdict_of(findings, trust, now, KIND)


def _signs(names: Sequence[str]) -> set[str]:
    """Members that by their names belong to a seal."""
    ends = {"Signature.xml", "SignedValue.dat"}
    return {name for name in names if name.rpartition("/")[2] in ends}


def _broken(names: Sequence[str], reason: str) -> Verdict:
    """A package that does not hold: changed where it was sealed, else only unreadable."""
    if _signs(names):
        return Verdict(False, "changed", False, KIND, reason)
    return Verdict(None, "unreadable", None, KIND, reason)


def _check(package: Package, signatures: Sequence[Signature], trust: Trust) -> list[Finding]:
    """What each seal says. One that is broken counts before one that cannot be checked."""

    @cache  # several seals protect the same files
    def digest(method: str, path: str) -> bytes:
        return keys.digest(method, package.members[path])

    findings: list[Finding] = []
    unchecked: list[keys.Unsupported] = []
    for one in signatures:
        try:
            findings.append(ofd_seal.check(package, one, digest, trust))
        except keys.Unsupported as error:
            unchecked.append(error)
    if unchecked:
        raise unchecked[0]
    return findings


def _check_coverage(package: Package, found: Listed, signatures: Sequence[Signature]) -> None:
    """Every member is protected by a seal, or is part of one.

    `OFD.xml` may stand outside: writers of invoices leave it out. What it points to may not.
    """
    covered = {path for one in signatures for path, _ in one.references}
    own = {ROOT, *found.lists, *found.signatures}
    own |= {path for one in signatures for path in (one.value, one.seal) if path is not None}
    left = set(package.members) - covered - own
    if left:
        raise Unsound(NOT_COVERED.format(n=len(left)))
