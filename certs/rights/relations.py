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


def with_ends(types: Iterable[str]) -> frozenset[str]:
    """The licence types, and those that would end what one of them proves."""
    known = frozenset(types)
    return known | {ENDS_RELATION[name] for name in known & ENDS_RELATION.keys()}
