"""Telling one receiver: in order, at least once, over and over until it is taken or given up.

How far a receiver is stands in its row. It is written after what it stands for was taken: a kill
tells the last few events twice, under the same ids. While nobody answers, the position stays. What
a receiver refuses waits as a letter, and what comes of the same subject waits behind it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import update

from certs.events import letters, message, stream, through
from certs.events.kinds import Event, Position
from certs.events.pace import wait
from certs.events.post import Answered, post
from certs.events.receivers import SYSTEM, Subscription, subscriptions
from certs.events.tables import subscription
from kernel.db import try_session_lock
from kernel.house import House
from landing import findings
from landing.findings import Finding

#: Events after which the position is written.
STEP: Final = 32
#: Seconds of one pass: a slow receiver does not hold its lock for longer.
PASS: Final = 60.0
#: A receiver that takes nothing for so long is given up until a person replays it.
GIVE_UP: Final = timedelta(days=3)
#: Refused events of one receiver, after which it counts as away.
MOST_LETTERS: Final = 1_000


@dataclass
class Told:
    """What one pass over one receiver did."""

    taken: int = 0
    refused: int = 0
    away: int = 0
    more: bool = False  # stopped by `most`, and not at the end


@dataclass
class _Pass:
    """One receiver while it is told. `blocked`: subjects with a letter that waits."""

    house: House
    one: Subscription
    secret: str
    blocked: set[str]
    told: Told = field(default_factory=Told)
    new: list[tuple[Event, str]] = field(default_factory=list)
    kept: int = 0  # letters that this pass has written
    ends: float = field(default_factory=lambda: time.monotonic() + PASS)

    def send(self, event: Event) -> Answered:
        """One try."""
        sent = message.body(self.house, self.one.id, event)
        head = message.headers(self.house, self.secret, event, sent, self.house.clock())
        if through.asked(self.house, self.one.department):
            if through.service_of(self.house, self.one.url) is None:
                return Answered("away", through.REASON)  # from before there was exchange mode
            head |= through.headers(self.house, self.one.url)
        return post(self.one.url, self.one.addresses, head, sent)


def tell(house: House, number: int, most: int) -> Told:
    """Tell a receiver what is due, at most that many events; nothing while another one does.

    Raises PersonMustAct when its secret is gone or of another form.
    """
    with try_session_lock(house.engine, f"events/{number}") as mine:
        if not mine:
            return Told()
        with house.engine.connect() as conn:
            found = subscriptions(conn, number)
            blocked = letters.subjects(conn, number)
        if not found or not _due(found[0], house.clock()):
            return Told()
        now = _Pass(house, found[0], house.secrets.get(found[0].secret), blocked)
        if _letters(now) and not _away(now, now.one.at):
            _new(now, most)
        return now.told


def _due(one: Subscription, now: datetime) -> bool:
    waits = one.next_at is not None and one.next_at > now
    return one.state in ("active", "failing") and not waits


def _letters(now: _Pass) -> bool:
    """Try what was refused before, the first of each subject. False: nobody answers."""
    with now.house.engine.connect() as conn:
        due = letters.due(conn, now.one.id, now.house.clock())
    for one in due:
        if time.monotonic() > now.ends:
            now.told.more = True
            return False
        with now.house.engine.connect() as conn:
            event = stream.one(conn, one.at)
        if event is None:  # erased since: there is nothing to tell any more
            letters.remove(now.house, one)
            continue
        answered = now.send(event)
        if answered.outcome in ("away", "gone"):
            _failed(now, now.one.at, answered)
            return False
        if answered.outcome == "taken":
            letters.remove(now.house, one)
            now.told.taken += 1
        else:
            now.told.refused += 1
            to = (SYSTEM, now.one.name)
            letters.again(now.house, to, one, answered.reason, wait(one.tries))
    return True


def _away(now: _Pass, at: Position) -> bool:
    """Whether it refuses so much that it counts as away; `at`: what it would be told next."""
    if now.one.waiting + now.kept + len(now.new) < MOST_LETTERS:
        return False
    _failed(now, at, Answered("away", "too_much_refused"))
    return True


def _new(now: _Pass, most: int) -> None:
    """What it has not been told of yet."""
    at, sent = now.one.at, 0
    while True:
        with now.house.engine.connect() as conn:
            found, behind = stream.read(conn, at)
        for event in found:
            if not now.one.wants(event):
                continue
            answered = _one(now, event)
            if answered.outcome in ("away", "gone"):
                _failed(now, event.at, answered)
                return
            sent += 1
            after = Position(event.at.entry, event.at.place + 1)
            if _away(now, after):
                return
            now.told.more = sent >= most or time.monotonic() > now.ends
            if now.told.more or sent % STEP == 0:
                _save(now, after)
            if now.told.more:
                return
        if behind == at:
            return
        _save(now, behind)
        at = behind


def _one(now: _Pass, event: Event) -> Answered:
    """Send one, or let it wait behind one of its subject."""
    if event.subject in now.blocked:
        now.new.append((event, "behind_another"))
        return Answered("refused", "behind_another")
    answered = now.send(event)
    if answered.outcome == "taken":
        now.told.taken += 1
    elif answered.outcome == "refused":
        now.told.refused += 1
        now.blocked.add(event.subject)
        now.new.append((event, answered.reason))
    return answered


def _save(now: _Pass, at: Position, **more: Any) -> None:
    """The position and what was refused before it, together."""
    values: dict[str, Any] = {"entry": at.entry, "place": at.place}
    if now.told.taken:
        values["told_at"] = now.house.clock()
    values |= {"tries": 0, "failing_since": None, "next_at": None} | more
    with now.house.engine.begin() as conn:
        letters.keep(conn, now.one.id, now.new, now.house.clock(), wait(0))
        moved = update(subscription).where(
            subscription.c.id == now.one.id, subscription.c.ended_at.is_(None)
        )
        conn.execute(moved.values(values))
        if now.one.failing_since is not None and "stopped_at" not in more:
            findings.close_of(conn, SYSTEM, now.one.name, now.house.clock(), "webhook_away")
    now.kept += len(now.new)
    now.new.clear()


def _failed(now: _Pass, at: Position, answered: Answered) -> None:
    """Nobody answers: the position stays, the next try waits longer; at last it is given up."""
    clock, one = now.house.clock(), now.one
    since = clock if now.told.taken or one.failing_since is None else one.failing_since
    tries = 1 if now.told.taken else one.tries + 1
    given_up = answered.outcome == "gone" or clock - since >= GIVE_UP
    now.told.away += 1
    _save(
        now, at, tries=tries, failing_since=since, next_at=clock + wait(tries),
        stopped_at=clock if given_up else None,
    )  # fmt: skip
    kind = "webhook_stopped" if given_up else "webhook_away"
    about = "given up: mend it and `zhongtai events replay` it" if given_up else "tried again"
    found = Finding(
        kind, f"receiver {one.id}", f"it does not take events ({answered.reason}): {about}"
    )
    with now.house.engine.begin() as conn:
        if given_up:
            findings.close_of(conn, SYSTEM, one.name, clock, "webhook_away")
        findings.note(conn, (SYSTEM, one.name), [found], clock)
