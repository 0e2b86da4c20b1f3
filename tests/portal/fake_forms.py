"""Forms, invented; they remember their calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from catalog.forms.table import FormField, write_fields
from certs.looks.form import FilledField
from certs.looks.joining import join
from kernel.errors import BadInput, Refused
from portal.port import Account
from portal.port_forms import CaseForm, FormChange, FormRow, JoinedForm

MARKET = "市市场监督管理局"
ITEM = ("食品经营许可新办", "000131001000")
NOTHING = "没有已接入的数据可以填写，请申请人填写。"


def field(name: str, value: str | None, why: str, **more: Any) -> FilledField:
    """A field of the item's form; what is not said is empty."""
    facts: dict[str, Any] = {
        "type": "text",
        "required": True,
        "items": (ITEM[1],),
        "names": (name,),
    }
    return FilledField(name, value=value, why=why, **(facts | more))


def change(number: int, state: str, now: datetime) -> FormChange:
    """A form that was proposed."""
    fields = (
        FormField(ITEM[1], "经营者名称", "text", True),
        FormField(ITEM[1], "从业人数", "number", False),
    )
    decided = (None, None, None) if state == "proposed" else ("bureau", now, "同意")
    return FormChange(number, ITEM[1], fields, "新版申请表", "officer", now, state, *decided)


class FakeForms:
    """One item's form; of the case `bare` nothing is registered. `empty`: nothing was proposed."""

    def __init__(self, calls: list[tuple[Any, ...]], now: datetime) -> None:
        self.calls, self.now = calls, now
        self.empty = False

    def propose(self, data: bytes, by: str, why: str) -> list[int]:
        self.calls.append(("propose_form", data, by, why))
        if not data.startswith(b"item_id"):
            raise BadInput("line 2: the columns are item_id, name, type, required")
        return [3]

    def decide(self, numbers: Sequence[int], state: str, by: str, why: str) -> list[FormChange]:
        self.calls.append(("decide_form", tuple(numbers), state, by, why))
        if by == "officer":
            raise Refused("自己提出的表单须由另一人决定", reason="own_proposal")
        if not why:
            raise BadInput("a decision on a form needs a reason")
        return [change(number, state, self.now) for number in numbers]

    def rows(self, account: Account | None, state: str | None = None) -> list[FormRow]:
        self.calls.append(("forms", state))
        said = ("增加“从业人数”（数字，选填）", "“经营者名称”由“文字，选填”改为“文字，必填”")
        found = [
            FormRow(change(2, "proposed", self.now), ITEM[0], MARKET, said),
            FormRow(change(1, "accepted", self.now), ITEM[0], MARKET, ()),
        ]
        return [one for one in found if state in (None, one.change.state) and not self.empty]

    def current(self, account: Account | None, item_id: str | None = None) -> bytes:
        self.calls.append(("current_forms", account and account.name, item_id))
        return write_fields(change(1, "accepted", self.now).fields)

    def of_case(self, account: Account, case_number: str) -> CaseForm:
        self.calls.append(("form", account.name, case_number))
        if case_number == "closed":
            raise Refused("该办件已办结，不能再查看证照。", reason="case_closed")
        fields = () if case_number == "bare" else self._fields(account)
        return CaseForm(case_number, *ITEM, 3, fields)

    def together(self, account: Account, numbers: Sequence[str]) -> JoinedForm:
        if not numbers:
            raise BadInput("一次可以合并 1 至 30 个办件的表单。")
        return join([self.of_case(account, one) for one in numbers])

    def _fields(self, account: Account) -> tuple[FilledField, ...]:
        about: dict[str, Any] = {
            "source": "licence", "licence_type": "营业执照", "as_of": self.now - timedelta(hours=2),
            "system": "江西省企业登记网络服务平台",
        }  # fmt: skip
        why = "市市场监督管理局的营业执照登记数据。"
        address = field("住所", "江西省赣州市章贡区某某路 18 号某某大厦 3 楼 301 室", why, **about)
        if account.name == "window":
            why = "已由共享数据核到；收件岗位看不到内容，由审批岗位填入。"
            address = field("住所", None, why, withheld=True)
        said = "办件登记的申请人信息。"
        return (
            field("单位名称", "赣州市章贡区某某餐饮店", said, source="case", as_of=self.now),
            address,
            field("经营场所", None, "该证照已过有效期。请申请人填写。", names=("经营地址",)),
            field("从业人数", None, NOTHING, required=False, type="number"),
            field("联系电话", None, NOTHING, type="phone"),
        )
