"""Posts and accounts: who may sign in, and which items a post handles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import Connection, any_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.errors import BadInput
from kernel.reads import Read, Rows, read
from registry import departments
from registry.passwords import hash_password, nobodys, outdated, same_password
from registry.tables import account as account_table
from registry.tables import duty as duty_table
from registry.tables import post as post_table
from registry.tables import session_end

Role = Literal["clerk", "officer", "ops", "bureau", "sysadmin", "secadmin", "auditor", "none"]
#: 三员: a person holds one of them and nothing else. `none`: an account that waits for its role.
ADMINISTRATORS: frozenset[Role] = frozenset({"sysadmin", "secadmin", "auditor"})
Right = Literal["receive", "decide"]
#: Of a second factor: not wanted; its code is asked; it is wanted and not there yet.
Factor = Literal["none", "asked", "to_set"]

DEMO_PASSWORD = "zhongtai-demo"  # noqa: S105  # a sandbox's password, printed by `make run`


#: Posts that were there before there was a roster are on it from this day.
FIRST_DUTY = date(2000, 1, 1)

#: Read at each call of a person, hence built once.
ENABLED = (
    select(
        account_table.c.name,
        account_table.c.display,
        account_table.c.role,
        account_table.c.department,
        account_table.c.demo,
        account_table.c.must_change,
        post_table.c.code,
        post_table.c.name.label("post"),
        post_table.c.department.label("of"),
        post_table.c.rights,
    )
    .select_from(
        account_table.outerjoin(post_table, post_table.c.code == any_(account_table.c.posts))
    )
    .where(account_table.c.name == bindparam("account"), account_table.c.disabled_at.is_(None))
    .order_by(post_table.c.code)
)


#: The same for a session: not one that was ended, or begun before all of them were.
VISITING = ENABLED.where(
    or_(account_table.c.since.is_(None), account_table.c.since <= bindparam("begun")),
    ~exists().where(session_end.c.id == bindparam("session")),
)


@dataclass(frozen=True)
class Post:
    """A post handles the items of its department. Receiving and deciding are separate rights."""

    code: str
    name: str
    department: str
    rights: tuple[Right, ...]


@dataclass(frozen=True)
class Account:
    """Who signed in. `department`: an officer's own; None for the others."""

    name: str
    display: str
    role: Role
    department: str | None
    posts: tuple[Post, ...]
    demo: bool = False
    must_change: bool = False  # the password, before anything else


def posts() -> dict[str, Post]:
    """Every post by code: `<prefix>-01` receives, `<prefix>-02` receives and decides."""
    found: dict[str, Post] = {}
    for one in departments.load().values():
        for number, name, rights in (
            ("01", "受理窗口", ("receive",)),
            ("02", "审批科", ("receive", "decide")),
        ):
            code = f"{one.prefix}-{number}"
            found[code] = Post(code, one.name + name, one.name, cast(tuple[Right, ...], rights))
    return found


def make_posts(conn: Connection) -> None:
    """Write the posts of all departments; those that are there become as they should be."""
    rows = [
        {"code": p.code, "name": p.name, "department": p.department, "rights": list(p.rights)}
        for p in posts().values()
    ]
    statement = insert(post_table)
    same = {name: statement.excluded[name] for name in ("name", "department", "rights")}
    conn.execute(statement.on_conflict_do_update(index_elements=["code"], set_=same), rows)
    _on_duty(conn, sorted(posts()))


def _on_duty(conn: Connection, codes: Sequence[str]) -> None:
    """A post that was never on the roster handles all that its department decides."""
    t = duty_table
    known = set(conn.execute(select(t.c.post).where(t.c.post.in_(codes))).scalars())
    line = {"item": "*", "begins": FIRST_DUTY, "document": "部门职责", "by": "registry"}
    rows = [line | {"post": code, "at": func.now()} for code in codes if code not in known]
    if rows:
        conn.execute(insert(t).values(rows))


_DEMO: tuple[tuple[str, str, Role, str | None, tuple[str, ...]], ...] = (
    ("clerk", "窗口工作人员（演示）", "clerk", None, ("sc-02", "mz-02")),
    ("clerk2", "公安和医保窗口工作人员（演示）", "clerk", None, ("ga-02", "yb-02")),
    ("window", "综合受理窗口（演示）", "clerk", None, ("sc-01",)),
    ("officer", "市场监管数据专员（演示）", "officer", "市市场监督管理局", ()),
    ("ops", "运维工程师（演示）", "ops", None, ()),
    ("bureau", "数据局（演示）", "bureau", None, ()),
    ("sysadmin", "系统管理员（演示）", "sysadmin", None, ()),
    ("secadmin", "安全管理员（演示）", "secadmin", None, ()),
    ("auditor", "审计管理员（演示）", "auditor", None, ()),
)


def make_demo(conn: Connection) -> None:
    """Write the posts and the demo accounts. Only for an installation with the sandbox city."""
    make_posts(conn)
    known = posts()
    for name, display, role, department, codes in _DEMO:
        one = Account(name, display, role, department, tuple(known[c] for c in codes), demo=True)
        save_account(conn, one, DEMO_PASSWORD)


def demo_accounts(conn: Connection) -> list[Account]:
    """The demo accounts that are there and not disabled, in the order of the README."""
    found = [account(conn, name) for name, *_ in _DEMO]
    return [one for one in found if one is not None and one.demo]


def drop_demo(conn: Connection) -> None:
    """Take the demo accounts away; what they did stays in the ledger."""
    conn.execute(account_table.delete().where(account_table.c.demo))


def save_account(conn: Connection, one: Account, password: str) -> None:
    """Write an account with its password, or change it. A demo account never takes a real name.

    Raises BadInput on an empty password or a name that a real account has.
    """
    if not password:
        raise BadInput("a password must not be empty")
    values = {
        "name": one.name,
        "display": one.display,
        "role": one.role,
        "department": one.department,
        "posts": [post.code for post in one.posts],
        "password": hash_password(password),
        "demo": one.demo,
    }
    kept = conn.execute(
        select(account_table.c.demo).where(account_table.c.name == one.name)
    ).scalar()
    if one.demo and kept is False:
        raise BadInput(f"{one.name} is a real account: the demo accounts cannot be made here")
    conn.execute(
        insert(account_table)
        .values(values)
        .on_conflict_do_update(index_elements=["name"], set_={**values, "disabled_at": None})
    )


def sign_in(conn: Connection, name: str, password: str, *, demo: bool = True) -> Account | None:
    """The account when name and password are right and it is not disabled, else None.

    With `demo=False` (an installation without the sandbox city) demo accounts are refused too.
    It takes as long for an unknown name as for a wrong password.
    """
    t = account_table
    row = conn.execute(
        select(t.c.password, t.c.demo).where(t.c.name == name, t.c.disabled_at.is_(None))
    ).one_or_none()
    right = same_password(password, row.password if row else nobodys())
    if row is None or not right or (row.demo and not demo):
        return None
    if outdated(row.password):
        conn.execute(update(t).where(t.c.name == name).values(password=hash_password(password)))
    return account(conn, name)


def same_account(conn: Connection, name: str, password: str) -> bool:
    """Whether the password is that account's, enabled or not."""
    kept = conn.execute(select(account_table.c.password).where(account_table.c.name == name))
    return same_password(password, kept.scalar() or nobodys())


def account(conn: Connection, name: str) -> Account | None:
    """The account of that name with its posts; None when there is none or it is disabled."""
    return read(conn, account_read(name))


def visitor(conn: Connection, name: str, session: str, begun: datetime) -> Account | None:
    """The account of a session; None when either is over. `begun`: when the session began."""
    given = {"account": name, "session": session, "begun": begun}
    return read(conn, Read(VISITING, given, _account))


def account_read(name: str) -> Read[Account | None]:
    """The same, to be read together with others."""
    return Read(ENABLED, {"account": name}, _account)


def _account(found: Rows) -> Account | None:
    """A row for each post; one without a post where it has none."""
    rows = found.all()
    if not rows:
        return None
    held = tuple(Post(r.code, r.post, r.of, tuple(r.rights)) for r in rows if r.code is not None)
    one = rows[0]
    return Account(one.name, one.display, one.role, one.department, held, one.demo, one.must_change)
