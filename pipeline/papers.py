"""What a case owes and was told, corrections, packages: over one installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from certs.copies import originals
from certs.copies.archive import package
from certs.corrections import correct, listed
from certs.corrections.correct import OUTCOMES, Outcome
from certs.corrections.listed import Correction
from certs.corrections.own import OwnLicence
from certs.corrections.words import fields_of
from certs.licences import states
from certs.licences.states import StateChange
from certs.seals.trust import read_trust, trust_of
from certs.verifying import archive
from certs.verifying.bounded import TooMuch, bounded
from certs.verifying.verdict import Verdict
from certs.waivers import messages, promises, scans
from certs.waivers.messages import Message
from certs.waivers.promises import Promise
from certs.waivers.together import Together
from kernel.clock import system_clock
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import holder_calls, share
from registry.accounts import Account

__all__ = [
    "OUTCOMES", "Correction", "Message", "Original", "Outcome", "OwnLicence", "Package", "Papers",
    "Promise", "StateChange", "fields_of",
]  # fmt: skip

#: For a whole package: some hundred copies.
SECONDS = 60.0


@dataclass(frozen=True)
class Package:
    """A case's package. `name`: for a download, without personal data."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Original:
    """An issuer's own file. `kind`: pdf, ofd or licence (JSON)."""

    data: bytes
    kind: str


class Papers:
    """Every method may raise BadInput and Refused; their texts hold no personal data."""

    def __init__(self, house: House) -> None:
        self.house = house

    def together(self, account: Account, cases: Sequence[str]) -> Together:
        """The plans of an applicant's several cases, each paper once."""
        return share.plan_together(self.house, account, cases)

    def messages(self, account: Account) -> list[Message]:
        """What nobody of the account's posts has read yet, the newest first."""
        with self.house.engine.connect() as conn:
            return messages.unread(conn, _posts(account))

    def read(self, account: Account, number: int) -> None:
        """A message is read. Raises BadInput when there is no such unread one."""
        with self.house.engine.begin() as conn:
            now = self.house.clock()
            if not messages.read(conn, _posts(account), number, account.name, now):
                raise BadInput(f"您的岗位没有编号为 {number} 的未读消息。")

    def promises(self, account: Account) -> list[Promise]:
        """What cases of the account's posts were accepted without, open ones first."""
        with self.house.engine.connect() as conn:
            return promises.of_cases(conn, _posts(account))

    def report(
        self, account: Account, case_number: str, material_id: str, field: str, why: str
    ) -> int:
        """Say that the licence that stands for a material is wrong; the correction's number."""
        return correct.report(self.house, account, case_number, material_id, field, why)

    def corrections(self, account: Account) -> list[Correction]:
        """An officer's department's, or those that a clerk's posts reported."""
        if account.role == "officer" and account.department is not None:
            own = self.house.for_department(account.department)
            with own.engine.begin() as conn:
                return listed.of_department(own, conn, account.department)
        with self.house.engine.connect() as conn:
            return listed.of_posts(self.house, conn, _posts(account))

    def own(self, headers: Mapping[str, str], body: bytes) -> list[OwnLicence]:
        """A signed call: a holder's own licences and their corrections."""
        return holder_calls.licences(self.house, headers, body)

    def report_own(self, headers: Mapping[str, str], body: bytes) -> int:
        """A signed call: a holder says that an own licence is wrong; the correction's number."""
        return holder_calls.report(self.house, headers, body)

    def answer(self, account: Account, number: int, outcome: Outcome, why: str) -> None:
        """The department's answer: corrected or refused."""
        correct.answer(self.house, account, number, outcome, why)

    def package(self, account: Account, case_number: str) -> Package:
        """A case's package for the file room."""
        data = package(self.house, account, case_number)
        return Package(f"{case_number}-archive.zip", data)

    def keep_scan(
        self,
        account: Account,
        case_number: str,
        licence_type: str,
        pdf: bytes,
        last_day: date | None,
    ) -> str:
        """Keep a scan that this clerk compared with the original; its id."""
        return scans.keep(self.house, account, case_number, licence_type, pdf, last_day)

    def withdraw_scan(self, account: Account, scan_id: str) -> None:
        """A scan was compared wrongly, or is another's."""
        scans.withdraw(self.house, account, scan_id)

    def keep_file(self, account: Account, licence_id: str, data: bytes) -> Verdict:
        """Keep the issuer's own file of a licence; the verdict on it."""
        return originals.take_in(self.house, account, licence_id, data)

    def original(
        self, account: Account, case_number: str, material_id: str, purpose: str
    ) -> Original:
        """The issuer's own file of the licence that stands for a material."""
        data, kind = originals.original(self.house, account, case_number, material_id, purpose)
        return Original(data, kind)

    def history(self, account: Account, licence_id: str) -> list[StateChange]:
        """The states of a licence, by the id of one of its versions; not for clerks.

        States are no content; still they are about somebody's licence.
        """
        if account.role not in ("officer", "ops", "bureau"):
            raise Refused(
                "证照状态的变更记录只供部门数据专员、审批局和运维人员查看。", reason="role"
            )
        with self.house.engine.connect() as conn:
            found = states.history(conn, licence_id)
        if not found:
            raise BadInput("没有这个编号的证照。")
        return found


def check_package(house: House | None, file: Path, trust: Path | None) -> archive.Checked:
    """Check a package by a trust file, or by the installation's own keys. Raises BadInput."""
    data = _bytes(file)
    now = system_clock() if house is None else house.clock()
    if trust is not None:
        known = read_trust(_bytes(trust))
    elif house is not None:
        known = trust_of(house)
    else:
        raise BadInput("without an installation name a trust file: --trust")
    try:
        return bounded(lambda: archive.check(data, known, now), SECONDS)
    except TooMuch:
        raise BadInput(f"{file} takes too much time or memory for a case's package") from None


def _posts(account: Account) -> list[str]:
    return [post.code for post in account.posts]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
