"""Facts of a pair that the law makes: kinds that differ, acts, procedures, aspects."""

from __future__ import annotations

import numpy as np

from catalog.items import things
from catalog.items.sides import Side
from catalog.items.sparse_rows import Columns, Ints


def apart_facts(mine: Ints, theirs: Ints) -> Columns:
    """Words that differ in law, and grades that one name alone has."""
    both, grades = (mine > 0) & (theirs > 0), list(things.load().grades)
    shared = (mine & theirs) != 0
    part = both & shared & (mine != theirs)
    return {
        "law_wider": (part & ((mine & theirs) == theirs)).any(axis=1),
        "law_narrower": (part & ((mine & theirs) == mine)).any(axis=1),
        "apart": np.minimum((both & ~shared).sum(axis=1), 2),
        "apart_in_part": np.minimum(part.sum(axis=1), 2),
        "apart_one_side": np.minimum(((mine > 0) != (theirs > 0)).sum(axis=1), 4) / 2,
        "grade_canonical_only": ((theirs > 0) & (mine == 0))[:, grades].any(axis=1),
        "grade_local_only": ((mine > 0) & (theirs == 0))[:, grades].any(axis=1),
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
