"""Sessions: a signed text in a cookie, a form token bound to it, and a throttle on sign-in.

The text is `v1.<account name, base64url>.<session id>.<expiry>.<HMAC-SHA256>`. It holds no
secret and nothing personal; who it belongs to is looked up at each request, so a disabled
account is out at once. Signing out ends a session before its expiry (in this process).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from kernel.clock import Clock
from kernel.crypto import derive

LIFE = timedelta(hours=9)  # one working day; an evening ends it
MEMORY = 20_000  # entries that the throttle and the sign-outs keep at most


@dataclass(frozen=True)
class Session:
    """A session that was signed by us and has not ended."""

    name: str
    id: str
    expires: datetime


class Sessions:
    """Makes and reads session texts and form tokens. `key`: 32 bytes, derived for this use."""

    def __init__(self, key: bytes, clock: Clock, life: timedelta = LIFE) -> None:
        self._sign = derive(key, "session")
        self._form = derive(key, "form")
        self._clock = clock
        self._ended: dict[str, datetime] = {}
        self._lock = Lock()
        self.life = life

    def begin(self, name: str) -> tuple[Session, str]:
        """A new session for an account and its signed text."""
        expires = self._clock() + self.life
        session = Session(name, secrets.token_hex(16), expires)
        who = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
        body = f"v1.{who}.{session.id}.{int(expires.timestamp())}"
        return session, f"{body}.{self._mac(self._sign, body)}"

    def read(self, text: str | None) -> Session | None:
        """The session of a text, or None: not ours, changed, expired or ended."""
        if not text or len(text) > 400 or not text.isascii():
            return None
        body, _, mac = text.rpartition(".")
        parts = body.split(".")
        if len(parts) != 4 or not hmac.compare_digest(mac, self._mac(self._sign, body)):
            return None
        _, who, session_id, until = parts
        expires = datetime.fromtimestamp(int(until), tz=self._clock().tzinfo)
        if expires <= self._clock() or session_id in self._ended:
            return None
        return Session(_decode(who), session_id, expires)

    def end(self, session: Session) -> None:
        """End a session now."""
        with self._lock:
            now = self._clock()
            if len(self._ended) >= MEMORY:
                self._ended = {k: v for k, v in self._ended.items() if v > now}
            self._ended[session.id] = session.expires

    def form_token(self, bound_to: str) -> str:
        """The token of every form shown to that session (or to that visitor's nonce)."""
        return self._mac(self._form, bound_to)

    def form_token_is(self, token: str, bound_to: str) -> bool:
        """Whether a sent token is that of the session."""
        return token.isascii() and hmac.compare_digest(token, self.form_token(bound_to))

    @staticmethod
    def _mac(key: bytes, text: str) -> str:
        return hmac.digest(key, text.encode(), "sha256").hex()


def _decode(who: str) -> str:
    try:
        return base64.urlsafe_b64decode(who + "=" * (-len(who) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


class Throttle:
    """Counts failed sign-ins by what was tried and from where, within a window of time."""

    def __init__(
        self, clock: Clock, allowed: int, window: timedelta = timedelta(minutes=15)
    ) -> None:
        self._clock = clock
        self._allowed = allowed
        self._window = window
        self._failures: dict[str, list[datetime]] = {}
        self._lock = Lock()

    def _recent(self, key: str) -> list[datetime]:
        start = self._clock() - self._window
        return [at for at in self._failures.get(key, []) if at > start]

    def wait(self, key: str) -> timedelta | None:
        """How long this key must still wait, or None when it may try."""
        with self._lock:
            recent = self._recent(key)
        if len(recent) < self._allowed:
            return None
        return recent[-self._allowed] + self._window - self._clock()

    def failed(self, key: str) -> None:
        """Count one failure."""
        with self._lock:
            if len(self._failures) >= MEMORY:
                self._failures = {k: self._recent(k) for k in self._failures if self._recent(k)}
            self._failures[key] = [*self._recent(key), self._clock()][-self._allowed :]

    def forget(self, key: str) -> None:
        """A sign-in worked: forget its failures."""
        with self._lock:
            self._failures.pop(key, None)
