"""What checking one seal of a file found, and what several of them make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from certs.seals.trust import Trust
from certs.verifying.issuers import known, valid_at
from certs.verifying.verdict import Kind, Verdict

CHANGED: Final = "盖章之后文件被改动过。"
STRANGER: Final = "文件未被改动，但签章机构不在信任列表中。"
NOT_VALID: Final = "文件未被改动，但签章时证书或印章不在有效期内。"
LAPSED: Final = "文件未被改动，但收录签章机构的外部信任列表已过有效期，须先更新。"
STRANGER_NOT_VALID: Final = (
    "文件未被改动，但签章机构不在信任列表中，且签章时证书或印章不在有效期内。"
)


class Unsound(ValueError):
    """A seal that does not hold. Its text says why, in Chinese, and is safe to show."""


@dataclass(frozen=True)
class Finding:
    """A seal that holds: who signed and made it, and when it says so.

    `certificates`: of the signer and, where there is one, of the seal's maker; all must be known.
    `others`: certificates that came along and may lead from one of them to an authority.
    """

    certificates: Sequence[Any]
    others: Sequence[Any]
    at: datetime | None
    seal_days: tuple[datetime, datetime] | None = None

    def in_its_days(self, now: datetime) -> bool:
        """Whether certificates and seal were valid when it was used."""
        at = self.at or now
        within = self.seal_days is None or self.seal_days[0] <= at <= self.seal_days[1]
        return within and valid_at(self.certificates[0], at)

    def known(self, trust: Trust) -> bool:
        """Whether an authority that we trust stands behind everyone in it."""
        return all(known(one, self.others, trust) for one in self.certificates)


def verdict_of(findings: Sequence[Finding], trust: Trust, now: datetime, kind: Kind) -> Verdict:
    """The verdict on a file all of whose seals hold."""
    trusted = all(one.known(trust) for one in findings)
    in_days = all(one.in_its_days(now) for one in findings)
    if not trusted:
        stale = replace(trust, others=trust.others + trust.lapsed, lapsed=())
        lapsed = bool(trust.lapsed) and all(one.known(stale) for one in findings)
        reason = LAPSED if lapsed else STRANGER if in_days else STRANGER_NOT_VALID
        return Verdict(True, "unknown_issuer", False, kind, reason)
    if not in_days:
        return Verdict(True, "not_valid_when_sealed", True, kind, NOT_VALID)
    return Verdict(True, "valid", True, kind, None)
