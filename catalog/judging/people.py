"""Who may say what: a department proposes, the approval bureau decides."""

from __future__ import annotations

from catalog.judging.keys import office_of
from kernel.errors import Refused
from registry.accounts import Account

#: Its officers decide, as the bureau does.
DECIDING_DEPARTMENT = "市行政审批局"


def decides(account: Account) -> bool:
    """Whether what this account says is a decision."""
    if account.role == "bureau":
        return True
    return account.role == "officer" and account.department == DECIDING_DEPARTMENT


def proposes(account: Account) -> bool:
    """Whether this account may propose: a department's officer."""
    return account.role == "officer" and bool(account.department)


def check_says(account: Account, office: str) -> bool:
    """Whether what it says about this office's names is a decision; else it is a proposal.

    Raises Refused for a role without a say, and for another department's names.
    """
    if decides(account):
        return True
    if not proposes(account):
        raise Refused("只有部门数据专员和审批局可以判断名称是否相同", reason="role")
    own = office_of(account.department or "")
    if office and office != own:
        raise Refused(
            f"这个名称属于“{office}”，您只能为本部门（{own}）提出判断", reason="other_department"
        )
    return False


def check_decides(account: Account) -> None:
    """Raises Refused unless it decides."""
    if not decides(account):
        raise Refused("部门只能提出，由审批局决定", reason="not_deciding")


def check_second(account: Account, first: str) -> None:
    """Raises Refused when the second pair of eyes is the first."""
    check_decides(account)
    if account.name == first:
        raise Refused("须由另一人确认：不能确认自己提出的判断", reason="same_person")
