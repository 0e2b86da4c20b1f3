"""Accounts as the three administrators keep them (三员): each does a part, none does all.

    system administrator    makes accounts, disables them, gives a new password
    security administrator  gives role, department and posts; enables, unlocks, takes a factor away
    audit administrator     reads what was signed in and done, and nothing else

A person, known by the staff number, who holds one of the three holds no other account that counts,
and nobody changes an own account but its password.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.errors import BadInput, Refused
from registry import departments, passwords
from registry.accounts import ADMINISTRATORS, Account, Role, same_account
from registry.moves import role_of
from registry.oidc import Claimed
from registry.tables import account, post
from registry.typed import plain

NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,39}")
PERSON: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
#: Roles that a security administrator gives.
GIVEN: Final[tuple[Role, ...]] = tuple(one for one in get_args(Role) if one != "none")


@dataclass(frozen=True)
class Listed:
    """An account in the list. `factor`: it has a second factor."""

    name: str
    display: str
    role: Role
    department: str | None
    posts: tuple[str, ...]
    person: str | None
    demo: bool
    factor: bool
    must_change: bool
    disabled_at: datetime | None


def listed(conn: Connection, after: str = "", limit: int = 500) -> list[Listed]:
    """Accounts by name, those behind `after`."""
    a = account.c
    query = (
        select(
            a.name, a.display, a.role, a.department, a.posts, a.person, a.demo,
            a.factor.is_not(None).label("factor"), a.must_change, a.disabled_at,
        )
        .where(a.name > after)
        .order_by(a.name)
        .limit(limit)
    )  # fmt: skip
    return [Listed(**{**row._mapping, "posts": tuple(row.posts)}) for row in conn.execute(query)]


def first(conn: Connection, three: dict[Role, tuple[str, str]]) -> dict[str, str]:
    """The first three administrators of an installation: role -> (name, staff number). Gives each
    one's first password. Raises BadInput when there is one already, or two are one person."""
    a = account.c
    held = select(a.name).where(
        a.role.in_(sorted(ADMINISTRATORS)), ~a.demo, a.disabled_at.is_(None)
    )
    if conn.execute(held).first() is not None:
        raise BadInput("there are administrators already: they make the other accounts")
    if set(three) != ADMINISTRATORS or len({person for _, person in three.values()}) != 3:
        raise BadInput(
            "name three different people: a system, a security and an audit administrator"
        )
    made = {}
    for role, (name, person) in three.items():
        made[name] = _made(conn, name, name, person, {"role": role})
    return made


def create(conn: Connection, who: Account, name: str, display: str, person: str) -> str:
    """A new account that waits for its role; its first password, to be changed at once."""
    role_of(who, ("sysadmin",), "make accounts")
    return _made(conn, name, display, person, {"disabled_at": func.now()})


def _made(conn: Connection, name: str, display: str, person: str, more: dict[str, Any]) -> str:
    if not NAME.fullmatch(name):
        raise BadInput("an account's name is 2 to 40 of a-z, 0-9 and . _ -, a letter first")
    if not PERSON.fullmatch(person):
        raise BadInput("a staff number is 2 to 20 capitals, digits and hyphens")
    plain(person, "the staff number")  # a citizen's number is none
    password = secrets.token_urlsafe(12)
    values: dict[str, Any] = {
        "name": name, "display": plain(display, "the displayed name"), "role": "none",
        "department": None, "posts": [], "person": person, "demo": False, "must_change": True,
        "password": passwords.hash_password(password), **more,
    }  # fmt: skip
    made = insert(account).values(values).on_conflict_do_nothing().returning(account.c.name)
    if conn.execute(made).first() is None:
        raise BadInput(f"there is an account named {name}: use another name")
    return password


def grant(
    conn: Connection,
    who: Account,
    name: str,
    role: Role,
    given: tuple[str | None, Sequence[str]],
    now: datetime,
) -> None:
    """Give an account its role, its department and its posts (`given`), and enable it."""
    role_of(who, ("secadmin",), "give roles")
    one = _other(conn, who, name)
    department, posts = given
    _check_given(conn, role, department, posts)
    _alone(conn, one, role)
    values = {"role": role, "department": department, "posts": sorted(set(posts))}
    _set(conn, name, values | {"disabled_at": None, "since": at(now)})


def _check_given(
    conn: Connection, role: Role, department: str | None, posts: Sequence[str]
) -> None:
    """Raise BadInput where role, department and posts do not go together."""
    if role not in GIVEN:
        raise BadInput(f"a role is one of {', '.join(GIVEN)}")
    if (role == "officer") != (department is not None):
        raise BadInput("an officer has a department, and nobody else has one")
    if department is not None and department not in departments.load():
        raise BadInput("no such department in the registry")
    if (role == "clerk") != bool(posts):
        raise BadInput("a clerk has at least one post, and nobody else has any")
    known = set(conn.execute(select(post.c.code).where(post.c.code.in_(posts))).scalars())
    if known != set(posts):
        raise BadInput(f"no such post: {sorted(set(posts) - known)[0]}")


def _alone(conn: Connection, one: Any, role: Role) -> None:
    """Raise Refused where a person would hold an administrator's role and anything else."""
    a = account.c
    others = conn.execute(
        select(a.role).where(
            a.person == one.person, a.name != one.name, a.disabled_at.is_(None), a.role != "none"
        )
    ).scalars()
    held = set(others)
    if held and ({role} | held) & ADMINISTRATORS:
        raise Refused(
            "this person holds another account: an administrator (三员) holds no second one",
            reason="administrators_apart",
        )


def disable(conn: Connection, who: Account, name: str, now: datetime) -> None:
    """The account is out at once, with all its sessions."""
    role_of(who, ("sysadmin", "secadmin"), "disable accounts")
    _other(conn, who, name)
    _set(conn, name, {"disabled_at": now, "since": at(now)})


def new_password(conn: Connection, who: Account, name: str, now: datetime) -> str:
    """A new first password, to be changed at once; its sessions are over."""
    role_of(who, ("sysadmin",), "give new passwords")
    if _other(conn, who, name).subject is not None:
        raise BadInput("this account signs in at the identity provider and has no password here")
    password = secrets.token_urlsafe(12)
    hashed = passwords.hash_password(password)
    _set(conn, name, {"password": hashed, "must_change": True, "since": at(now)})
    return password


def from_elsewhere(conn: Connection, said: Claimed, now: datetime) -> None:
    """Make or renew the account of who signed in at the identity provider, as its claims say.

    Role, department and posts are checked as in `grant`. Raises Refused where the name is a local
    account's or another person's there, BadInput where a claim does not fit; a disabled account
    stays disabled.
    """
    a = account.c
    row = conn.execute(select(account).where(a.subject == said.subject).with_for_update())
    one = row.one_or_none()
    if one is None:
        _new_elsewhere(conn, said)
        one = conn.execute(select(account).where(a.subject == said.subject)).one()
    elif one.name != said.name:
        raise Refused("身份认证平台给出的账号名与原来的不同。", reason="name_changed")
    given = (said.role, said.department, list(said.posts))
    _check_given(conn, *given)
    _alone(conn, one, said.role)
    values: dict[str, Any] = {"display": plain(said.display, "the name"), "person": said.person}
    if (one.role, one.department, one.posts) != given:
        values |= {"role": said.role, "department": said.department, "posts": given[2],
                   "since": at(now)}  # fmt: skip
    _set(conn, one.name, values)


def _new_elsewhere(conn: Connection, said: Claimed) -> None:
    if not NAME.fullmatch(said.name) or not PERSON.fullmatch(said.person):
        raise BadInput("the provider's account name or staff number is not of our form")
    plain(said.person, "the staff number")
    values = {
        "name": said.name, "display": plain(said.display, "the displayed name"), "role": "none",
        "posts": [], "password": "", "demo": False, "person": said.person,
        "subject": said.subject,
    }  # fmt: skip
    made = insert(account).values(values).on_conflict_do_nothing().returning(account.c.name)
    if conn.execute(made).first() is None:
        raise Refused("这个账号名已是本地账号，不能由身份认证平台使用。", reason="name_taken")


def drop_factor(conn: Connection, who: Account, name: str, now: datetime) -> None:
    """Take the second factor away, for who lost it; it is set anew at the next sign-in."""
    role_of(who, ("secadmin",), "take second factors away")
    _other(conn, who, name)
    _set(conn, name, {"factor": None, "factor_step": None, "since": at(now)})


def change_password(conn: Connection, name: str, old: str, new: str, now: datetime) -> None:
    """One's own. Every session is over, this one too. Raises BadInput."""
    if not same_account(conn, name, old):
        raise BadInput("原密码不对。", reason="old_password")
    if old == new:
        raise BadInput("新密码不能与原密码相同。")
    passwords.check_new(new, name)
    hashed = passwords.hash_password(new)
    _set(conn, name, {"password": hashed, "must_change": False, "since": at(now)})


def at(now: datetime) -> datetime:
    """From when sessions count; they know their begin in whole milliseconds."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _other(conn: Connection, who: Account, name: str) -> Any:
    """The account's row, for an administrator whose own it is not."""
    row = conn.execute(
        select(account).where(account.c.name == name).with_for_update()
    ).one_or_none()
    if row is None:
        raise BadInput(f"no account named {name}: `zhongtai accounts list` shows them")
    if row.name == who.name:
        raise Refused("nobody changes an own account: another administrator must", reason="own")
    if row.demo:
        raise BadInput("the demo's accounts stay as they are")
    return row


def _set(conn: Connection, name: str, values: dict[str, Any]) -> None:
    conn.execute(update(account).where(account.c.name == name).values(values))
