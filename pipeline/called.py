"""The gate for calling systems: who calls, by which grant, from where, how often.

Everything that is refused behind a good signature is in the ledger with its reason. A call
without one is refused before anything is written, so that nobody can fill the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from kernel.errors import NotAuthorised, Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline import gateway, signed
from registry import callers
from registry.callers import Grant

SENTENCES = {
    "caller_paused": "该调用系统已被暂停。",
    "caller_grant_not_yet": "该调用系统的授权尚未生效。",
    "caller_grant_over": "该调用系统的授权已到期。",
    "caller_other_network": "来访地址不在该调用系统登记的网段内。",
    "caller_other_operation": "授权不包含这项操作。",
    "caller_over_minute": "超过每分钟调用上限，请稍后再试。",
    "caller_over_day": "超过每日调用上限。",
    "caller_other_item": "授权不包含该办件的事项。",
    "caller_other_type": "授权不包含这类证照。",
    "item_not_of_case": "所报事项编码不是该办件的事项。",
    "holder_not_applicant": "持证主体不是本办件的申请人。",
    gateway.REASON: gateway.SENTENCE,
}


@dataclass(frozen=True)
class Call:
    """One call as it came. `address`: of the connection, as the server saw it; `path`: what was
    called. The signature covers path and body, so that no call can be sent on to another path."""

    headers: Mapping[str, str]
    address: str
    path: str
    body: bytes


def admit(house: House, operation: str, call: Call) -> Grant:
    """The grant by which this call may go on; one call of its quota is spent.

    Raises NotAuthorised (signature, time, nonce) and Refused (the grant).
    """
    given = signed.named(call.headers)
    with house.engine.connect() as conn:
        grant = callers.current(conn, given["x-app-id"])
    if grant is None:
        raise NotAuthorised("no calling system of this id has a grant", reason="caller_unknown")
    pair = (grant.code, house.secrets.get(grant.secret))
    signed.prove_as(house, grant.code, pair, given, f"{call.path}\n".encode() + call.body)
    reason = gateway.wrong(house, grant.code, operation, call.headers) or _wrong(
        house, grant, operation, call.address
    )
    if reason is not None:
        raise refused(house, grant, reason, operation)
    return grant


def _wrong(house: House, grant: Grant, operation: str, address: str) -> str | None:
    at = house.clock()
    wrong = callers.wrong_by_time(grant, at)
    if wrong is not None:
        return wrong
    if not callers.inside(grant.networks, address):
        return "caller_other_network"
    if operation not in grant.operations:
        return "caller_other_operation"
    with house.engine.begin() as conn:
        return callers.spend(conn, grant, at)


def refused(house: House, grant: Grant, reason: str, operation: str) -> Refused:
    """The error to raise; its entry is committed."""
    with house.engine.begin() as conn:
        _note(house, conn, grant, reason, operation)
    return Refused(SENTENCES[reason], reason=reason)


def _note(house: House, conn: Connection, grant: Grant, reason: str, operation: str) -> None:
    about = {"system": grant.code, "reason": reason, "operation": operation}
    log.append(conn, event(house.clock(), "caller.refused", grant.code, **about))
