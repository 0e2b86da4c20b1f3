"""A clerk comes in out of the one-window: it vouches for the clerk by a signed call, and is given a
ticket for the clerk's browser. The address holds the ticket and nothing else.

A ticket opens a session, as a password does. It widens no right: post, duty and case are asked at
each look as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from kernel.errors import NotAuthorised, Refused
from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from pipeline import window
from pipeline.bodies import Short
from pipeline.on_record import act
from pipeline.window_calls import SentCase, opened, proved
from registry import accounts, tickets
from registry.accounts import Account

SENTENCES: Final = {
    "ticket_unknown": "这张入场票无效，请回到一窗受理平台，重新点击进入。",
    "ticket_used": "这张入场票已经用过，请回到一窗受理平台，重新点击进入。",
    "ticket_late": "入场票已超过一分钟，请回到一窗受理平台，重新点击进入。",
    "disabled": "这个账号在本平台已停用，请联系系统管理员。",
    "no_clerk": "本平台没有这个窗口人员账号，或账号已停用。",
    "post_not_held": "该窗口人员不在这个岗位上。",
}


class SentTicket(SentCase):
    """A case that a clerk is about to work on. `clerk`: the name of the clerk's account here."""

    clerk: Short


@dataclass(frozen=True)
class Ticket:
    """`address`: where the one-window sends the clerk's browser, once, before `ends`."""

    case_number: str
    address: str
    ends: datetime


@dataclass(frozen=True)
class Entered:
    """Who came in with a ticket, and for which case."""

    account: Account
    case_number: str


class Tickets:
    """Over one installation."""

    def __init__(self, house: House) -> None:
        self.house = house

    def issue(self, headers: Mapping[str, str], body: bytes) -> Ticket:
        """A signed call of the one-window. The case is opened as by `/window/cases`.

        Raises NotAuthorised, BadInput, SkipRow (the number is malformed), Refused (on record).
        """
        sent = proved(self.house, headers, body, SentTicket)

        def vouched(conn: Connection) -> None:
            _check(accounts.account(conn, sent.clerk), sent.post)

        act(self.house, window.SYSTEM, "account.ticket_refused", vouched)
        number, now = opened(self.house, sent), self.house.clock()
        with self.house.engine.begin() as conn:
            text = tickets.make(conn, sent.clerk, number, now)
        address = f"{self.house.settings.portal_url.rstrip('/')}/in?ticket={text}"
        return Ticket(number, address, now + tickets.LASTS)

    def enter(self, text: str) -> Entered:
        """Who the ticket is for. Raises NotAuthorised; a ticket that was ours is on record."""
        now = self.house.clock()
        with self.house.engine.begin() as conn:
            taken = tickets.take(conn, text, now)
            if taken is None:
                raise _bad("ticket_unknown")
            account = accounts.account(conn, taken.account)
            reason = _reason(taken, account)
            about = {"mode": "window", "case": taken.case_number}
            said = {} if reason is None else {"reason": reason}
            what: EventName = "account.ticket_refused" if said else "account.signed_in"
            log.append(conn, event(now, what, taken.account, **about, **said))
        if account is None or reason is not None:
            raise _bad(reason or "disabled")
        return Entered(account, taken.case_number)


def _check(clerk: Account | None, post: str) -> None:
    if clerk is None or clerk.role != "clerk":
        raise Refused(SENTENCES["no_clerk"], reason="no_clerk")
    if post not in {one.code for one in clerk.posts}:
        raise Refused(SENTENCES["post_not_held"], reason="post_not_held")


def _reason(taken: tickets.Taken, account: Account | None) -> str | None:
    if taken.how != "good":
        return f"ticket_{taken.how}"
    return None if account is not None and account.role == "clerk" else "disabled"


def _bad(reason: str) -> NotAuthorised:
    return NotAuthorised(SENTENCES[reason], reason=reason)
