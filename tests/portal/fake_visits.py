"""The applicant's pages of the fake platform: one holder with a case, consents and licences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from catalog.situations.asking import Listed
from catalog.situations.lexicon import ToAsk
from kernel.errors import BadInput, NotAuthorised, Refused
from portal.port_asking import Whole
from portal.port_visits import (
    Code,
    Holder,
    HolderEntry,
    Needs,
    OwnCase,
    OwnConsent,
    OwnCorrection,
    OwnLicence,
    PublishedItem,
    Purpose,
    VisitGiven,
)

MEDICAL, FOOD = "医疗保障电子凭证", "食品经营许可证"
MARKET = "市市场监督管理局"
ITEM = PublishedItem("B01", "食品经营许可（新办）", None, MARKET, None)
RELIEF = PublishedItem("B02", "最低生活保障对象认定、救助金给付", None, "市民政局", None)
DATA = "data only"
WHO, KIND = "applicant", "licence"
ASKED = ToAsk("premises", "经营场所是自己的还是租的？", ("自有", "租赁", "无偿使用"), ())
CASE = "3607002611201000"


def listed(n: int, name: str, purpose: str, *types: str) -> Listed:
    return Listed(f"M{n}", name, KIND, WHO, n != 3, purpose, types, True, (), ("B01",))


PAPERS = (
    listed(1, "营业执照", "prove", "营业执照"),
    listed(2, "食品经营许可证（旧证）", "surrender", FOOD),
    listed(3, "经营场所平面布置图和食品安全管理制度", "prove"),
    listed(4, "不动产权证书或房屋租赁合同", "prove", "不动产权证书"),
    listed(5, "法定代表人身份证明", "compare", "居民身份证"),
)


class FakeVisits:
    """Tickets: `proved` and `plain`, as often as one likes."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.done: list[tuple[object, ...]] = []
        self.withdrawn: set[int] = set()

    def give(self, headers: Mapping[str, str], body: bytes) -> VisitGiven:
        if "x-signature" not in headers:
            raise NotAuthorised("the header x-signature is missing")
        return VisitGiven("plain", self.now + timedelta(minutes=1))

    def take(self, text: str) -> Holder:
        if text not in ("proved", "plain", "empty"):
            raise NotAuthorised("这次进入的链接已经用过或已过期。", reason="ticket_unknown")
        return Holder("e" if text == "empty" else "a" * 32, text == "proved")

    def search(self, words: str) -> Sequence[PublishedItem]:
        return [one for one in (ITEM, RELIEF) if words[:2] in one.name]

    def needs(self, code: str, answers: Mapping[str, str]) -> Needs:
        if code != "B01":
            raise BadInput("no item in catalogue version 1")
        asked = None if answers else ASKED
        whole = Whole(1, (ITEM,), answers, asked, int(asked is not None), PAPERS, 0, ())
        return Needs(whole, {"M1": "营业执照"}, frozenset({"M4"}))

    def looks(self, who: Holder) -> list[HolderEntry]:
        if who.holder == "e":
            return []
        about = (CASE, FOOD, None)
        return [
            HolderEntry(9, self.now - timedelta(minutes=8), "look.granted", f"{MARKET}审批科",
                        ITEM.name, *about, None, None),
            HolderEntry(7, self.now - timedelta(days=2), "look.refused", "市公安局窗口",
                        None, *about, "case_not_assigned", None),
        ]  # fmt: skip

    def licences(self, who: Holder) -> list[OwnLicence]:
        if who.holder == "e":
            return []
        at = self.now - timedelta(days=3)
        said = OwnCorrection(4, "经营场所", MARKET, at, date(2026, 12, 2), 0, None)
        late = OwnCorrection(3, "名称", MARKET, at, date(2026, 11, 18), 2, None)
        done = OwnCorrection(2, "名称", MARKET, at, date(2026, 11, 10), 0, "corrected")
        told = (said, late, done)
        return [
            OwnLicence("l1", FOOD, DATA, MARKET, date(2024, 3, 1), "valid", told, None),
            OwnLicence("l2", "营业执照", "delegated", MARKET, None, "revoked", (), None),
        ]

    def report(self, who: Holder, licence: str, field: str, why: str) -> int:
        if len(why) < 2:
            raise BadInput("请写明哪里不对：2 至 200 个字，不写证件号码。")
        self.done.append(("report", licence, field, why))
        return 5

    def consents(self, who: Holder) -> Sequence[OwnConsent]:
        if who.holder == "e":
            return []
        at, ends = self.now - timedelta(days=1), self.now + timedelta(days=89)
        rows = [
            (3, MEDICAL, "code", at, ends),
            (2, "婚姻登记档案", "document", at - timedelta(days=95), at),
        ]
        return [
            OwnConsent(n, CASE, name, way, on, end, self.now if n in self.withdrawn else None)
            for n, name, way, on, end in rows
        ]

    def withdraw(self, who: Holder, number: int) -> None:
        if number != 3:
            raise Refused("没有这项有效的授权。", reason="consent_unknown")
        self.withdrawn.add(number)

    def cases(self, who: Holder) -> Sequence[OwnCase]:
        if who.holder == "e":
            return []
        old = self.now - timedelta(hours=30)
        return [OwnCase(CASE, RELIEF.name, self.now, (MEDICAL,)), OwnCase("C2", ITEM.name, old, ())]

    def code(self, who: Holder, number: str, types: Sequence[str], purpose: Purpose) -> Code:
        self.done.append(("code", number, tuple(types), purpose))
        return Code("7K3MP9QX", self.now + timedelta(minutes=5))
