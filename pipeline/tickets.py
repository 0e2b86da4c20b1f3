"""The one-window brings a clerk in: it asks for a ticket by a signed call, the browser carries it.

The call holds the case with its applicant, so that no number of anybody is in the browser or in an
address. A ticket opens a session for the clerk whom it names and nothing else: what that clerk may
see of the case is decided as for everybody, by `certs.rights.right`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from catalog.versions import read as catalogue
from kernel.crypto import keyed_hash
from kernel.errors import NotAuthorised, Refused
from kernel.house import House
from landing.read import case_by_number
from ledger import log
from ledger.events import event
from pipeline import window, window_calls
from pipeline.bodies import Short
from pipeline.on_record import act
from pipeline.window_calls import SentCase
from registry import accounts, tickets
from registry.accounts import Account
from registry.tickets import Ticket

LONGEST: Final = 64  # characters of a ticket, at most
SAYS: Final = {
    "used": ("ticket_used", "这次进入的票据已经用过。"),
    "late": ("ticket_late", "这次进入的票据已经过期（一分钟内有效）。"),
}


class SentTicket(SentCase):
    """A case as the one-window sends it, and the clerk who handles it there, by account."""

    user: Short


@dataclass(frozen=True)
class Given:
    """A ticket for the browser; it is told once. `ends`: good until then."""

    ticket: str
    ends: datetime
    number: str


@dataclass(frozen=True)
class Entered:
    """Who came in, and for which case."""

    account: Account
    case: str


class Tickets:
    """Over one installation."""

    def __init__(self, house: House) -> None:
        self.house = house

    def give(self, headers: Mapping[str, str], body: bytes) -> Given:
        """A ticket for a signed call. Raises NotAuthorised, BadInput, SkipRow, and Refused, which
        is on record."""
        sent = window_calls.proved(self.house, headers, body, SentTicket)

        def known(conn: Connection) -> bool:
            _clerk(conn, sent.user, sent.post)
            return self._known(conn, sent)

        here = act(self.house, window.SYSTEM, "account.refused", known)
        number = sent.case_number if here else window_calls.opened(self.house, sent)
        made, now = secrets.token_urlsafe(24), self.house.clock()
        with self.house.engine.begin() as conn:
            one = Ticket(sent.user, sent.post, number)
            ends = tickets.give(conn, self._key(made), one, now)
            about = {"subject": sent.user, "post": sent.post, "case": number}
            log.append(conn, event(now, "account.ticket_given", window.SYSTEM, **about))
        return Given(made, ends, number)

    def take(self, text: str) -> Entered:
        """Use a ticket. Raises NotAuthorised where there never was such a one, and Refused, which
        is on record: it was used, it is too old, or the clerk may not come in any more."""
        now = self.house.clock()
        with self.house.engine.begin() as conn:
            found = tickets.take(conn, self._key(text), now) if len(text) <= LONGEST else None
        if found is None:
            raise NotAuthorised("没有这张票据。", reason="ticket_unknown")
        state, one = found

        def work(conn: Connection) -> Entered:
            if state != "good":
                reason, says = SAYS[state]
                raise Refused(says, reason=reason)
            account = _clerk(conn, one.account, one.post)
            about = {"mode": "window", "system": window.SYSTEM, "case": one.case, "post": one.post}
            log.append(conn, event(now, "account.signed_in", account.name, **about))
            return Entered(account, one.case)

        return act(self.house, one.account, "account.refused", work)

    def _known(self, conn: Connection, sent: SentTicket) -> bool:
        """Whether the case is here. Raises Refused where it is another's or for another item."""
        found = case_by_number(conn, sent.case_number)
        if found is None:
            return False
        version = catalogue.current_version(conn)
        here = catalogue.item_of_code(conn, version, found.item_code)
        there = catalogue.item_of_code(conn, version, sent.item_code)
        same = here is not None and there is not None and here.item_id == there.item_id
        holder = self.house.holder_hash(sent.applicant_kind, sent.applicant_number)
        if found.holder_hash != holder or not same:
            raise Refused("票据中的事项或申请人与办件不符。", reason="ticket_other_case")
        return True

    def _key(self, text: str) -> str:
        return keyed_hash(self.house.keys.index, "ticket", text)


def _clerk(conn: Connection, name: str, post: str) -> Account:
    """The account that may be brought in. Raises Refused."""
    found = accounts.account(conn, name)
    if found is None or found.role != "clerk":
        raise Refused("没有这个窗口账号，或账号已停用。", reason="clerk_unknown")
    if post not in {one.code for one in found.posts}:
        raise Refused("这个窗口账号没有该岗位。", reason="clerk_other_post")
    if found.must_change:
        raise Refused(
            "这个账号还没有改初始密码：请先在本平台登录一次。", reason="clerk_first_password"
        )
    return found
