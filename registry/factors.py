"""The second factor of an account: a secret in an authenticator app, each code taken once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from kernel import totp
from kernel.crypto import decrypt, derive, encrypt
from kernel.house import House
from registry.tables import account


def key(house: House) -> bytes:
    """What the secrets are sealed under."""
    return derive(house.keys.master, "second-factor")


def place_of(name: str) -> str:
    """What a secret is bound to."""
    return f"registry/account/{name}/factor"


def has(conn: Connection, name: str) -> bool:
    """Whether the account has one."""
    kept = conn.execute(select(account.c.factor).where(account.c.name == name)).scalar()
    return kept is not None


def offered(house: House, name: str, session: str) -> bytes:
    """The secret offered to who is signing in; the same for that session, kept nowhere."""
    return derive(house.keys.master, "second-factor", "offered", name, session)[:20]


def take(
    house: House, conn: Connection, name: str, secret: bytes, said: str, now: datetime
) -> bool:
    """Bind an offered secret, once its app shows the right code; False: it does not."""
    step = totp.step_of(secret, said, now, None)
    if step is None:
        return False
    sealed = encrypt(key(house), secret, place_of(name))
    values = {"factor": sealed, "factor_step": step}
    mine = (account.c.name == name) & account.c.factor.is_(None)
    return conn.execute(update(account).where(mine).values(values)).rowcount == 1


def check(house: House, conn: Connection, name: str, said: str, now: datetime) -> bool:
    """Whether the code is the app's of now; it is taken once, by one process."""
    row = conn.execute(
        select(account.c.factor, account.c.factor_step)
        .where(account.c.name == name)
        .with_for_update()
    ).one_or_none()
    if row is None or row.factor is None:
        return False
    secret = decrypt(key(house), bytes(row.factor), place_of(name))
    step = totp.step_of(secret, said, now, row.factor_step)
    if step is not None:
        conn.execute(update(account).where(account.c.name == name).values(factor_step=step))
    return step is not None
