"""Bad input of signed calls, whole: each operation of a calling system, plain and of the standard,
and each call of the one-window × each wrong case: a reason, an entry, nothing given.

The tables name every operation and every call there is: a new one without a row fails here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from pipeline.gbt36906 import NAMES
from registry.callers import OPERATIONS
from tests.certs import test_callers, test_refusals
from tests.certs.test_callers import CASE, DAY, FOOD, STANDARD, WANTED, Line
from tests.certs.test_matrix import ALLOWED
from tests.certs.test_refusals import Desk
from tests.certs.town import LI, NOW, WANG

line, desk = test_callers.line, test_refusals.desk
FILE = base64.b64encode(b"%PDF-1.4").decode()
#: A right body for each operation of the plain API, so that only one thing is wrong.
PLAIN: dict[str, dict[str, Any]] = {
    "types": {},
    "plan": CASE,
    "answer": {**CASE, "question": f"holds_valid:{FOOD}"},
    "data": WANTED,
    "copy": WANTED,
    "verify": {"file": FILE},
}
ASKED = {**STANDARD, "certTypeCode": FOOD}
GBT: dict[str, dict[str, Any]] = {
    "typeList": {},
    "queryCertInfoByHolderCode": STANDARD,
    "queryCertInfo": {**ASKED, "useCause": "办理许可"},
    "downloadFile": {**ASKED, "useCause": "办理许可"},
    "verifyCertInfo": ASKED,
    "verifyFile": {"fileData": FILE},
}
#: Of a case; those that give fields.
OF_CASE = {
    "plan", "answer", "data", "copy",
    "queryCertInfoByHolderCode", "queryCertInfo", "downloadFile", "verifyCertInfo",
}  # fmt: skip
GIVES = {"data", "copy", "queryCertInfo", "downloadFile"}
#: Change of the body in the plain API's words and in the standard's, what is done before, how the
#: call is sent, the operations that it is wrong for, and the reason.
Act = Callable[[Line], None]
Wrong = tuple[dict[str, Any], dict[str, Any], Act, dict[str, str], set[str], str]


def nothing(_: Line) -> None:
    """Only the body or the call is wrong."""


def case(**change: Any) -> Act:
    return lambda line: line.town.case("C1", **change)


def month_later(line: Line) -> None:
    line.town.at(NOW + 31 * DAY)
    line.open()


def used(line: Line) -> None:
    line.call("/calls/types", {}, nonce="n1")


HOUR = str(int((NOW + timedelta(hours=1)).timestamp() * 1000))
ALL = OF_CASE | {"types", "verify", "typeList", "verifyFile"}
WRONG: dict[str, Wrong] = {
    "other post": (
        {"user": "clerk2"}, {"userCode": "clerk2"}, nothing, {}, OF_CASE, "case_not_assigned",
    ),
    "other department's item": ({}, {}, case(post="mz-02"), {}, OF_CASE, "item_not_of_post"),
    "another item than the case's": (
        {"item_code": "OTHER"}, {"itemCode": "OTHER"}, nothing, {}, OF_CASE, "item_not_of_case",
    ),
    "closed case": ({}, {}, case(state="granted"), {}, OF_CASE, "case_closed"),
    "no such case": (
        {"case_number": "C404"}, {"businessCode": "C404"}, nothing, {}, OF_CASE, "case_unknown",
    ),
    "other holder": (
        {"holder": {"kind": "person", "number": LI}}, {"holderCode": LI}, nothing, {}, OF_CASE,
        "holder_not_applicant",
    ),
    "expired grant": ({}, {}, month_later, {}, ALL, "caller_grant_over"),
    "replayed nonce": ({}, {}, used, {"nonce": "n1"}, ALL, "nonce_used"),
    "stretched fields": (
        {"fields": ["法定代表人"]}, {"fields": ["法定代表人"]}, nothing, {}, GIVES,
        "fields_beyond_use",
    ),
    "future time of the call": ({}, {}, nothing, {"at": HOUR}, ALL, "call_outside_time"),
    "future time of the case": ({}, {}, case(opened=NOW + DAY), {}, OF_CASE, "case_in_future"),
}  # fmt: skip


def test_the_tables_name_every_operation() -> None:
    assert set(PLAIN) == set(OPERATIONS)
    assert {*GBT, "token"} == set(NAMES)


@pytest.mark.parametrize("wrong", WRONG)
def test_every_operation_refuses_every_wrong_case(line: Line, wrong: str) -> None:
    plain, standard, before, sent, operations, reason = WRONG[wrong]
    head = {"accessId": "kiosk", "accessToken": line.token()}
    before(line)
    for name in sorted(operations & set(PLAIN)):
        answer = line.call(f"/calls/{name}", {**PLAIN[name], **plain}, **sent)
        assert answer.status_code in (401, 403), (name, answer.text)
        assert answer.json()["reason"] == reason, name
        on_record(line, name, reason)
    for name in sorted(operations & set(GBT)):
        body = {"head": head, "data": {**GBT[name], **standard}}
        answer = line.call(f"/gbt36906/{name}", body, **sent)
        assert answer.status_code == 200, (name, answer.text)
        found: Mapping[str, Any] = answer.json()
        assert (found["head"]["reason"], found["data"]) == (reason, None), name
        assert found["head"]["status"] in ("11", "100"), name
        on_record(line, name, reason)


def on_record(line: Line, name: str, reason: str) -> None:
    entry = line.last()
    assert (entry["reason"], name) == (reason, name)
    assert entry["event"].endswith(".refused"), name
    assert not {WANG, LI} & set(json.dumps(entry).split('"'))


#: Of the calls that are signed, those of the one-window.
WINDOW = [
    one.strip().split(" ")[1]
    for one in ALLOWED["signed"].split(",")
    if "/window/" in one
]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"nonce": "n1"}, "nonce_used"),
        ({"at": HOUR}, "call_outside_time"),
        ({"at": str(int((NOW - timedelta(hours=1)).timestamp() * 1000))}, "call_outside_time"),
    ],
)
def test_every_call_of_the_one_window_refuses_replays_and_other_times(
    desk: Desk, sent: dict[str, str], reason: str
) -> None:
    desk.signed("/window/licences", {}, nonce="n1")
    for path in WINDOW:
        before = len(desk.town.events())
        answer = desk.signed(path, {}, **sent)
        assert (answer.status_code, answer.json()["reason"]) == (401, reason), path
        entries = desk.town.events()[before:]
        assert [(one["event"], one["reason"]) for one in entries] == [("right.refused", reason)]
        forged = desk.signed(path, {}, **{"x-signature": "0" * 64})
        assert forged.json()["reason"] == "call_not_signed", path
