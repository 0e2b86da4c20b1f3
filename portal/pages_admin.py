"""Pages of the three administrators: accounts, and what was signed in and done with them."""

from __future__ import annotations

from typing import Annotated, cast, get_args

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused
from portal.entering import client
from portal.filled import Before
from portal.guards import only, only_form, only_own_form, only_signed_in
from portal.pages_public import wait_words
from portal.port import Account
from portal.port_staff import GIVEN, StaffPort
from portal.render import SESSION_COOKIE, page, portal_of
from portal.words import say
from registry.accounts import Role
from registry.staff import NAME, PERSON

router = APIRouter(include_in_schema=False)
Admin = Annotated[Account, Depends(only("accounts"))]
Changer = Annotated[Account, Depends(only_form("accounts"))]
Auditor = Annotated[Account, Depends(only("audit"))]
Anyone = Annotated[Account, Depends(only_signed_in)]
Own = Annotated[Account, Depends(only_own_form)]
Text = Annotated[str, Form()]
SHOWN = 50


def _staff(request: Request) -> StaffPort:
    return portal_of(request).platform.staff


@router.get("/admin/accounts")
def accounts(request: Request, _: Admin, done: str = "", after: str = "") -> Response:
    """Every account, and this administrator's part of the work."""
    said = say(f"accounts.done.{done}") if done in ("grant", "disable", "factor") else ""
    return _accounts(request, done=said, after=after)


def _accounts(
    request: Request,
    *,
    done: str = "",
    after: str = "",
    problem: str = "",
    field: str = "list",
    secret: str = "",
    typed: tuple[str, str, str] = ("", "", ""),
) -> Response:
    rows = _staff(request).listed(after, SHOWN + 1)
    facts = {"more": rows[SHOWN - 1].name if len(rows) > SHOWN else "", "rows": rows[:SHOWN]}
    offered = {"roles": GIVEN, "posts": _staff(request).posts()}
    said = {"done": done, "problem": problem, "field": field, "secret": secret, "typed": typed}
    return page(request, "accounts.html", 400 if problem else 200, **facts, **offered, **said)


@router.post("/admin/accounts")
def add(
    request: Request, account: Changer, name: Text = "", display: Text = "", person: Text = ""
) -> Response:
    """A new account; its first password is shown once."""
    typed = (name, display, person)
    for field, form, text in (("name", NAME, name), ("person", PERSON, person)):
        if not form.fullmatch(text.strip()):
            return _accounts(
                request, problem=say(f"accounts.{field}.wrong"), field=field, typed=typed
            )
    try:
        secret = _staff(request).create(account, name.strip(), display, person.strip())
    except BadInput as error:
        return _accounts(request, problem=error.message, field="name", typed=typed)
    return _accounts(request, done=say("accounts.done.add", name=name.strip()), secret=secret)


@router.post("/admin/accounts/{name}/grant")
def grant(
    request: Request,
    account: Changer,
    name: str,
    role: Text = "",
    department: Text = "",
    posts: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Role, department and posts."""
    if role not in get_args(Role):
        return _accounts(request, problem=say("accounts.role.none"), field=f"role-{name}")
    if (role == "officer") != bool(department.strip()):
        return _accounts(
            request, problem=say("accounts.department.wrong"), field=f"department-{name}"
        )
    if (role == "clerk") != bool(posts):
        return _accounts(request, problem=say("accounts.posts.wrong"), field=f"posts-{name}")
    try:
        given = department.strip() or None
        _staff(request).grant(account, name, cast(Role, role), given, posts or [])
    except (BadInput, Refused) as error:
        return _accounts(request, problem=error.message, field=f"role-{name}")
    return RedirectResponse("/admin/accounts?done=grant", 303)


@router.post("/admin/accounts/{name}/disable")
def disable(request: Request, account: Changer, name: str) -> Response:
    """Out at once."""
    try:
        _staff(request).disable(account, name)
    except (BadInput, Refused) as error:
        return _accounts(request, problem=error.message)
    return RedirectResponse("/admin/accounts?done=disable", 303)


@router.post("/admin/accounts/{name}/password")
def new_password(request: Request, account: Changer, name: str) -> Response:
    """A new first password, shown once."""
    try:
        secret = _staff(request).new_password(account, name)
    except (BadInput, Refused) as error:
        return _accounts(request, problem=error.message)
    return _accounts(request, done=say("accounts.done.password", name=name), secret=secret)


@router.post("/admin/accounts/{name}/factor")
def drop_factor(request: Request, account: Changer, name: str) -> Response:
    """Take the second factor away."""
    try:
        _staff(request).drop_factor(account, name)
    except (BadInput, Refused) as error:
        return _accounts(request, problem=error.message)
    return RedirectResponse("/admin/accounts?done=factor", 303)


@router.get("/admin/signins")
def signins(request: Request, _: Auditor, who: str = "", before: Before = None) -> Response:
    """Sign-ins and changes of accounts, the newest first."""
    rows = _staff(request).deeds(who.strip() or None, before, SHOWN + 1)
    more = rows[SHOWN - 1].seq if len(rows) > SHOWN else None
    return page(request, "signins.html", rows=rows[:SHOWN], more=more, who=who, before=before)


@router.get("/account/password")
def password_page(request: Request, _: Anyone) -> Response:
    """One's own password."""
    return page(request, "password.html", problem="")


@router.post("/account/password")
def password(request: Request, account: Own, old: Text = "", new: Text = "") -> Response:
    """Change it; every session is over, and one signs in anew. A wrong old one is a failed sign-in:
    who sits down at another's screen must not be able to try."""
    signing, address = portal_of(request).platform.signing, client(request)
    wait = signing.wait(account.name, address)
    if wait is not None:
        return page(request, "password.html", 429, problem=wait_words(wait))
    try:
        _staff(request).change_password(account, old, new)
    except (BadInput, Refused) as error:
        if error.facts.get("reason") == "old_password":
            signing.failed(account.name, address)
        return page(request, "password.html", 400, problem=error.message)
    gone = RedirectResponse("/login?changed=1", 303)
    gone.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return gone
