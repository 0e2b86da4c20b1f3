"""Items' forms over one installation: proposed, decided, and filled in for a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from catalog.forms import changes as room
from catalog.forms.changes import FormChange
from catalog.forms.fields import TYPES
from catalog.forms.table import FormField, read_fields, write_fields
from certs.looks.filling import fill
from certs.looks.form import CaseForm
from certs.looks.joining import JoinedForm, join
from kernel.errors import BadInput, NotAuthorised, Refused, RetryLater
from kernel.house import House
from landing.read import case_by_number
from ledger import log
from ledger.events import event
from pipeline import lookups, window
from pipeline.approval import person
from registry.accounts import Account

__all__ = ["CaseForm", "FormChange", "FormField", "FormRow", "Forms", "JoinedForm"]

PURPOSE = "预填申请表单"
#: A package names some twenty items at most.
MOST_TOGETHER = 30


@dataclass(frozen=True)
class FormRow:
    """A form that was proposed, for a page: the item's name, and what would change."""

    change: FormChange
    item: str
    department: str | None
    differs: tuple[str, ...]  # a sentence each


class Forms:
    """Over one installation. Every method may raise BadInput and Refused."""

    def __init__(self, house: House) -> None:
        self.house, self.agreed = house, house.under("catalogue")

    def propose(self, data: bytes, by: str, why: str) -> list[int]:
        """Propose the forms of a CSV, whole for each item in it; their numbers.

        An officer's are of items of the own department; the bureau's of any.
        """
        read = read_fields(data)
        with self.agreed.engine.begin() as conn:
            account = person(conn, by, ("officer", "bureau"))
            if account.role == "officer":
                own_items(conn, {one.item_id for one in read}, account.department)
            at = self.house.clock()
            numbers = room.propose(conn, read, by, why, at)
            _told(conn, "form.proposed", by, at, items={one.item_id for one in read})
            return numbers

    def decide(self, numbers: Sequence[int], state: str, by: str, why: str) -> list[FormChange]:
        """The bureau accepts or refuses proposals, or withdraws accepted ones; all or none."""
        with self.agreed.engine.begin() as conn:
            person(conn, by, ("bureau",))
            at = self.house.clock()
            done = room.decide(conn, numbers, state, by, why, at)
            _told(conn, "form.decided", by, at, {one.item_id for one in done}, state)
            return done

    def sandbox(self) -> int:
        """Take the forms of the sandbox city's items that never had one; how many.

        Its departments propose and its bureau accepts, by the same way as anyone's. Where the
        city does not answer now, the next publishing takes them.
        """
        if not self.house.settings.city_url:
            return 0
        try:
            given = window.forms(self.house)
        except (RetryLater, NotAuthorised):
            return 0
        at, why = self.house.clock(), "沙盒城市首次启动"
        with self.agreed.engine.begin() as conn:
            new = room.without(conn)
            fields = [one for one in given if one.item_id in new]
            if not fields:
                return 0
            numbers = room.propose(conn, fields, "sandbox", why, at)
            done = room.decide(conn, numbers, "accepted", "sandbox bureau", why, at)
            items = {one.item_id for one in done}
            _told(conn, "form.proposed", "sandbox", at, items)
            _told(conn, "form.decided", "sandbox bureau", at, items, "accepted")
        return len(numbers)

    def rows(self, account: Account | None, state: str | None = None) -> list[FormRow]:
        """What was proposed, newest first; for an officer, of the own department's items."""
        with self.house.engine.connect() as conn:
            found = room.changes(conn, state=state)
            now: dict[str, list[FormField]] = {}
            for one in room.effective(conn):
                now.setdefault(one.item_id, []).append(one)
            named = _named(conn, {one.item_id for one in found})
        rows = [
            FormRow(
                one,
                *named.get(one.item_id, (one.item_id, None)),
                tuple(differences(now.get(one.item_id, []), one.fields)),
            )
            for one in reversed(found)
        ]
        if account is None or account.role != "officer":
            return rows
        return [one for one in rows if one.department == account.department]

    def current(self, account: Account | None, item_id: str | None = None) -> bytes:
        """The forms that hold now and go into the next version, as a CSV to edit and hand in.

        For an officer, of the own department's items.
        """
        with self.house.engine.connect() as conn:
            found = room.effective(conn, item_id)
            named = _named(conn, {one.item_id for one in found})
        if account is not None and account.role == "officer":
            own = {key for key, (_, of) in named.items() if of == account.department}
            found = [one for one in found if one.item_id in own]
        return write_fields(found)

    def of_case(self, account: Account, case_number: str) -> CaseForm:
        """A case's form, filled in; look-up systems are asked live. In the ledger before it
        returns.
        """
        made = fill(self.house, account, case_number, None)
        if isinstance(made, CaseForm):
            return made
        answers = lookups.ask_all(self.house, made, case_number, PURPOSE, account.name)
        again = fill(self.house, account, case_number, answers.resting)
        if not isinstance(again, CaseForm):
            raise ValueError("look-up systems are asked once")
        return again

    def together(self, account: Account, numbers: Sequence[str]) -> JoinedForm:
        """The forms of several cases of one applicant, each field once, each by its own right."""
        wanted = list(dict.fromkeys(numbers))
        if not 1 <= len(wanted) <= MOST_TOGETHER:
            raise BadInput(f"一次可以合并 1 至 {MOST_TOGETHER} 个办件的表单。")
        forms = [self.of_case(account, number) for number in wanted]
        with self.house.engine.connect() as conn:
            cases = [case_by_number(conn, number) for number in wanted]
        if len({case.holder_hash for case in cases if case is not None}) != 1:
            raise BadInput("这些办件不是同一个申请人的，不能合并填表。")
        return join(forms)


def differences(before: Sequence[FormField], after: Sequence[FormField]) -> list[str]:
    """What a new form of an item changes, a sentence each; an order alone is told once."""
    old, new = ({one.name: one for one in form} for form in (before, after))
    said = [f"增加“{name}”（{_entry(one)}）" for name, one in new.items() if name not in old]
    said += [f"去掉“{name}”" for name in old if name not in new]
    said += [
        f"“{name}”由“{_entry(old[name])}”改为“{_entry(one)}”"
        for name, one in new.items()
        if name in old and _entry(old[name]) != _entry(one)
    ]
    kept = [name for name in old if name in new]
    return said + (["顺序有变"] if kept != [name for name in new if name in old] else [])


def own_items(conn: Connection, ids: set[str], department: str | None) -> None:
    """Raises Refused where an item is another department's."""
    query = text(
        "SELECT min(id) FROM catalog.canonical_item WHERE id = ANY(:ids)"
        " AND department IS DISTINCT FROM :department"
    )
    other = conn.execute(query, {"ids": sorted(ids), "department": department}).scalar_one()
    if other is not None:
        raise Refused(
            f"事项 {other} 由别的部门主管，您只能维护本部门事项的表单", reason="other_department"
        )


def _named(conn: Connection, ids: set[str]) -> dict[str, tuple[str, str | None]]:
    query = text("SELECT id, name, department FROM catalog.canonical_item WHERE id = ANY(:ids)")
    rows = conn.execute(query, {"ids": sorted(ids)})
    return {row.id: (row.name, row.department) for row in rows}


def _entry(one: FormField) -> str:
    return f"{TYPES[one.type]}，{'必填' if one.required else '选填'}"


def _told(
    conn: Connection,
    name: Literal["form.proposed", "form.decided"],
    by: str,
    at: datetime,
    items: set[str],
    decision: str | None = None,
) -> None:
    log.append(conn, event(at, name, by, items=sorted(items), decision=decision))
