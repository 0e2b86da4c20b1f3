"""Facts of a pair that the law makes: kinds that differ, acts, procedures, aspects."""

from __future__ import annotations

import numpy as np

from catalog.items import things
from catalog.items.sides import Side
from catalog.items.sparse_rows import Columns, Ints

_SHARED = ("law_wider", "law_narrower", "apart", "apart_in_part")


def apart_facts(left: Side, right: Side, a: Ints, b: Ints) -> Columns:
    """Words that differ in law, and grades that one name alone has.

    A name has words of few lines: bits are compared only where both names have some of a line.
    """
    many_mine, many_theirs = left.marked.sum(axis=1)[a], right.marked.sum(axis=1)[b]
    both = np.zeros(len(a), np.int64)
    found = {name: np.zeros(len(a), np.int64) for name in _SHARED}
    for line in np.flatnonzero(left.marked.any(axis=0) & right.marked.any(axis=0)).tolist():
        at = np.flatnonzero(left.marked[a, line] & right.marked[b, line])
        mine, theirs = left.marks[a[at], line], right.marks[b[at], line]
        shared = mine & theirs
        part = (shared != 0) & (mine != theirs)
        both[at] += 1
        found["apart"][at] += shared == 0
        found["apart_in_part"][at] += part
        found["law_wider"][at] |= part & (shared == theirs)
        found["law_narrower"][at] |= part & (shared == mine)
    grades = list(things.load().grades)
    mine, theirs = left.marked[:, grades][a], right.marked[:, grades][b]
    return {
        "law_wider": found["law_wider"],
        "law_narrower": found["law_narrower"],
        "apart": np.minimum(found["apart"], 2),
        "apart_in_part": np.minimum(found["apart_in_part"], 2),
        "apart_one_side": np.minimum(many_mine + many_theirs - 2 * both, 4) / 2,
        "grade_canonical_only": (theirs & ~mine).any(axis=1),
        "grade_local_only": (mine & ~theirs).any(axis=1),
    }


def acts_facts(left: Side, right: Side, a: Ints, b: Ints) -> Columns:
    mine, theirs = left.acts[a], right.acts[b]
    shared, equal = mine & theirs, mine == theirs
    more = (shared != 0) & (shared == theirs) & ~equal
    fewer = (shared != 0) & (shared == mine) & ~equal
    return {
        "acts_equal": equal,
        "acts_local_more": more,
        "acts_local_fewer": fewer,
        "acts_other": ~equal & ~more & ~fewer,
        "act_unstated": ~left.stated[a] & right.stated[b],
        "act_local_stated": left.stated[a] & ~right.stated[b],
    }


def procedures_facts(left: Side, right: Side, a: Ints, b: Ints) -> Columns:
    """Permit, filing, registration …; -1 where a name tells none."""
    known = things.load()
    mine, theirs = left.procedures[a], right.procedures[b]
    near = known.near[mine, theirs] | (mine < 0) | (theirs < 0)
    filing, permit, register = (known.kinds.index(k) for k in ("filing", "permit", "register"))
    crossed = ((mine == filing) & (theirs == permit)) | ((theirs == filing) & (mine == permit))
    free = [-1, filing, permit, register]
    open_ = np.isin(mine, free) & np.isin(theirs, free)
    reformed = (mine != theirs) & left.reformed[a] & right.reformed[b] & open_
    equal = (mine == theirs) | reformed
    return {
        "procedure_equal": equal,
        "procedure_near": ~equal & near,
        "procedure_other": ~equal & ~near,
        "procedure_reformed": reformed,
        "filing_or_permit": crossed & ~reformed,
    }


def aspects_facts(mine: Ints, theirs: Ints) -> Columns:
    return {
        "aspects_local_only": (mine & ~theirs) != 0,
        "aspects_canonical_only": (theirs & ~mine) != 0,
        "aspects_other": (mine != 0) & (theirs != 0) & ((mine & theirs) == 0),
    }


def departments_facts(mine: Ints, theirs: Ints) -> Columns:
    agrees = (mine & theirs) != 0
    return {
        "department_agrees": agrees,
        "department_differs": (mine != 0) & (theirs != 0) & ~agrees,
    }
