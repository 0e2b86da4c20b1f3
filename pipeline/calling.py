"""What a calling system may ask for one case: plan, yes/no, data, copy; and to verify a file.

A call names the officer who asks. The officer's own right decides, by `certs.rights.right`; the
system's grant can only narrow it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from certs.licences import read as certs_read
from certs.looks import answers
from certs.looks.data import give
from certs.looks.look import Ask, gather
from certs.rights.scene import Scene, scene
from certs.verifying.file import verify_file
from certs.verifying.outside import trust_now
from certs.waivers.situation import of_case_alone
from kernel.errors import BadInput, RetryLater
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline import share
from pipeline.bodies import Kind, Sent, Short, Text, read
from pipeline.called import Call, admit, refused
from registry import licence_types
from registry.accounts import Account
from registry.callers import Grant

MOST = 8 * 1024**2  # bytes of a body: a file to verify


class Holder(Sent):
    """Whose licence the caller believes it is: it must be the case's applicant."""

    kind: Kind
    number: Short


class OfCase(Sent):
    """The case that a call is for. `user`: the officer who asks, by account."""

    user: Short
    case_number: Short
    item_code: Short
    holder: Holder | None = None


class Question(OfCase):
    """`is_adult`, or `holds_valid:<licence type>`."""

    question: Short


class Wanted(OfCase):
    """One licence. `purpose`: 2 to 200 characters. `fields`: of its detail; none: all allowed.

    `number`: only the one of this number or identifier.
    """

    licence_type: Short
    purpose: Annotated[Text, Field(min_length=1, max_length=200)]
    fields: list[Short] = Field(default_factory=list, max_length=100)
    number: Short | None = None


class Sheet(Sent):
    """A file to verify, base64."""

    file: Annotated[str, Field(min_length=4, max_length=MOST)]


class Nothing(Sent):
    """An empty object."""


def operate(house: House, operation: str, call: Call) -> dict[str, Any]:
    """Admit a call and answer it. Raises BadInput, SkipRow, NotAuthorised, Refused, RetryLater."""
    if operation not in ANSWERS:
        raise BadInput(f"operations are {', '.join(ANSWERS)}, copy")
    return ANSWERS[operation](house, admit(house, operation, bounded(call)), call.body)


def bounded(call: Call) -> Call:
    """The call. Raises BadInput where its body is too large."""
    if len(call.body) > MOST:
        raise BadInput(f"the body is too large: {MOST:,} bytes at most")
    return call


def types(_: House, grant: Grant, body: bytes) -> dict[str, Any]:
    """The licence types that the grant names."""
    read(body, Nothing)
    rows = [
        {"name": one.name, "code": one.code, "department": one.department, "share": one.share,
         "standing": one.standing, "fields": list(one.fields)}
        for one in licence_types.load().values()
        if grant.covers("types", one.name)
    ]  # fmt: skip
    return {"types": rows}


def plan(house: House, grant: Grant, body: bytes) -> dict[str, Any]:
    """The waiver plan of the case: satisfied or not, nothing of a licence."""
    now = case_of(house, grant, "plan", read(body, OfCase))
    return asdict(share.plan(house, asker(now), now.number))


def answer(house: House, grant: Grant, body: bytes) -> dict[str, Any]:
    """Yes, no, or null and why."""
    sent = read(body, Question)
    now = case_of(house, grant, "answer", sent)
    name = sent.question.removeprefix(answers.HOLDS)
    if name != sent.question:
        _type(house, grant, "answer", name)
    return asdict(answers.ask(house, asker(now), now.number, sent.question))


def data(house: House, grant: Grant, body: bytes) -> dict[str, Any]:
    """The licence's data, for pre-filling."""
    return given(house, grant, read(body, Wanted))


def given(house: House, grant: Grant, sent: Wanted) -> dict[str, Any]:
    """As `data`, of a body that has been read."""
    return asdict(give(house, _ask(house, grant, "data", sent)))


def verify(house: House, _: Grant, body: bytes) -> dict[str, Any]:
    """What a file is, in three parts. Nothing of it is kept."""
    return verdict(house, read(body, Sheet).file)


def verdict(house: House, text: str) -> dict[str, Any]:
    """Of a file as base64. Raises BadInput."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise BadInput("file is not base64") from None
    return dict(verify_file(raw, trust_now(house), house.clock()).as_json())


def copy(house: House, call: Call) -> tuple[bytes, str]:
    """Admit a call for an annotated copy: the PDF and its name."""
    grant = admit(house, "copy", bounded(call))
    return copied(house, grant, read(call.body, Wanted))


def copied(house: House, grant: Grant, sent: Wanted) -> tuple[bytes, str]:
    """The PDF and its name. Raises Refused, RetryLater."""
    ask = _ask(house, grant, "copy", sent)
    account = Account(ask.account, "", "clerk", None, ())
    only = share.Narrow(tuple(sorted(ask.fields)), number=ask.number)
    made = share.fetch(house, account, ask.case_number, ask.material_id, ask.purpose, only)
    with house.engine.connect() as conn:
        found = certs_read.look(conn, made.id)
    # Between choosing the material and making the copy another licence may have come to stand
    # for it; the grant is for this type only.
    if found is None or found.licence_type != sent.licence_type:
        raise RetryLater("the licence changed while its copy was made: ask again")
    return made.pdf, made.name


def case_of(house: House, grant: Grant, operation: str, sent: OfCase) -> Scene:
    """The case as it stands, which the grant covers. An unknown case is refused further on, by the
    one right function. Raises Refused."""
    with house.engine.connect() as conn:
        now = scene(house, conn, sent.user, sent.case_number)
    reason = _other(house, grant, now, sent)
    if reason is not None:
        raise refused(house, grant, reason, operation)
    about = {"system": grant.code, "operation": operation, "account": asker(now).name}
    case = {"case": now.number} if now.case is not None else {}
    with house.engine.begin() as conn:
        log.append(conn, event(now.now, "call.admitted", grant.code, **about, **case))
    return now


def _other(house: House, grant: Grant, now: Scene, sent: OfCase) -> str | None:
    if now.case is None:
        return None
    codes = {now.case.item_code} | ({now.item.item_id} if now.item is not None else set())
    if sent.item_code not in codes:
        return "item_not_of_case"
    if not any(grant.covers("items", one) for one in codes):
        return "caller_other_item"
    if sent.holder is None:
        return None
    same = house.holder_hash(sent.holder.kind, sent.holder.number) == now.case.holder_hash
    return None if same else "holder_not_applicant"


def asker(now: Scene) -> Account:
    """Who asks. One that is not there is refused further on as a disabled account is."""
    return now.account or Account("unknown", "", "clerk", None, ())


def _type(house: House, grant: Grant, operation: str, name: str) -> None:
    if not grant.covers("types", name):
        raise refused(house, grant, "caller_other_type", operation)


def _ask(house: House, grant: Grant, operation: str, sent: Wanted) -> Ask:
    """The ask for the material of the case that this type stands for."""
    now = case_of(house, grant, operation, sent)
    _type(house, grant, operation, sent.licence_type)
    lines = of_case_alone(house, now) if now.case is not None else ()
    asks = [
        Ask(asker(now).name, now.number, one.material_id, sent.purpose, frozenset(sent.fields),
            licence_type=sent.licence_type, number=sent.number)
        for one in lines
        if sent.licence_type in one.licence_types
    ]  # fmt: skip
    if not asks:  # the right function says which of case, item and material is wrong
        return Ask(asker(now).name, now.number, "", sent.purpose, licence_type=sent.licence_type)
    with house.engine.connect() as conn:
        held = (one for one in asks if gather(house, conn, one).chosen is not None)
        return next(held, asks[0])


ANSWERS: Mapping[str, Callable[[House, Grant, bytes], dict[str, Any]]] = {
    "types": types, "plan": plan, "answer": answer, "data": data, "verify": verify,
}  # fmt: skip
