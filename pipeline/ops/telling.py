"""Telling: each notice is sent until it is taken, waiting longer each time, and then never again.

A process that is killed between sending and writing that down sends once more, under the same id.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import requests
from sqlalchemy import and_, select, update

from certs.events.pace import wait
from kernel.db import try_session_lock
from kernel.errors import BadContract, PersonMustAct
from kernel.house import House
from pipeline.ops import alarms, channels, mail, robots, troubles
from pipeline.ops.channels import Channel, Mail, Robot, Webhook, WeCom
from pipeline.ops.messages import Message, message, trial
from pipeline.ops.tables import alarm, notice

GIVE_UP: Final = timedelta(hours=24)
SECONDS: Final = (5.0, 10.0)  # to connect, to answer
WHOLE: Final = 20.0  # for a whole answer
MOST: Final = 16 * 1024  # bytes of an answer that are read
AT_ONCE: Final = 200


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
    """Notices in their order a channel; one that fails holds back those behind it."""
    counts, blocked = [0, 0, 0], set[str]()
    n, now = notice.c, house.clock()
    due = select(notice).where(n.next_at.is_not(None)).order_by(n.id).limit(AT_ONCE)
    with house.engine.connect() as conn:
        found = conn.execute(due).all()
    for row in found:
        if row.channel in blocked or row.next_at > now:
            blocked.add(row.channel)
            continue
        channel = known.get(row.channel)
        why = "no_channel" if channel is None else _send(house, channel, row)
        if why is not None:
            blocked.add(row.channel)
        counts[_noted(house, row, why)] += 1
    return counts[0], counts[1], counts[2]


def _send(house: House, channel: Channel, row: Any) -> str | None:
    with house.engine.connect() as conn:
        (one,) = alarms.rows(house, conn, [and_(alarm.c.id == row.alarm)], 1)
    return deliver(house, channel, message(house, one, row.what, row.id))


def _noted(house: House, row: Any, why: str | None) -> int:
    """Write down what came of a notice: 0 sent, 1 waits, 2 given up."""
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
    return 0 if why is None else 2 if values["next_at"] is None else 1


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
