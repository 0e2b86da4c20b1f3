"""A platform of invented data: 47 systems, cases, plans, refused rows. It remembers its calls."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from certs.waivers.lines import Verdict
from certs.waivers.situation import Answer
from certs.waivers.waive import Plan, PlanLine
from kernel.errors import BadInput, Conflicts, NotAuthorised, Refused, RetryLater
from pipeline.card_reader import CardReader
from portal.port import (
    AnnotatedCopy,
    CaseRow,
    CatalogueStatus,
    DemoAccount,
    FindingRow,
    HolderEntry,
    HoldRow,
    IssuerRow,
    ItemRow,
    LedgerStatus,
    MeasureRow,
    Narrow,
    RefusedRow,
    ReplayCounts,
    RunRow,
    StreamRow,
    SystemPage,
    SystemTile,
)
from portal.port_asking import WaivingPort
from portal.port_callers import CallersPort
from portal.port_catalog import CataloguingPort, ExchangingPort
from portal.port_events import EventsPort
from portal.port_judging import JudgingPort
from portal.port_outside import OutsidePort
from portal.port_rights import RightsPort, UsesPort
from portal.port_wallets import WalletsPort
from registry.accounts import Account, Post, Right
from tests.portal.fake_asking import AGENT, FakeAsking, FakeWaiving
from tests.portal.fake_bureau import FakeBureau
from tests.portal.fake_callers import FakeCallers
from tests.portal.fake_connecting import FakeConnecting
from tests.portal.fake_events import FakeEvents, FakeOutside
from tests.portal.fake_forms import FakeForms
from tests.portal.fake_looked import FakeLooked
from tests.portal.fake_ops import FakeOps
from tests.portal.fake_papers import FakePapers
from tests.portal.fake_registering import FakeRegistering
from tests.portal.fake_rights import FakeRights, FakeUses
from tests.portal.fake_signing import FakeElsewhere, FakeSigning, FakeTickets
from tests.portal.fake_staff import FakeStaff
from tests.portal.fake_visits import FakeVisits
from tests.portal.fake_wallets import FakeWallets

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)  # 11:30 in the city
PASSWORD = "zhongtai-demo"
PERSON = "11010119900307109X"  # invented, check character right
FIRM = "91360700MA35000007"
NAME = "邱某某"
MARKET = "市市场监督管理局"
SYSTEMS = Path(__file__).parents[1] / "data" / "systems.csv"


def post(code: str, name: str, department: str, *rights: Right) -> Post:
    """A post at a window."""
    return Post(code, name, department, rights)


DECIDE = post("sc-02", "市市场监督管理局审批科", MARKET, "receive", "decide")
RELIEF = post("mz-02", "市民政局审批科", "市民政局", "receive", "decide")
RECEIVE = post("sc-01", "市市场监督管理局受理窗口", MARKET, "receive")
ACCOUNTS = {
    account.name: account
    for account in (
        Account("clerk", "窗口工作人员（演示）", "clerk", None, (DECIDE, RELIEF)),
        Account("window", "综合受理窗口（演示）", "clerk", None, (RECEIVE,)),
        Account("officer", "市场监管数据专员（演示）", "officer", MARKET, ()),
        Account("ops", "运维工程师（演示）", "ops", None, ()),
        Account("bureau", "数据局（演示）", "bureau", None, ()),
        Account("sysadmin", "系统管理员（演示）", "sysadmin", None, ()),
        Account("secadmin", "安全管理员（演示）", "secadmin", None, ()),
        Account("auditor", "审计管理员（演示）", "auditor", None, ()),
    )
}
ITEMS = (
    ItemRow("000131001000", "食品经营许可新办", MARKET, "赣州市"),
    ItemRow("000131001001", "食品经营许可变更", MARKET, "赣州市"),
    ItemRow("000131001002", "食品经营许可延续", MARKET, "章贡区"),
    ItemRow("000125002000", "公司设立登记", MARKET, "赣州市"),
    ItemRow("000125002001", "分公司设立登记", MARKET, "南康区"),
    ItemRow("000111009000", "最低生活保障对象认定、救助金给付", "市民政局", "赣州市"),
)
STATES = {"accepted": "已受理", "deciding": "审查中", "granted": "准予许可", "refused": "不予许可"}


def cases() -> list[CaseRow]:
    """Two dozen cases in every state, the newest provisional."""
    rows = []
    for n in range(24):
        state = list(STATES)[n % 4] if n else "accepted"
        rows.append(
            CaseRow(
                f"3607002611{20 - n // 2:02d}{1000 + n}",
                ITEMS[n % len(ITEMS)].name,
                ITEMS[n % len(ITEMS)].item_code,
                state,
                STATES[state],
                NOW - timedelta(hours=5 * n, minutes=3),
                n == 0,
                "市市场监督管理局审批科" if n % 3 else "市民政局审批科",
            )
        )
    return rows


def line(material: str, name: str, verdict: Verdict, why: str, **more: Any) -> PlanLine:
    """A plan's line; what is not said is empty."""
    facts: dict[str, Any] = {"need": True, "purpose": "prove", "situation": ""}
    return PlanLine(material, name, verdict=verdict, why=why, **(facts | more))


def plan_of(number: str) -> Plan:
    """One plan with every verdict."""
    fresh = NOW - timedelta(minutes=12)
    lines = (
        line(
            "m01",
            "营业执照",
            "waived",
            "申请人的营业执照有效，事项目录同意用它证明主体资格（赣市监函〔2026〕12号）。",
            licence_type="营业执照",
            standing="delegated",
            source="江西省企业登记网络服务平台",
            as_of=fresh,
            valid_to=date(2046, 3, 1),
        ),
        line(
            "m02",
            "法定代表人身份证明",
            "waived",
            "已实时向人口信息系统核验，与法定代表人一致。",
            licence_type="居民身份证",
            standing="data only",
            source="全国人口基础信息系统（江西分中心）",
            as_of=NOW - timedelta(minutes=1),
        ),
        line(
            "m03",
            "食品安全管理人员从业资格证明（含健康证明，适用于餐饮服务、单位食堂和集体用餐配送单位）",
            "waived",
            "职业资格证书有效。",
            need=False,
            licence_type="职业资格证书",
            standing="issuer-sealed",
            source="江西省职业资格证书查询系统",
            as_of=NOW - timedelta(hours=20),
            valid_to=date(2028, 6, 30),
        ),
        line(
            "m04",
            "不动产权证书或房屋租赁合同",
            "could_be_waived",
            "查到有效的不动产权证书；市自然资源局尚未发文确认在本事项中免交。",
            licence_type="不动产权证书",
            standing="issuer-sealed",
            source="市不动产登记信息系统",
            as_of=NOW - timedelta(hours=2),
        ),
        line("m05", "经营场所平面布置图", "bring", "由申请人自己绘制。", situation="新办餐饮服务"),
        line(
            "m06",
            "食品经营许可证（旧证）",
            "bring",
            "变更时要收回原证，电子证照不能代替。",
            purpose="surrender",
        ),
        line(
            "m07",
            "公共场所卫生许可证",
            "bring",
            "在数据中没有找到；该系统的数据从 2015 年起完整，更早的证请带来。",
            source="江西省公共场所卫生许可系统",
            as_of=NOW - timedelta(hours=1),
            detail="licence_not_found",
            scannable=("公共场所卫生许可证", "卫生许可证"),
        ),
        line("m08", "授权委托书", "not_needed", "法定代表人本人办理，不需要委托。"),
    )
    return Plan(number, "食品经营许可新办", "000131001000", 3, lines)


def tiles() -> list[SystemTile]:
    """The 47 systems in every state."""
    with SYSTEMS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [tile(n, row) for n, row in enumerate(rows)]


ODD: dict[int, tuple[str, str | None]] = {
    19: ("failing", "sc_food: the source answered 500 three times while reading page 4 of licence"),
    32: ("failing", "zj_construction: the signature was refused, the clock differs by 6 minutes"),
    12: ("late", None),
    34: ("late", None),
    6: ("resting", None),
    44: ("never", None),
    21: ("running", None),
}


def tile(n: int, row: Mapping[str, str]) -> SystemTile:
    """One system by its place in the table."""
    state, error = ODD.get(n, ("ok", None))
    lookup = row["mode"] == "lookup"
    rows = 0 if lookup or state == "never" else 900 + 1373 * n
    refused = rows // 200
    ago = timedelta(days=3 if state in ("late", "failing") else 0, minutes=4 + 7 * n)
    return SystemTile(
        row["code"],
        row["name"],
        row["department"],
        row["level"],
        row["transport"],
        row["mode"],
        state,
        None if state == "never" else NOW - ago,
        rows,
        rows - refused,
        refused,
        1 if n in (12, 19) else 0,
        None if state == "never" else 0.8 + n / 3,
        error,
    )


BEYOND = "a column that the contract does not name, kept sealed with each row"
UNMAPPED = "the column cert_status holds a category that is not mapped; see the quarantined rows"
IN = "rows are in quarantine, and at most 10% city-wide may be"


def system_page(code: str) -> SystemPage:
    """One system with its runs."""
    found = {t.code: t for t in tiles()}.get(code)
    if found is None:
        raise BadInput("there is no such system")
    streams = (
        StreamRow("licence", "licence", found.mode, found.stored, 40, NOW, "26h"),
        StreamRow("case", "case", found.mode, 2100, 0, NOW - timedelta(minutes=9), "26h"),
    )
    runs = tuple(
        RunRow(
            f"run-20261120-{n:02d}" if n else "scheduled__2026-11-20T03:00:00+00:00",
            "failed" if found.error and n < 2 else "running" if n == 0 else "done",
            NOW - timedelta(hours=n),
            None if n == 0 else 4.0 + (n * 7) % 11,
            9000 - n,
            8950 - n,
            50,
            n,
            found.error if found.error and n < 2 else None,
        )
        for n in range(8)
    )
    finding = finding_row(1, "new_column", "BZ2", BEYOND, 3)
    more = finding_row(2, "unknown_category", "cert_status=#1f", UNMAPPED, 0)
    known = finding_row(3, "renamed_column", "FZRQ", "FZRQ seems to be called FZ_RQ now", 41, "ops")
    holds = (HoldRow(7, "licence", "quarantine", f"20 of 22 {IN}", NOW),)
    return SystemPage(
        found,
        streams,
        runs,
        (finding, more, known) if found.findings else (),
        holds if found.findings else (),
        tuple(measure_row(n) for n in range(6)) if found.findings else (),
        "省级主管部门，经市市场监督管理局",
        ("licence",) if code == "sc_food" else (),
    )


def finding_row(
    number: int, kind: str, subject: str, detail: str, days: int, by: str | None = None
) -> FindingRow:
    """A finding that began so many days ago; `by`: who knows of it."""
    began, why = NOW - timedelta(days=days), "已发函核实" if by else None
    return FindingRow(number, "licence", kind, subject, detail, began, NOW, days, by, why)


def measure_row(n: int) -> MeasureRow:
    """The run of n days ago."""
    at = NOW - timedelta(days=n)
    return MeasureRow("licence", at, 9000 - 700 * n, 8000, 12 * n, 3, "issuer", 0.962, at)


def refused_rows() -> list[RefusedRow]:
    """What a department's officer must have mended."""
    causes = (
        ("holder", "ZTDM", "the unified social credit code is malformed (column ZTDM)"),
        ("date", "FZRQ", "the column FZRQ (issued) does not hold a day written like 2026-01-31"),
        ("required", "XKZBH", "the column XKZBH (number) is empty"),
    )
    return [
        RefusedRow(
            n,
            "licence",
            causes[n % 3][0],
            causes[n % 3][1],
            causes[n % 3][2],
            NOW - timedelta(hours=n),
            "sc_food/licence/run-20261120-01/0",
            n + 1,
            "sc_food_20261120.csv",
            {
                "XKZBH": None if n % 3 == 2 else f"JY3607{n:06d}",
                "ZTMC": "赣州市章贡区某某食品店",
                "ZTDM": FIRM[:-1] + "X",
                "FZRQ": "2026-02-30" if n % 3 == 1 else "2026-02-03",
                "YXQZ": "2031-02-02",
                "BZ": "<script>alert(1)</script>",
            },
        )
        for n in range(17)
    ]


def asking_plan(said: Mapping[str, str]) -> Plan:
    """A plan whose list still depends on an answer; the case has given one itself."""
    known = [Answer("applicant", "个人", "case")]
    known += [Answer(key, answer, "said") for key, answer in said.items()]
    return replace(plan_of("asks"), answers=tuple(known), next=None if said else AGENT)


class FakePlatform:
    """Answers from the tables above. `away` makes every question fail as a dead server would."""

    judging: JudgingPort  # a test that asks for it gives the real one
    cataloguing: CataloguingPort  # a test that asks for them gives the real ones
    exchanging: ExchangingPort

    def __init__(self, demo: bool = True, pdf: bytes = b"%PDF-1.4\n%%EOF\n") -> None:
        self.demo = demo
        self.sandbox = "http://127.0.0.1:9" if demo else ""
        self.pdf = pdf
        self.reader: CardReader | None = None
        self.away = False
        self.stopped = False  # no licence is given out while heads are not signed
        self.disabled: set[str] = set()
        self.calls: list[tuple[Any, ...]] = []
        self.tiles = tiles()
        self.registering = FakeRegistering(self.calls, NOW)
        self.connecting = FakeConnecting(self.calls, NOW)
        self.ops = FakeOps(self, NOW, self.system)
        self.asking = FakeAsking(self.calls)
        self.forms = FakeForms(self.calls, NOW)
        self.waiving: WaivingPort = FakeWaiving(self.calls, NOW)
        self.papers = FakePapers(self.calls, NOW, plan_of)
        self.rights = cast(RightsPort, FakeRights(NOW))
        self.events = cast(EventsPort, FakeEvents(NOW))
        self.outside = cast(OutsidePort, FakeOutside(NOW))
        self.wallets = cast(WalletsPort, FakeWallets(NOW))
        self.signing = FakeSigning(NOW, self.account)
        self.staff = FakeStaff(NOW)
        self.elsewhere = FakeElsewhere()
        self.tickets = FakeTickets(NOW, self.account)
        self.visits = FakeVisits(NOW)
        self.callers = cast(CallersPort, FakeCallers(NOW))
        self.looked = FakeLooked(self.calls, NOW)
        self.bureau = FakeBureau(self.calls, NOW)
        self.uses = cast(UsesPort, FakeUses(NOW))

    def refused_role(self, account: Account, route: str) -> None:
        """Nothing is kept here."""

    def _answer(self, *call: Any) -> None:
        self.calls.append(call)
        if self.away:
            raise RetryLater("the database does not answer")

    def demo_accounts(self) -> list[DemoAccount]:
        if not self.demo:
            return []
        return [DemoAccount(a.name, a.display, a.role, PASSWORD) for a in ACCOUNTS.values()]

    def sign_in(self, name: str, password: str) -> Account | None:
        self._answer("sign_in", name)
        return ACCOUNTS.get(name) if password == PASSWORD else None

    def account(self, name: str) -> Account | None:
        return None if name in self.disabled else ACCOUNTS.get(name)

    def card_reader(self) -> CardReader | None:
        return self.reader

    def my_cases(self, account: Account) -> list[CaseRow]:
        self._answer("my_cases", account.name)
        return cases()

    def search_items(self, account: Account, text: str) -> list[ItemRow]:
        self._answer("search_items", text)
        return [i for i in ITEMS if text in i.name or text == i.item_code]

    def open_case(
        self,
        account: Account,
        item_code: str,
        applicant_kind: str,
        applicant_number: str,
        applicant_name: str,
    ) -> str:
        self._answer("open_case", item_code, applicant_kind, applicant_number, applicant_name)
        return "YS360700261120001"

    def plan(
        self, account: Account, case_number: str, said: Mapping[str, str] | None = None
    ) -> Plan:
        self._answer("plan", case_number, *([said] if said else []))
        if case_number == "asks":
            return asking_plan(said or {})
        if case_number == "family":
            whole = plan_of(case_number)
            both = replace(whole.lines[0], whose=("applicant", "spouse"))
            ward = replace(whole.lines[-1], detail="role_not_applicant")
            return replace(whole, lines=(both, ward))
        if case_number == "later":
            whole = plan_of(case_number)
            why = "江西省公共场所卫生许可系统暂时不能核验，由平台在2026年11月27日前补取。"
            rests = replace(whole.lines[6], why=why, promised_until=date(2026, 11, 27))
            return replace(whole, lines=(*whole.lines[:6], rests, whole.lines[7]))
        if case_number == "closed":
            raise Refused("该办件已办结，不能再查看证照。", reason="case_closed")
        if case_number == "odd":
            raise Refused("the case waits for another office", reason="something_new")
        return replace(plan_of(case_number), fetching_stopped=self.stopped)

    def fetch(
        self,
        account: Account,
        case_number: str,
        material_id: str,
        purpose: str,
        narrow: Narrow | None = None,
    ) -> AnnotatedCopy:
        whose = (narrow.whose,) if narrow is not None and narrow.whose else ()
        self._answer("fetch", case_number, material_id, purpose, *whose)
        if material_id == "m02":
            raise RetryLater("the source rests until 09:00")
        if account.name == "window":
            raise Refused(
                "您的岗位只有收件权，只能看到“是否满足”，不能查看证照内容。", reason="receive_only"
            )
        return AnnotatedCopy(self.pdf, "营业执照加注件", 'c-01"\r\nX: y')

    def seen_of_case(
        self, account: Account, case_number: str, before: int | None, limit: int
    ) -> list[HolderEntry]:
        self._answer("seen_of_case", account.name, case_number, before, limit)
        facts = ("市市场监督管理局审批科", "食品经营许可", "C0", "营业执照", "sc_food", None, "a1")
        return [HolderEntry(7, NOW, "look.granted", *facts)]

    def verify(self, data: bytes) -> dict[str, Any]:
        self._answer("verify", len(data))
        if data.startswith(b"PK"):
            return {"genuine": False, "expired": False, "kind": "ofd", "untouched": True} | {
                "status": "unknown_issuer",
                "issuer_known": False,
                "problem": "文件未被改动，但签章机构不在信任列表中。",
            }
        if data.startswith(b"eyJ"):
            known = {"untouched": True, "status": "revoked", "issuer_known": True}
            return {"genuine": True, "expired": False, "kind": "licence", **known}
        if not data.startswith(b"%PDF"):
            return {"genuine": False, "problem": "文件不是 PDF，或没有本平台的签章。"}
        return {"genuine": True, "expired": False, "licence_type": "营业执照"} | {
            "standing": "delegated",
            "made_at": NOW,
            "expires_at": NOW + timedelta(days=7),
        }

    def issuers(self) -> list[IssuerRow]:
        self._answer("issuers")
        return [IssuerRow("某省政务电子印章中心", date(2024, 3, 1), date(2034, 2, 28))]

    def verify_copy(self, copy_id: str) -> dict[str, Any]:
        self._answer("verify_copy", copy_id)
        if copy_id == "unknown":
            raise BadInput("there is no copy with this id")
        return {
            "genuine": True,
            "expired": copy_id == "old",
            "licence_type": "营业执照",
            "item": "食品经营许可新办",
            "department": MARKET,
            "made_at": NOW.isoformat(),
            "expires_at": (NOW + timedelta(days=7)).isoformat(),
        }

    def systems(self) -> list[SystemTile]:
        self._answer("systems")
        return self.tiles

    def system(self, code: str) -> SystemPage:
        self._answer("system", code)
        return system_page(code)

    def department_systems(self, account: Account) -> list[SystemTile]:
        self._answer("department_systems", account.department)
        return [t for t in self.tiles if t.department == account.department]

    def quarantine(self, account: Account, system: str, limit: int = 200) -> list[RefusedRow]:
        self._answer("quarantine", system, limit)
        return refused_rows()[:limit]

    def refused_book(self, account: Account, system: str) -> bytes:
        self._answer("refused_book", account.name, system)
        if system not in {t.code for t in self.tiles if t.department == account.department}:
            raise Refused("只有该部门的人员可以查看退回的数据。", reason="not_of_department")
        return b"PK a book"

    def replay(self, account: Account, system: str) -> ReplayCounts:
        self._answer("replay", account.name, system)
        return ReplayCounts(17, 12, 5)

    def read_again(self, account: Account, system: str, number: int) -> str:
        self._answer("read_again", account.name, system, number)
        if number == 404:
            raise BadInput(f"{system} has no refused row {number} any more")
        if number == 503:
            raise RetryLater(f"another sync of {system} is running", system=system)
        return "stored"

    def acknowledge(self, account: Account, system: str, number: int, why: str) -> None:
        self._answer("acknowledge", account.name, system, number, why)
        if not why:
            raise BadInput("say why the finding may stay: the reason is kept with it")

    def release(self, account: Account, system: str, number: int, why: str) -> None:
        self._answer("release", account.name, system, number, why)

    def catalogue(self) -> CatalogueStatus:
        return CatalogueStatus(3, 1402, 24180, 22731, 1449)

    def ledger_status(self) -> LedgerStatus:
        self._answer("ledger_status")
        return LedgerStatus(128_402, NOW - timedelta(seconds=40))

    def ingest(
        self, system: str, stream: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        self._answer("ingest", system, stream, dict(headers), body)
        if "x-signature" not in headers:
            raise NotAuthorised("the signature is missing")
        if headers["idempotency-key"] == "used":
            raise Conflicts("another body was sent under this Idempotency-Key")
        return {"accepted": 1, "rows": [{"row": 0, "status": "stored", "reason": None}]}

    def discover(self, secret: str, auth: str | None, paths: Sequence[str]) -> dict[str, Any]:
        self._answer("discover", secret, auth, list(paths))
        return {"code": "sc_food", "places": [], "yaml": "", "problems": [], "remains": []}

    def status(self) -> dict[str, Any]:
        self._answer("status")
        return {"systems": len(self.tiles), "ready": True}
