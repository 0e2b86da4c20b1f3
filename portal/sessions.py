"""Sessions: a signed text in a cookie, and a form token bound to it.

The text is `v2.<account name, base64url>.<session id>.<begun, ms>.<seen, ms>.<HMAC-SHA256>`. It
holds no secret and nothing personal; who it belongs to is looked up at each request, so a disabled
account, a changed role and a sign-out elsewhere end it at once. A session that is not used for half
an hour is over, and so is every one after a working day. A program's (`seen` is 0) does not idle.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kernel.clock import Clock
from kernel.crypto import derive

LIFE: Final = timedelta(hours=9)  # one working day; an evening ends it
IDLE: Final = timedelta(minutes=30)
#: Time for the second factor.
HALF: Final = timedelta(minutes=5)
#: A holder's visit out of the city's app.
VISIT: Final = timedelta(minutes=30)
PROVED: Final = "+"
#: A page's session is written anew when it was seen so long ago.
RENEW: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A session that was signed by us and has not run out. `seen`: None: it does not idle."""

    name: str
    id: str
    begun: datetime
    seen: datetime | None
    expires: datetime


class Sessions:
    """Makes and reads session texts and form tokens. `key`: 32 bytes, derived for this use."""

    def __init__(self, key: bytes, clock: Clock, life: timedelta = LIFE) -> None:
        self._sign = derive(key, "session")
        self._form = derive(key, "form")
        self._half = derive(key, "half")
        self._visit = derive(key, "visit")
        self._clock = clock
        self.life = life

    def half(self, name: str) -> tuple[Session, str]:
        """What stands between the right password and the second factor: five minutes."""
        now = self._clock()
        made = Session(name, secrets.token_hex(16), now, None, now + HALF)
        return made, self._text(made, self._half)

    def read_half(self, text: str | None) -> Session | None:
        """The half session of a text, or None."""
        found = self._read(text, self._half)
        return found if found is not None and self._clock() < found.begun + HALF else None

    def visit(self, holder: str, *, proved: bool) -> str:
        """The text of a holder's visit (`holder`: keyed hash); it ends after half an hour."""
        now, name = self._clock(), holder + (PROVED if proved else "")
        return self._text(Session(name, secrets.token_hex(16), now, None, now + VISIT), self._visit)

    def read_visit(self, text: str | None) -> tuple[str, bool] | None:
        """The holder of a visit, and whether they were proved to be there; None: it is over."""
        found = self._read(text, self._visit)
        if found is None or self._clock() >= found.begun + VISIT:
            return None
        return found.name.removesuffix(PROVED), found.name.endswith(PROVED)

    def begin(self, name: str, *, idles: bool = False) -> tuple[Session, str]:
        """A new session for an account and its signed text. `idles`: it is a person's."""
        now = self._clock()
        seen = now if idles else None
        session = Session(name, secrets.token_hex(16), now, seen, now + self.life)
        return session, self._text(session)

    def renewed(self, session: Session) -> str | None:
        """The text that says it was seen now; None while the old one is good enough."""
        now = self._clock()
        if session.seen is None or now - session.seen < RENEW:
            return None
        return self._text(replace(session, seen=now))

    def read(self, text: str | None) -> Session | None:
        """The session of a text, or None: not ours, changed, expired or idle."""
        return self._read(text, self._sign)

    def _read(self, text: str | None, key: bytes) -> Session | None:
        if not text or len(text) > 400 or not text.isascii():
            return None
        body, _, mac = text.rpartition(".")
        parts = body.split(".")
        if len(parts) != 5 or not hmac.compare_digest(mac, self._mac(key, body)):
            return None
        _, who, session_id, begun, seen = parts
        found = Session(
            _decode(who), session_id, self._at(begun),
            None if seen == "0" else self._at(seen), self._at(begun) + self.life,
        )  # fmt: skip
        now = self._clock()
        idle = found.seen is not None and now - found.seen >= IDLE
        return None if idle or found.expires <= now else found

    def _text(self, one: Session, key: bytes | None = None) -> str:
        who = base64.urlsafe_b64encode(one.name.encode()).decode().rstrip("=")
        seen = 0 if one.seen is None else _ms(one.seen)
        body = f"v2.{who}.{one.id}.{_ms(one.begun)}.{seen}"
        return f"{body}.{self._mac(key or self._sign, body)}"

    def _at(self, text: str) -> datetime:
        return datetime.fromtimestamp(int(text) / 1000, tz=self._clock().tzinfo)

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
    except ValueError:
        return ""


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
