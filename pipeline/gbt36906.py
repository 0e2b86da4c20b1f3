"""The operations of GB/T 36906 in the shapes that Shandong and Shanghai run.

Shandong sends {head, data}; Shanghai sends flat fields with the five elements of its use.
Both become one strict body of ours (`pipeline.calling`); `docs/interfaces.md` maps each field.
Every answer is {head: {status, message, reason}, data}: a refusal is an answer, never a fault.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from certs.copies.picture import thumbnail
from certs.licences import identifier
from kernel.crypto import keyed_hash
from kernel.errors import BadInput, NotAuthorised, PersonMustAct, Refused, RetryLater, SkipRow
from kernel.house import House
from pipeline import calling
from pipeline.bodies import Sent, Short, read
from pipeline.called import Call, admit
from pipeline.calling import OfCase, Question, Wanted, bounded
from registry import licence_types
from registry.callers import Grant, Operation

#: A token of `token` lasts so long.
LASTS = timedelta(minutes=30)
KINDS = {"111": "person", "001": "organisation"}
OK, AUTH, NO_RIGHT, HOLDER_KIND = "0", "11", "100", "103"
#: Not seen in public code, hence ours: a field does not fit; ask again later.
FIELDS, LATER = "400", "503"
FLAT = {
    "catMainCode": "certTypeCode", "identNo": "holderCode", "UseFor": "useCause",
    "caseCode": "businessCode", "userId": "userCode",
}  # fmt: skip
FLAT_KINDS = {"0": "111", "1": "001"}


class Head(Sent):
    """Who calls, with the token of `token`."""

    accessId: Short  # noqa: N815  # the standard's name
    accessToken: Short  # noqa: N815


class HolderKind(BadInput):
    """holderTypeCode is not one of those that we know."""


Fields = dict[str, Annotated[str, Field(max_length=calling.MOST)] | list[Short]]


class Envelope(Sent):
    """Shandong's shape."""

    head: Head
    data: Fields


def answer(house: House, operation: str, call: Call) -> Mapping[str, Any]:
    """The answer to one operation. Raises BadInput on an unknown one, Stop on a broken house."""
    if operation not in NAMES:
        raise BadInput(f"operations are {', '.join(NAMES)}")
    try:
        return {"head": _head(OK, "成功", ""), "data": NAMES[operation](house, bounded(call))}
    except NotAuthorised as error:
        return {"head": _head(AUTH, "身份验证不通过", error.facts.get("reason", "")), "data": None}
    except Refused as error:
        return {"head": _head(NO_RIGHT, error.message, error.facts.get("reason", "")), "data": None}
    except HolderKind:
        said = _head(HOLDER_KIND, "持证主体代码类型代码不符合规范", "holder_kind")
        return {"head": said, "data": None}
    except (BadInput, SkipRow) as error:
        return {"head": _head(FIELDS, error.message, "fields"), "data": None}
    except (RetryLater, PersonMustAct) as error:
        return {"head": _head(LATER, error.message, "retry_later"), "data": None}


def _head(status: str, message: str, reason: str | int) -> dict[str, str]:
    return {"status": status, "message": message, "reason": str(reason)}


def _token(house: House, call: Call) -> dict[str, str]:
    """A token of the caller; admitted as the smallest of its operations is."""
    grant = admit(house, "types", call)
    ends = house.clock() + LASTS
    at = str(int(ends.timestamp()))
    return {"accessToken": f"{at}.{_mark(house, grant, at)}", "tokenEndTime": ends.isoformat()}


def _mark(house: House, grant: Grant, at: str) -> str:
    return keyed_hash(house.keys.index, "access_token", grant.code, str(grant.id), at)


def _enter(house: House, call: Call, operation: Operation) -> tuple[Grant, dict[str, Any]]:
    """Admit the call by its signature, then check the head's id and token against it."""
    grant = admit(house, operation, call)
    head, data = _opened(call.body)
    at, _, mark = head.accessToken.partition(".")
    good = hmac.compare_digest(mark.encode(), _mark(house, grant, at).encode())
    live = at.isascii() and at.isdigit() and house.clock().timestamp() < int(at[:12])
    if head.accessId != grant.code or not good or not live:
        raise NotAuthorised("accessId or accessToken is not good", reason="access_token")
    return grant, data


def _opened(body: bytes) -> tuple[Head, dict[str, Any]]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON") from None
    if not isinstance(said, dict):
        raise BadInput("the body must be an object")
    if "head" in said:
        found = read(body, Envelope)
        return found.head, dict(found.data)
    head = {name: said.pop(name, None) for name in ("accessId", "accessToken")}
    flat = {FLAT.get(name, name): value for name, value in said.items()}
    if "type" in flat:
        flat["holderTypeCode"] = FLAT_KINDS.get(str(flat.pop("type")), "")
    found = read(json.dumps({"head": head, "data": flat}).encode(), Envelope)
    return found.head, dict(found.data)


def _case(data: dict[str, Any]) -> dict[str, Any]:
    """The five elements and the holder, taken out of `data`."""
    data.pop("organisation", None)  # the grant says whose system it is
    data.pop("itemName", None)  # the code counts; names differ from place to place
    kind = data.pop("holderTypeCode", "")
    if not isinstance(kind, str) or kind not in KINDS:
        raise HolderKind("holderTypeCode must be 111 or 001")
    return {
        "user": data.pop("userCode", None),
        "case_number": data.pop("businessCode", None),
        "item_code": data.pop("itemCode", None),
        "holder": {"kind": KINDS[kind], "number": data.pop("holderCode", None)},
    }


def _wanted(data: dict[str, Any]) -> Wanted:
    number = _number(data)
    made = _case(data) | {
        "licence_type": _type(data.pop("certTypeCode", None) or _type_in(number)),
        "number": number,
        "purpose": data.pop("useCause", None),
        "fields": data.pop("fields", []),
    }
    sent: Wanted = _read(made, data, Wanted)
    return sent


def _number(data: dict[str, Any]) -> object:
    """The licence's identifier or number, where one is given: it narrows, the case stays."""
    named = [data.pop(name, None) for name in ("certIdentifier", "certNo")]
    given = [one for one in named if one is not None]
    if len(given) > 1:
        raise BadInput("certIdentifier and certNo: name one of them")
    return given[0] if given else None


def _type_in(number: object) -> str | None:
    """The type's code that an identifier holds; None: the number is none."""
    found = identifier.parse(number) if isinstance(number, str) else None
    return found.type if found is not None else None


def _type(code: object) -> str:
    """Our type of a 21-character code; by its name where no public source gives a code."""
    for one in licence_types.load().values():
        if code in (one.code, one.name) and code is not None:
            return one.name
    raise BadInput("certTypeCode is not a licence type's code or name: typeList shows them")


def _read(made: dict[str, Any], left: dict[str, Any], model: type[Any]) -> Any:
    """The body of ours. What the standard's fields left over is refused by name, not ignored."""
    if left:
        names = ", ".join(sorted(name[:40] for name in left))
        raise BadInput(f"these fields are not known here: {names}")
    return read(json.dumps(made).encode(), model)


def _type_list(house: House, call: Call) -> dict[str, Any]:
    grant, data = _enter(house, call, "types")
    _read({}, data, calling.Nothing)
    return calling.types(house, grant, b"{}")


def _by_holder(house: House, call: Call) -> dict[str, Any]:
    """What is there for the case: by material, satisfied or not, and by which type."""
    grant, data = _enter(house, call, "plan")
    sent = _read(_case(data), data, OfCase)
    return calling.plan(house, grant, sent.model_dump_json().encode())


def _data(house: House, call: Call) -> dict[str, Any]:
    grant, data = _enter(house, call, "data")
    return calling.given(house, grant, _wanted(data))


def _file(house: House, call: Call) -> dict[str, Any]:
    grant, data = _enter(house, call, "copy")
    kind = data.pop("fileType", "pdf")
    if kind not in ("pdf", "png"):
        raise BadInput("fileType must be pdf, or png for a thumbnail")
    made, name = calling.copied(house, grant, _wanted(data))
    if kind == "png":
        made, name = thumbnail(made), name.removesuffix(".pdf") + ".png"
    return {"fileName": name, "fileType": kind, "fileData": base64.b64encode(made).decode()}


def _verify_info(house: House, call: Call) -> dict[str, Any]:
    """Whether the applicant holds a valid licence of the type; nothing of it is handed over."""
    grant, data = _enter(house, call, "answer")
    made = _case(data) | {"question": "holds_valid:" + _type(data.pop("certTypeCode", None))}
    sent: Question = _read(made, data, Question)
    return calling.answer(house, grant, sent.model_dump_json().encode())


def _verify_file(house: House, call: Call) -> dict[str, Any]:
    _, data = _enter(house, call, "verify")
    sent = _read({"file": data.pop("fileData", None)}, data, calling.Sheet)
    return calling.verdict(house, sent.file)


NAMES: Mapping[str, Callable[[House, Call], dict[str, Any]]] = {
    "token": _token,
    "typeList": _type_list,
    "queryCertInfoByHolderCode": _by_holder,
    "queryCertInfo": _data,
    "downloadFile": _file,
    "verifyCertInfo": _verify_info,
    "verifyFile": _verify_file,
}
