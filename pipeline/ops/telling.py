"""Telling: each notice is sent until it is taken, waiting longer each time, and then never again.

A process that is killed between sending and writing that down sends once more, under the same id.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import requests
from sqlalchemy import select, update

from certs.events.pace import wait
from kernel.db import try_session_lock
from kernel.errors import BadContract, PersonMustAct
from kernel.house import House
from pipeline.ops import alarms, channels, mail, robots, troubles
from pipeline.ops.channels import Channel, Mail, Robot, Webhook, WeCom
from pipeline.ops.messages import Message, message, together, trial
from pipeline.ops.tables import alarm, notice

GIVE_UP: Final = timedelta(hours=24)
SECONDS: Final = (5.0, 10.0)  # to connect, to answer
WHOLE: Final = 20.0  # for a whole answer
MOST: Final = 16 * 1024  # bytes of an answer that are read
AT_ONCE: Final = 50  # notices of a channel in one pass
MANY: Final = 5  # more of them than this are told in one message
SENT, WAITS, GIVEN_UP = 0, 1, 2


@dataclass(frozen=True)
class TellCounts:
    """What one pass did. `waiting`: notices that are tried again; `given_up`: never again."""

    began: int = 0
    ended: int = 0
    sent: int = 0
    waiting: int = 0
    given_up: int = 0


def tell(house: House) -> TellCounts:
    """See what is wrong, open and end alarms, tell what is due. Repeating it does no harm.

    Where another process does it just now, nothing is done. Raises BadContract when alerts.yml
    cannot be read; alarms were opened and ended all the same.
    """
    with try_session_lock(house.engine, "ops.tell") as mine:
        if not mine:
            return TellCounts()
        known, problem = channels.known(house)
        settled = alarms.settle(house, troubles.now(house), known)
        if problem:
            raise BadContract(problem)
        sent, waiting, given_up = _due(house, known)
        return TellCounts(settled.began, settled.ended, sent, waiting, given_up)


def _due(house: House, known: dict[str, Channel]) -> tuple[int, int, int]:
    """Each channel's notices: how many were sent, wait, were given up."""
    names = select(notice.c.channel).where(notice.c.next_at.is_not(None)).distinct()
    counts = Counter[int]()
    with house.engine.connect() as conn:
        waiting = sorted(conn.scalars(names))
    for name in waiting:
        counts.update(_channel(house, name, known.get(name)))
    return counts[SENT], counts[WAITS], counts[GIVEN_UP]


def _channel(house: House, name: str, channel: Channel | None) -> Iterator[int]:
    """What came of each notice, in their order: one that fails holds back those behind it."""
    n = notice.c
    due = select(notice).where(n.channel == name, n.next_at.is_not(None)).order_by(n.id)
    with house.engine.connect() as conn:
        found = conn.execute(due.limit(AT_ONCE)).all()
    for group in _groups(found, channel):
        if group[0].next_at > house.clock():
            return
        why = "no_channel" if channel is None else _send(house, channel, group)
        for row in group:
            yield _noted(house, row, why)
        if why is not None:
            return


def _groups(found: Sequence[Any], channel: Channel | None) -> list[Sequence[Any]]:
    """One message each; where there are many, people get one for all. Programs never do."""
    many = len(found) > MANY and channel is not None and channel.kind != "webhook"
    return [found] if many else [[row] for row in found]


def _send(house: House, channel: Channel, group: Sequence[Any]) -> str | None:
    with house.engine.connect() as conn:
        which = alarm.c.id.in_([row.alarm for row in group])
        about = {one.id: one for one in alarms.rows(house, conn, [which], None)}
    said = [message(house, about[row.alarm], row.what, row.id) for row in group]
    return deliver(house, channel, said[0] if len(said) == 1 else together(house, said))


def _noted(house: House, row: Any, why: str | None) -> int:
    """Write down what came of a notice."""
    now = house.clock()
    if why is None:
        values: dict[str, Any] = {"sent_at": now, "next_at": None, "reason": None}
    elif now - row.made_at >= GIVE_UP:
        values = {"next_at": None, "reason": why}
    else:
        values = {"next_at": now + wait(row.tries), "reason": why}
    with house.engine.begin() as conn:
        same = update(notice).where(notice.c.id == row.id)
        conn.execute(same.values(tries=row.tries + 1, **values))
    return SENT if why is None else GIVEN_UP if values["next_at"] is None else WAITS


def trial_of(house: House, name: str) -> str | None:
    """Send a trial message over a channel; why it was not taken, None: it was. Raises BadInput."""
    return deliver(house, channels.one(house, name), trial(house, name))


def deliver(house: House, channel: Channel, said: Message) -> str | None:
    """Send a message once. None: taken; else why not, a code without anything secret."""
    try:
        address = house.secrets.get(channel.address)
        if isinstance(channel, Mail):
            server = mail.server_of(address, channel.starttls)
            return mail.send(server, mail.mail(said, channel.sender, channel.to))
        call = _call(house, channel, robots.check_address(address), said)
    except PersonMustAct:
        return "secret_missing_or_of_another_form"
    return _post(call, channel.kind)


def _call(house: House, channel: Webhook | Robot | WeCom, url: str, said: Message) -> robots.Call:
    if isinstance(channel, WeCom):
        return robots.wecom(url, said)
    secret = house.secrets.get(channel.secret) if channel.secret is not None else None
    if isinstance(channel, Webhook):
        return robots.webhook(url, secret or "", said, house.clock(), house.profile)
    shape = robots.dingtalk if channel.kind == "dingtalk" else robots.feishu
    return shape(url, secret, said, house.clock())


def _read(answer: requests.Response) -> bytes:
    """The answer's beginning: bounded in bytes, and in time however slowly it trickles."""
    content, end = bytearray(), time.monotonic() + WHOLE
    for byte in answer.iter_content(1):
        content += byte
        if len(content) >= MOST or time.monotonic() > end:
            break
    return bytes(content)


def _post(call: robots.Call, kind: str) -> str | None:
    """No redirect is followed and no proxy of the environment used: the address is a secret."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.post(
                call.url,
                data=call.body,
                headers=dict(call.headers),
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if not 200 <= answer.status_code < 300:
                    return f"http_{answer.status_code}"
                return robots.refusal(kind, _read(answer))
        except requests.exceptions.SSLError:
            return "tls"
        except (requests.RequestException, OSError):
            return "connection"
