"""Which licence proves that someone stands to the applicant in a role. No other role is proved."""

from __future__ import annotations

from collections.abc import Iterable

PROVES_RELATION: dict[str, frozenset[str]] = {
    "spouse": frozenset({"结婚证"}),
    "legal_representative": frozenset({"营业执照"}),
    "guardian": frozenset({"出生医学证明", "居民户口簿"}),
}
#: A later licence that ends what another proves.
ENDS_RELATION = {"结婚证": "离婚证"}
#: The detail field of the proving licence that names the other one.
NAMES_OTHER = {"营业执照": "法定代表人", "出生医学证明": "新生儿姓名"}
#: Roles whose person a clerk names by number; a licence must then say that it is so.
NAMED = frozenset({"guardian", "legal_representative"})
#: A role that is several: each must bring an own paper of the kind.
SEVERAL = {"both_spouses": ("applicant", "spouse")}
#: As the pages call them.
ROLE_NAMES = {
    "applicant": "申请人", "spouse": "配偶", "guardian": "监护人",
    "legal_representative": "法定代表人",
}  # fmt: skip
#: 家庭关系代码 (GB/T 4761): sons and daughters, adopted ones too. 养子或继子 says two things at
#: once and sons- and daughters-in-law are no wards: left out.
CHILD = frozenset(
    {"子", "独生子", "长子", "次子", "三子", "四子", "五子", "养子",
     "女", "独生女", "长女", "次女", "三女", "四女", "五女", "养女"}
)  # fmt: skip
HEAD = "户主"


def roles_of(role: str) -> tuple[str, ...]:
    """Whose papers a material's role asks for, one role each."""
    return SEVERAL.get(role, (role,))


def with_ends(types: Iterable[str]) -> frozenset[str]:
    """The licence types, and those that would end what one of them proves."""
    known = frozenset(types)
    return known | {ENDS_RELATION[name] for name in known & ENDS_RELATION.keys()}
