"""Sign-ins and sessions over one installation."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.crypto import keyed_hash
from kernel.db import reading
from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from registry import accounts, factors, signins
from registry.accounts import Account, Factor


class Signing:
    """Failures and sessions, the same in every process."""

    def __init__(self, house: House) -> None:
        self.house = house

    def wait(self, name: str, address: str) -> timedelta | None:
        """How long this name from this address must wait before it may try; None: not at all."""
        with reading(self.house.engine) as conn:
            return signins.wait(conn, self._keys(name, address), self.house.clock())

    def failed(self, name: str, address: str) -> None:
        """Count a failure; the one that locks a name or an address out is on record."""
        keys, now = self._keys(name, address), self.house.clock()
        with self.house.engine.begin() as conn:
            signins.failed(conn, keys, now)
            if signins.wait(conn, keys, now) is not None:
                known = accounts.account(conn, name)
                actor = known.name if known else "unknown"
                log.append(conn, event(now, "account.locked", actor, reason="too_many_failures"))

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this name from this address."""
        with self.house.engine.begin() as conn:
            signins.forget(conn, self._keys(name, address)["pair"])

    def visitor(self, name: str, session: str, begun: datetime) -> Account | None:
        """The account of a session; None when the session was ended or the account is gone."""
        with reading(self.house.engine) as conn:
            return accounts.visitor(conn, name, session, begun)

    def end_session(self, session: str, until: datetime) -> None:
        """End a session now, in every process."""
        with self.house.engine.begin() as conn:
            signins.end_session(conn, session, until, self.house.clock())

    def factor(self, account: Account) -> Factor:
        """What is still asked of who gave the right password."""
        with reading(self.house.engine) as conn:
            if factors.has(conn, account.name):
                return "asked"
        wanted = self.house.settings.second_factor == "staff" and not account.demo
        return "to_set" if wanted else "none"

    def offered(self, name: str, session: str) -> bytes:
        """The secret that is offered to who is signing in."""
        return factors.offered(self.house, name, session)

    def set_factor(self, name: str, session: str, said: str) -> bool:
        """Bind the offered secret, once the app's code is right."""
        secret, now = self.offered(name, session), self.house.clock()
        with self.house.engine.begin() as conn:
            done = factors.take(self.house, conn, name, secret, said, now)
            what: EventName = "account.factor_set" if done else "account.factor_refused"
            log.append(conn, event(now, what, name))
        return done

    def check_factor(self, name: str, said: str) -> bool:
        """Whether the code is the app's of now."""
        now = self.house.clock()
        with self.house.engine.begin() as conn:
            right = factors.check(self.house, conn, name, said, now)
            if not right:
                log.append(conn, event(now, "account.factor_refused", name))
        return right

    def _keys(self, name: str, address: str) -> dict[str, str]:
        who, index = name.lower(), self.house.keys.index
        return {
            "pair": keyed_hash(index, "signin", "pair", who, address),
            "name": keyed_hash(index, "signin", "name", who),
            "address": keyed_hash(index, "signin", "address", address),
        }
