"""Who may come where, in one place. Routes name an area; this says who that is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request

from kernel.errors import Refused
from portal.port import Account
from portal.render import NONCE_COOKIE, SESSION_COOKIE, portal_of
from portal.sessions import Session

AREAS: dict[str, frozenset[str]] = {
    "clerk": frozenset({"clerk"}),
    "dept": frozenset({"officer"}),
    "ops": frozenset({"ops"}),
    "bureau": frozenset({"bureau"}),
    "numbers": frozenset({"ops", "bureau"}),  # counts without rows, over the API
    "systems": frozenset({"ops", "bureau", "officer"}),
    "judging": frozenset({"officer", "bureau"}),
    "waivers": frozenset({"bureau", "officer"}),
    "papers": frozenset({"clerk", "officer"}),
    "rights": frozenset({"bureau", "secadmin"}),  # who may ask what: the bureau changes it
    "assign": frozenset({"clerk", "bureau"}),
    "accounts": frozenset({"sysadmin", "secadmin"}),
    "audit": frozenset({"auditor", "secadmin"}),
}
HOME = {
    "clerk": "/clerk", "officer": "/dept", "ops": "/ops", "bureau": "/bureau",
    "sysadmin": "/admin/accounts", "secadmin": "/admin/accounts", "auditor": "/admin/signins",
}  # fmt: skip
Guard = Callable[..., Account]


@dataclass(frozen=True)
class Visit:
    """A signed-in account and the session it came with."""

    account: Account
    session: Session


class SignInNeeded(Exception):
    """Nobody is signed in. Pages lead to the sign-in, the API answers 401."""


class PasswordNeeded(Exception):
    """A first password, to be changed before anything else."""


class StaleForm(Exception):
    """A form without its token: another session's, another site's, or too old."""


def visitor(request: Request) -> Visit | None:
    """Who comes by cookie, or None. An account that is gone or disabled is nobody."""
    return _visit(request, request.cookies.get(SESSION_COOKIE))


def _visit(request: Request, text: str | None) -> Visit | None:
    portal = portal_of(request)
    session = portal.sessions.read(text)
    if session is None:
        return None
    account = portal.platform.signing.visitor(session.name, session.id, session.begun)
    if account is None:
        return None
    request.state.visit = Visit(account, session)
    request.state.renewed = portal.sessions.renewed(session)
    return Visit(account, session)


def bearer(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def check_form(request: Request, visit: Visit | None, token: str) -> None:
    """Raises StaleForm unless the token is that of the session, or of the visitor's nonce."""
    bound_to = visit.session.id if visit else request.cookies.get(NONCE_COOKIE, "")
    if not bound_to or not portal_of(request).sessions.form_token_is(token, bound_to):
        raise StaleForm


def _in_area(request: Request, visit: Visit | None, area: str) -> Account:
    if visit is None:
        raise SignInNeeded
    if visit.account.must_change:
        raise PasswordNeeded
    if visit.account.role not in AREAS[area]:
        route = str(getattr(request.scope.get("route"), "path", ""))
        portal_of(request).platform.refused_role(visit.account, route)
        raise Refused("this page is for another role", reason="role")
    return visit.account


def only(area: str) -> Guard:
    """A dependency for a page that shows: the account, if its role belongs in the area."""

    def guard(request: Request) -> Account:
        return _in_area(request, visitor(request), area)

    return guard


def only_signed_in(request: Request) -> Account:
    """A dependency for a page of everybody who is signed in."""
    visit = visitor(request)
    if visit is None:
        raise SignInNeeded
    return visit.account


def only_own_form(request: Request, form_token: Annotated[str, Form()] = "") -> Account:
    """The same for a form that changes what is one's own."""
    visit = visitor(request)
    if visit is None:
        raise SignInNeeded
    check_form(request, visit, form_token)
    return visit.account


def only_form(area: str) -> Guard:
    """The same for a form that does something: its token must be right too."""

    def guard(request: Request, form_token: Annotated[str, Form()] = "") -> Account:
        visit = visitor(request)
        account = _in_area(request, visit, area)
        check_form(request, visit, form_token or request.headers.get("x-form-token", ""))
        return account

    return guard


def only_api(area: str) -> Guard:
    """The same for the API: a bearer token, or the cookie (with the form token to change)."""

    def guard(request: Request) -> Account:
        token = bearer(request)
        visit = _visit(request, token) if token else visitor(request)
        account = _in_area(request, visit, area)
        if not token and request.method not in ("GET", "HEAD"):
            check_form(request, visit, request.headers.get("x-form-token", ""))
        return account

    return guard
