"""What the applicant's pages do: a holder whom the city's app signed in, and what is theirs.

The app's server asks for a ticket by a signed call and leads its web view to it. A session knows a
holder by the keyed hash of their number only. Who looked is shown to who was proved to be there.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from catalog.situations.asking import Listed
from catalog.situations.whole import Whole, whole
from catalog.versions import read as catalogue
from catalog.versions.asked import asked_of
from catalog.versions.read import PublishedItem
from catalog.versions.search import search_items
from certs.corrections import own
from certs.corrections.correct import report_by_holder
from certs.corrections.own import OwnLicence
from certs.rights import consents, own_consents, presences
from certs.rights.consents import Code, Purpose
from certs.rights.own_consents import OwnConsent
from kernel.clock import CITY_TIME
from kernel.crypto import keyed_hash
from kernel.errors import BadInput, NotAuthorised, Refused
from kernel.house import House
from landing.read import is_live
from landing.tables import case
from ledger import log
from ledger.events import event
from pipeline import holder_view, window, window_calls
from pipeline.bodies import SentHolder, Text
from pipeline.holder_view import HolderEntry
from pipeline.on_record import act
from registry import licence_types, visits, waivers
from registry.visits import Holder

LONGEST: Final = 64  # characters of a ticket, at most
FOUND: Final = 12
OPEN: Final = ("accepted", "deciding")


class SentVisit(SentHolder):
    """A holder who has signed in at the app. `presence`: a signed result made for `holder`, as the
    identity service gave it; without it nobody sees who looked."""

    presence: Text | None = None


@dataclass(frozen=True)
class VisitGiven:
    """A ticket for the app's web view; it is told once."""

    ticket: str
    ends: datetime


@dataclass(frozen=True)
class OwnCase:
    """An open case of the holder's; `types`: those whose use needs consent there."""

    number: str
    item: str
    opened: datetime | None
    types: tuple[str, ...]


@dataclass(frozen=True)
class Needs:
    """What an item asks for. `held`: material -> the licence type that may stand for it, by a
    published list; `proved`: those that some connected type proves, on no list yet."""

    whole: Whole
    held: Mapping[str, str]
    proved: frozenset[str]


class Visits:
    """Over one installation. Methods with a holder are for one whom `take` gave."""

    def __init__(self, house: House) -> None:
        self.house = house

    def give(self, headers: Mapping[str, str], body: bytes) -> VisitGiven:
        """A ticket for a signed call. Raises NotAuthorised, BadInput, SkipRow, Refused."""
        sent = window_calls.proved(self.house, headers, body, SentVisit)
        holder = self.house.holder_hash(sent.holder_kind, sent.holder_number)
        made, now = secrets.token_urlsafe(24), self.house.clock()
        with self.house.engine.begin() as conn:
            there = self._there(conn, sent, holder)
            if not isinstance(there, Refused):
                ends = visits.give(conn, self._key(made), Holder(holder, there), now)
                return VisitGiven(made, ends)
        raise there  # its entry was committed

    def _there(self, conn: Connection, sent: SentVisit, holder: str) -> bool | Refused:
        if sent.presence is None:
            return False
        by = window.SYSTEM
        found = presences.prove_holder(self.house, conn, by, sent.presence.encode())
        if isinstance(found, Refused):
            return found
        if found == holder:
            return True
        reason = "presence_other_person"
        log.append(conn, event(self.house.clock(), "presence.refused", by, reason=reason))
        return Refused("实名核验的不是这个人。", reason=reason)

    def take(self, text: str) -> Holder:
        """Use a ticket, once. Raises NotAuthorised."""
        with self.house.engine.begin() as conn:
            found = None
            if len(text) <= LONGEST:
                found = visits.take(conn, self._key(text), self.house.clock())
        if found is None:
            raise NotAuthorised("这次进入的链接已经用过或已过期。", reason="ticket_unknown")
        return found

    def search(self, words: str) -> Sequence[PublishedItem]:
        """Items by what people call them. Open to anyone: nobody is named."""
        with self.house.engine.connect() as conn:
            version = catalogue.current_version(conn)
            return search_items(conn, version, words, limit=FOUND)

    def needs(self, code: str, answers: Mapping[str, str]) -> Needs:
        """What an item asks for, after these answers. Open to anyone. Raises BadInput."""
        day = self.house.clock().astimezone(CITY_TIME).date()
        with self.house.engine.connect() as conn:
            found = whole(conn, [code], answers, day)
            asked = [one for one in found.materials if one.purpose == "prove"]
            names = {name for one in asked for name in one.licence_types}
            said = waivers.current(conn, names) if names else {}
        lasting = {name for name in names if waivers.standing(said.get(name), day) == "in_force"}
        held = {one.material_id: name for one in asked if (name := _first(one, lasting))}
        proved = frozenset(one.material_id for one in asked if one.licence_types)
        return Needs(found, held, proved - set(held))

    def looks(self, who: Holder) -> list[HolderEntry]:
        """Who looked, the newest first. Raises Refused where nobody proved to be there."""
        if not who.proved:
            raise Refused("查看“谁看过我的证照”须先刷脸核验本人。", reason="presence_missing")
        return holder_view.of_holder(self.house, who.holder)

    def licences(self, who: Holder) -> list[OwnLicence]:
        """The holder's licences and how their corrections stand; on record."""
        with self.house.engine.begin() as conn:
            return own.own(self.house, conn, who.holder)

    def report(self, who: Holder, licence: str, field: str, why: str) -> int:
        """An own licence is wrong; the correction's number. Raises BadInput, Refused."""
        return report_by_holder(self.house, who.holder, licence, field, why)

    def consents(self, who: Holder) -> Sequence[OwnConsent]:
        """The holder's consents, the newest first."""
        with self.house.engine.connect() as conn:
            return own_consents.listed(conn, who.holder)

    def withdraw(self, who: Holder, number: int) -> None:
        """Take a consent back. Raises Refused, on record."""

        def work(conn: Connection) -> None:
            own_consents.withdraw(conn, who.holder, number, self.house.clock())

        act(self.house, "holder", "right.refused", work)

    def cases(self, who: Holder) -> Sequence[OwnCase]:
        """The holder's open cases, the newest first."""
        c = case.c
        query = select(case).where(c.holder_hash == who.holder, is_live(case), c.state.in_(OPEN))
        newest = query.order_by(c.opened.desc().nulls_last(), c.case_number).limit(50)
        with self.house.engine.connect() as conn:
            version = catalogue.current_version(conn)
            rows = {row.case_number: row for row in conn.execute(newest)}
            return [self._case(conn, version, row) for row in rows.values()]

    def code(self, who: Holder, number: str, types: Sequence[str], purpose: Purpose) -> Code:
        """A code to show at the window of an own case. Raises BadInput."""
        mine = {one.number: one for one in self.cases(who)}
        if number not in mine or not types or not set(types) <= set(mine[number].types):
            raise BadInput("请选择您自己的办件，并至少选一份证照。")
        with self.house.engine.begin() as conn:
            return consents.make_code(self.house, conn, number, who.holder, types, purpose)

    def _case(self, conn: Connection, version: int, row: Row[Any]) -> OwnCase:
        item = catalogue.item_of_code(conn, version, row.item_code)
        if item is None:
            return OwnCase(row.case_number, row.item_code, row.opened, ())
        known = licence_types.load()
        opened = row.opened or self.house.clock()
        asked = asked_of(conn, version, item, opened.astimezone(CITY_TIME).date())
        names = dict.fromkeys(name for one in asked for name in one.licence_types)
        types = tuple(one for one in names if one in known and known[one].basis == "consent")
        return OwnCase(row.case_number, item.name, row.opened, types)

    def _key(self, text: str) -> str:
        return keyed_hash(self.house.keys.index, "visit", text)


def _first(asked: Listed, types: set[str]) -> str | None:
    return next((name for name in asked.licence_types if name in types), None)
