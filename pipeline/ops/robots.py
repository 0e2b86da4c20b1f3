"""A message in the shape of each channel, signed as it asks, and what its answer means.

| kind | signed | taken when |
|---|---|---|
| webhook | Standard Webhooks, as events are | any 2xx |
| dingtalk | `timestamp` in ms; HMAC-SHA256 of `timestamp\\nsecret`; in the query | `errcode` is 0 |
| feishu | `timestamp` in s; its HMAC-SHA256 under `timestamp\\nsecret` of nothing | `code` is 0 |
| wecom | nothing: its address is secret | `errcode` is 0 |
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from certs.events.message import LABEL, key_of
from kernel.canonical import canonical
from kernel.errors import BadInput
from kernel.profile import Profile
from ledger.events import moment
from pipeline.ops.messages import Message

JSON: Final = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "zhongtai-alerts/1"}


@dataclass(frozen=True)
class Call:
    """One POST."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def webhook(url: str, secret: str, said: Message, at: datetime, profile: Profile) -> Call:
    """Our own form: what began or ended, and the words."""
    data = {"alarm": said.kind, "subject": said.subject, "title": said.title, "text": said.text}
    stamp = str(int(at.timestamp()))
    sent = canonical(
        {"id": said.id, "type": f"alarm.{said.what}", "timestamp": moment(said.at), "data": data}
    )
    signed = profile.hmac(key_of(secret), f"{said.id}.{stamp}.".encode() + sent)
    signature = f"{LABEL[profile.name]},{base64.b64encode(signed).decode()}"
    head = {"webhook-id": said.id, "webhook-timestamp": stamp, "webhook-signature": signature}
    return Call(url, {**JSON, **head}, sent)


def dingtalk(url: str, secret: str | None, said: Message, at: datetime) -> Call:
    """A text of DingTalk's robot."""
    if secret is not None:
        stamp = str(int(at.timestamp() * 1000))
        made = _hmac(secret.encode(), f"{stamp}\n{secret}".encode())
        url = _with(url, {"timestamp": stamp, "sign": made})
    return Call(url, JSON, _json({"msgtype": "text", "text": {"content": said.text}}))


def feishu(url: str, secret: str | None, said: Message, at: datetime) -> Call:
    """A text of Feishu's robot."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": said.text}}
    if secret is not None:
        stamp = str(int(at.timestamp()))
        body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}".encode(), b"")}
    return Call(url, JSON, _json(body))


def wecom(url: str, said: Message) -> Call:
    """A text of WeCom's robot."""
    return Call(url, JSON, _json({"msgtype": "text", "text": {"content": said.text}}))


def refusal(kind: str, body: bytes) -> str | None:
    """Why a robot did not take a message that it answered with 2xx; None: it took it."""
    if kind == "webhook":
        return None
    key = "code" if kind == "feishu" else "errcode"
    try:
        said = json.loads(body)
    except ValueError:
        return "no_json"
    code = said.get(key, said.get("StatusCode")) if isinstance(said, dict) else None
    if code == 0:
        return None
    return f"{key}_{code}" if isinstance(code, int) else "no_code"


def check_address(url: str) -> str:
    """A channel's address. Raises BadInput: its text never repeats it."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or " " in url or len(url) > 1_000:
        raise BadInput("a channel's address is an http or https URL of at most 1,000 characters")
    return url


def _with(url: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query))


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _json(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()
