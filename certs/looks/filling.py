"""The one form (一套表格) of a case, each value filled in under the right to look.

A licence fills a field in only where this case may see that licence anyway: the item asks for it
as a proof of the applicant, its waiver is in force, the use is approved for that very field, and
the licence is valid and fresh. Of a licence only the fields of the form are given. What was given
is in the ledger before it leaves, an entry a licence; a form that nothing filled has one too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from catalog.forms.asked import AskedField, fields_of, one_form
from catalog.forms.fields import CASE_FIELDS, Origin
from certs.licences.document import EXTENSION
from certs.looks.form import CaseForm, FilledField
from certs.looks.recording import record
from certs.looks.usable import Given, licences_of
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import Scene, scene
from certs.waivers.asking import ToAsk, asks, held_now
from certs.waivers.sources import of_type
from kernel.house import House
from landing.read import case_secret
from registry.accounts import Account

#: How a document calls what every licence has.
STANDARD: Mapping[str, str] = {
    "number": "ZZBH", "holder_name": "CZZT", "holder_number": "CZZTDM", "issuer": "ZZBFJG",
    "issued": "ZZBFRQ", "valid_to": "ZZYXQJZRQ",
}  # fmt: skip
NOTHING = "没有已接入的数据可以填写，请申请人填写。"
NOT_SAID = "{types}的登记数据没有这一项，请申请人填写。"
RESTING = "{types}的来源系统暂时不能核验，请申请人填写。"
WITHHELD = "已由共享数据核到；收件岗位看不到内容，由审批岗位填入。"


def fill(
    house: House, account: Account, case_number: str, resting: Mapping[str, str] | None
) -> CaseForm | list[ToAsk]:
    """The case's form, or the look-up systems to ask for it first.

    `resting`: systems (codes) that were asked and did not answer, and why; None: nobody was asked
    yet. Raises Refused (`facts["reason"]`), which is in the ledger as well.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Allowed):
            missing = asks(house, now, held_now(house, conn, now)) if resting is None else []
            return missing or _filled(house, conn, now, decision.post, resting or {})
        refused = refuse(house, conn, "form.refused", now, decision)
    raise refused


def _filled(
    house: House, conn: Connection, now: Scene, post: str, resting: Mapping[str, str]
) -> CaseForm:
    if now.case is None or now.item is None:
        raise ValueError("a form that may be filled has a case and an item")
    asked = one_form(fields_of(conn, now.version, [now.item.item_id]))
    types = {one.licence_type for field in asked for one in field.filled if one.licence_type}
    wanted = {
        name: {o.field for f in asked for o in f.filled if o.licence_type == name} for name in types
    }
    sees = right.may_decide(now.facts())
    found, denied = licences_of(house, conn, now, wanted, "data" if sees else "answer")
    for name in denied.keys() & _of_resting(house, types, resting):
        denied[name] = RESTING.format(types=name)
    secret = case_secret(house, now.case)
    fields = tuple(_field(now, one, secret, found, denied, sees=sees) for one in asked)
    record(conn, now, post, [one for one in fields if one.value is not None], found)
    return CaseForm(now.number, now.item.name, now.item.item_id, now.version, fields)


def _of_resting(house: House, types: Collection[str], resting: Mapping[str, str]) -> set[str]:
    """The types that a system which does not answer now would give."""
    home = house.settings.home
    return {name for name in types if any(one.system in resting for one in of_type(home, name))}


def _field(
    now: Scene,
    asked: AskedField,
    secret: Mapping[str, Any],
    found: Mapping[str, Given],
    denied: Mapping[str, str],
    *,
    sees: bool,
) -> FilledField:
    """The first origin that says something fills the field in."""
    base = FilledField(
        asked.name, asked.type, asked.required, asked.items, asked.names, None, NOTHING
    )
    silent = []
    for one in asked.filled:
        if one.licence_type is None:
            value = _of_case(now, one, secret)
            if value:
                why = "办件登记的申请人信息。"
                return replace(base, value=value, source="case", why=why, as_of=now.now)
            continue
        given = found.get(one.licence_type)
        value = _said(given, one) if given is not None else None
        if given is not None and value:
            return _by_licence(base, given, value, sees=sees)
        silent.append(denied.get(one.licence_type, NOT_SAID.format(types=one.licence_type)))
    return replace(base, why=silent[0]) if silent else base


def _of_case(now: Scene, origin: Origin, secret: Mapping[str, Any]) -> str | None:
    """What the case says of its applicant; a person's number is no organisation's."""
    kind, name = CASE_FIELDS[origin.field]
    if now.case is None or kind not in (None, now.case.applicant_kind):
        return None
    value = secret.get(name)
    return str(value) if value else None


def _said(given: Given, origin: Origin) -> str | None:
    """What the licence says in that field; a detail field only where its use has it."""
    if origin.field in STANDARD:
        value = given.document.get(STANDARD[origin.field])
    elif origin.field in given.may:
        value = given.document.get(EXTENSION + origin.field)
    else:
        return None
    return str(value) if value not in (None, "") else None


def _by_licence(base: FilledField, given: Given, value: str, *, sees: bool) -> FilledField:
    if not sees:
        return replace(base, withheld=True, why=WITHHELD)
    chosen = given.chosen
    why = f"{chosen.source.department}的{chosen.type}登记数据。"
    return replace(
        base,
        value=value,
        why=why,
        source="licence",
        licence_type=chosen.type,
        system=chosen.source.system_name,
        as_of=chosen.as_of,
    )
