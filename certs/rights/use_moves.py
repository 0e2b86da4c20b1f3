"""Moving a use on: who may, from which state, with a reason. In the ledger with the move.

Every function works inside the caller's transaction. Officers decide for their own department.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, text

from catalog.versions.asked import added_anywhere
from catalog.versions.published import PublishedMaterial
from certs.rights import uses
from certs.rights.tables import use_step
from certs.rights.uses import State, Use
from kernel.clock import CITY_TIME
from kernel.db import lock
from kernel.errors import BadInput, Refused
from ledger import log
from ledger.events import event
from registry import licence_types, workdays
from registry.accounts import Account
from registry.moves import role_of
from registry.typed import plain

ASKED = text(
    "SELECT item_id, material_id, situation, name, kind, role, need, purpose, source_type, grade,"
    ' licence_types, "order" FROM catalog.published_material WHERE version = :version'
)


def request_all(conn: Connection, version: int, at: datetime) -> list[Use]:
    """Ask the issuing departments for every use of the version that nobody has asked for yet.

    The bureau's duty, done by the platform at each publishing; gives the new uses.
    """
    lock(conn, "certs.uses")
    by_item: dict[str, list[PublishedMaterial]] = {}
    for row in conn.execute(ASKED, {"version": version}).mappings():
        one = PublishedMaterial(**{**row, "licence_types": tuple(row["licence_types"])})
        by_item.setdefault(one.item_id, []).append(one)
    for one in added_anywhere(conn, version):
        by_item.setdefault(one.item_id, []).append(one)
    known = uses.current(conn).keys()
    new = [
        _asked(item, name, at)
        for item, materials in sorted(by_item.items())
        for name in sorted(uses.wanted_types(materials))
        if (item, name) not in known and licence_types.load()[name].share == "conditional"
    ]
    if new:
        _write(conn, new)
        about = {"count": len(new), "catalogue_version": version, "outcome": "requested"}
        log.append(conn, event(at, "use.moved", "platform", **about))
    return new


def _asked(item: str, name: str, at: datetime) -> Use:
    kind = licence_types.load()[name]
    due = workdays.after(at.astimezone(CITY_TIME).date(), uses.WORKING_DAYS)
    why = "已发布的事项目录要求用它证明"
    fields = tuple(kind.fields)
    return Use(item, name, kind.department, "requested", fields, due, why, False, "platform", at)


def decide(
    conn: Connection, who: Account, pairs: Sequence[tuple[str, str]], answer: Mapping[str, object],
    at: datetime,
) -> list[Use]:  # fmt: skip
    """The issuing department's yes or no to uses that wait, and to those approved before.

    `answer`: {"state": approved|refused, "why": text, "fields": names or None for all of them}.
    A refusal needs a reason of its own. Raises BadInput, Refused.
    """
    role_of(who, ("officer",), "decide on the use of a licence type")
    state, why, fields = _answer(answer)
    there = _ready(conn, pairs, ("requested", "approved", "refused"))
    for one in there:
        if one.department != who.department:
            raise Refused(
                f"{one.licence_type} 由{one.department}发证，只有该部门可以决定",
                reason="other_department",
            )
        if one.final:
            raise Refused("数据局已裁定，部门不能再改；如有新情况请联系数据局", reason="use_final")
    return _moved(conn, who, [_next(one, state, why, fields, who, at) for one in there])


def dispute(
    conn: Connection, who: Account, item_id: str, licence_type: str, why: str, at: datetime
) -> Use:
    """Say that a refusal is wrong: an officer (of the department that needs it), or the bureau.

    Raises BadInput, Refused.
    """
    role_of(who, ("officer", "bureau"), "dispute a refusal")
    (one,) = _ready(conn, [(item_id, licence_type)], ("refused",))
    if one.final:
        raise Refused("数据局已裁定，不能再提争议", reason="use_final")
    if who.role == "officer" and who.department == one.department:
        raise Refused("发证部门不能对自己的决定提争议，请直接改为同意", reason="own_decision")
    (moved,) = _moved(conn, who, [_next(one, "disputed", plain(why, "the reason"), None, who, at)])
    return moved


def rule(
    conn: Connection, who: Account, item_id: str, licence_type: str,
    answer: Mapping[str, object], at: datetime,
) -> Use:  # fmt: skip
    """The bureau's ruling on a disputed use; it is final. Raises BadInput, Refused."""
    role_of(who, ("bureau",), "rule on a dispute")
    state, why, fields = _answer(answer)
    (one,) = _ready(conn, [(item_id, licence_type)], ("disputed",))
    made = _next(one, state, why, fields, who, at)
    (moved,) = _moved(conn, who, [Use(**{**vars(made), "final": True})])
    return moved


def _answer(answer: Mapping[str, object]) -> tuple[State, str, Iterable[str] | None]:
    state, fields = answer["state"], answer["fields"]
    why = plain(str(answer["why"] or ("同意" if state == "approved" else "")), "the reason")
    if fields is not None and not isinstance(fields, (list, tuple)):
        raise BadInput("fields are a list of names, or nothing for all of the type's")
    if state == "approved":
        return "approved", why, fields
    if state == "refused":
        return "refused", why, fields
    raise BadInput("a use is approved or refused")


def _ready(
    conn: Connection, pairs: Sequence[tuple[str, str]], before: Sequence[State]
) -> list[Use]:
    if not pairs:
        raise BadInput("name at least one use: an item and a licence type")
    lock(conn, "certs.uses")
    there = uses.current(conn, [item for item, _ in pairs])
    found = []
    for pair in dict.fromkeys(pairs):
        if pair not in there:
            raise BadInput("no such use: `zhongtai uses list` shows them")
        if there[pair].state not in before:
            allowed = " or ".join(before)
            raise BadInput(f"the use is {there[pair].state}: for this it must be {allowed}")
        found.append(there[pair])
    return found


def _next(
    one: Use, state: State, why: str, fields: Iterable[str] | None, who: Account, at: datetime
) -> Use:
    known = licence_types.load()[one.licence_type].fields
    named = tuple(one.fields if fields is None else fields)
    wrong = next((name for name in named if name not in known), None)
    if wrong is not None:
        allowed = "、".join(known) or "none"
        raise BadInput(f"{one.licence_type} has no such field; allowed are {allowed}")
    new = {"state": state, "why": why, "fields": named, "by": who.name, "at": at}
    return Use(**{**vars(one), **new})


def _moved(conn: Connection, who: Account, moved: Sequence[Use]) -> list[Use]:
    _write(conn, moved)
    first = moved[0]
    about: dict[str, object] = {"department": first.department, "outcome": first.state}
    if len(moved) == 1:
        about |= {"item": first.item_id, "licence_type": first.licence_type}
    else:
        about["items"] = sorted({one.item_id for one in moved})
        about["types"] = sorted({one.licence_type for one in moved})
        about["count"] = len(moved)
    log.append(conn, event(first.at, "use.moved", who.name, **about))
    return list(moved)


def _write(conn: Connection, rows: Iterable[Use]) -> None:
    conn.execute(insert(use_step), [{**vars(one), "fields": list(one.fields)} for one in rows])
