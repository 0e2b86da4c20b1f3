"""The bureau's figures, rows, complaints and a letter, invented. It remembers its calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from certs.sums.papers import Brought
from certs.sums.read import Reason
from kernel.errors import BadInput
from pipeline.month import MonthCause, OfSystem
from portal.charts import PLACES
from portal.port_bureau import (
    PAGE,
    REASONS,
    Complaint,
    County,
    Imported,
    Lacking,
    Letter,
    Overview,
    Period,
    Sums,
    TallyRow,
)
from registry.accounts import Account

MARKET, RELIEF = "市市场监督管理局", "市民政局"
FOOD = "000131001000"
NAMES = {FOOD: "食品经营许可新办", "000111009000": "最低生活保障对象认定、救助金给付（含临时救助）"}


def tally_row(number: int, day: date, outcome: str = "saved", **more: Any) -> TallyRow:
    """One material of one case."""
    facts: dict[str, Any] = {
        "division": "章贡区", "department": MARKET, "post": "sc-02", "verdict": "waived",
        "detail": "", "source": "sc_enterprise", "demanded": None,
    } | more  # fmt: skip
    case = f"3607002611{number:06d}"
    return TallyRow(day, case, "M1", "营业执照", FOOD, outcome=outcome, **facts)


class FakeBureau:
    """Thirty days; `empty`: nothing was counted yet; `stale`: the step has not run for an hour."""

    def __init__(self, calls: list[tuple[Any, ...]], now: datetime) -> None:
        self.calls, self.now = calls, now
        self.empty = self.stale = False
        self.imported: list[bytes] = []
        self.open = [self._complaint(n) for n in range(1, 4)]

    def overview(self, of: Period) -> Overview:
        """Figures that grow from day to day."""
        if self.empty:
            nothing: dict[str, dict[Any, dict[str, int]]] = {
                name: {} for name in ("day", "division", "department", "item_id")
            }
            return Overview(Sums({}, nothing, {}, ()), {}, None, False)
        days = {
            of.begin + timedelta(days=n): {"saved": 40 + 7 * (n % 9), "demanded": n % 4, "bring": 9}
            for n in range(of.days)
            if n % 7 < 5
        }
        by: dict[str, dict[Any, dict[str, int]]] = {
            "day": dict(days),
            "division": {
                name: {"saved": 30 + 20 * n, "demanded": n % 3, "bring": 260 - 12 * n}
                for n, name in enumerate(list(PLACES)[:-2])
            },
            "department": {
                MARKET: {"saved": 910, "demanded": 30, "bring": 120},
                RELIEF: {"saved": 413, "bring": 78},
            },
            "item_id": {
                FOOD: {"saved": 910, "demanded": 30}, "000111009000": {"saved": 413, "bring": 78},
            },
        }  # fmt: skip
        outcomes = {"saved": 1323, "demanded": 30, "bring": 198, "promised": 4, "waiting": 17}
        reasons = (
            Reason("not_connected", "学历证书", 96), Reason("stale", "ga_population", 60),
            Reason("waiver_not_confirmed", "zr_estate", 30), Reason("purpose_not_prove", "", 12),
        )  # fmt: skip
        sums = Sums(outcomes, by, {"not_trusted": 18, "system_asks": 12}, reasons)
        at = self.now - timedelta(hours=1 if self.stale else 0, minutes=4)
        return Overview(sums, NAMES, at, self.stale)

    def lacking(self, of: Period, sums: Sums) -> list[Lacking]:
        """With names as the registry has them."""
        names = {"ga_population": "人口信息库", "zr_estate": "不动产登记系统"}
        return [
            Lacking(
                one.detail, one.source, names.get(one.source, one.source), one.many,
                round(one.many * 365 / of.days),
            )
            for one in sums.reasons
        ]  # fmt: skip

    def counties(self, sums: Sums) -> list[County]:
        """As the sums have them; two without a case."""
        own = sums.by["division"]
        return [
            County(
                name, 1200 + 7 * n, 60 - n, own.get(name, {}).get("saved", 0),
                own.get(name, {}).get("demanded", 0), own.get(name, {}).get("bring", 0),
            )
            for n, name in enumerate((*PLACES, "赣州市"))
        ]  # fmt: skip

    def rows(
        self, of: Period, narrowed: Mapping[str, str], after: tuple[date, str, str] | None
    ) -> tuple[list[TallyRow], Mapping[str, str]]:
        """A full page and one more, then a last one."""
        self.calls.append(("tally", dict(narrowed), after))
        if self.empty:
            return [], {}
        if after is not None:
            return [tally_row(900, of.begin)], NAMES
        made = [tally_row(n, of.end) for n in range(PAGE)]
        made.append(tally_row(800, of.begin, "demanded", demanded="law_asks"))
        return made, NAMES

    def every_row(self, of: Period, narrowed: Mapping[str, str]) -> Iterator[TallyRow]:
        """Two rows."""
        yield tally_row(1, of.end)
        yield tally_row(2, of.begin, "bring", detail="stale", department="=1+1")

    def demand(self, account: Account, case_number: str, material_id: str, reason: str) -> None:
        """Remembers it."""
        if reason and reason not in REASONS:
            raise BadInput("请选择原因。")
        self.calls.append(("demand", account.name, case_number, material_id, reason))

    def demanded(self, account: Account, case_number: str) -> Mapping[str, str]:
        """What was demanded of that case and not taken back."""
        found: dict[str, str] = {}
        for call in self.calls:
            if call[0] == "demand" and call[2] == case_number:
                found[call[3]] = call[4]
        return {key: reason for key, reason in found.items() if reason}

    def import_complaints(self, account: Account, source: str, data: bytes) -> Imported:
        """Two taken in, one refused."""
        self.imported.append(data)
        return Imported(2, 1, 1, ((4, "日期看不懂，写成 2026-07-01 这样"),), ("姓名", "电话"))

    def complaints(
        self, *, is_open: bool, after: tuple[date, int] | None = None
    ) -> tuple[list[Complaint], Mapping[str, str]]:
        """Three open ones."""
        if self.empty or not is_open:
            return [], {}
        return self.open, NAMES

    def complaint_numbers(self) -> tuple[int, int]:
        """Open and answered ones."""
        return (0, 0) if self.empty else (len(self.open), 12)

    def answer_complaint(self, account: Account, number: int, outcome: str, why: str) -> None:
        """Remembers it."""
        if len(why) < 4:
            raise BadInput("请写明怎样处理：4 至 500 个字。")
        self.calls.append(("answer_complaint", account.name, number, outcome, why))

    def letter(self, department: str, month: str) -> Letter:
        """Two systems, one of them clean."""
        if not month.startswith("20") or len(month) != 7:
            raise BadInput("月份写成 2026-11 这样。")
        causes = (
            MonthCause("licence", "ZTDM", "holder", 412, 31),
            MonthCause("licence", "FZRQ", "date", 77, 0),
        )
        food = OfSystem("sc_food", "江西省食品经营许可管理系统", department, causes, Brought(9, 31))
        clean = OfSystem("sc_enterprise", "企业登记系统", department, (), Brought(0, 0))
        systems = () if self.empty else (food, clean)
        begin = date.fromisoformat(month + "-01")
        return Letter(department, begin, self.now, False, systems)

    def _complaint(self, number: int) -> Complaint:
        known = number != 2
        return Complaint(
            number, "hotline" if number < 3 else "rating", f"GZ2026112000{number}",
            self.now.date() - timedelta(days=number), "章贡区",
            "食品经营许可新办" if known else "办证",
            FOOD if known else None, "营业执照", "窗口又要营业执照复印件，电话［号码略］。<b>",
            None, None, None, None,
        )  # fmt: skip
