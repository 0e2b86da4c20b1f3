"""The second step of signing in: the code of an authenticator app, and how the app is bound."""

from __future__ import annotations

import base64
import io
from typing import Annotated
from urllib.parse import quote

import qrcode
from fastapi import APIRouter, Form, Request
from qrcode.image.svg import SvgPathImage
from starlette.responses import RedirectResponse, Response

from kernel import totp
from portal.entering import CAME, client, set_session, way_back
from portal.guards import HOME, check_form
from portal.port import Account
from portal.render import page, portal_of
from portal.sessions import HALF, Session
from portal.words import say
from registry.accounts import Factor

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
HALF_COOKIE = "zhongtai_half"
ISSUER = "政务数据中台"


def enter(request: Request, account: Account, back: str) -> Response:
    """Signed in: on to where the person wanted to be; what failed before is forgotten."""
    portal = portal_of(request)
    portal.platform.signing.succeeded(account.name, client(request))
    _, text = portal.sessions.begin(account.name, idles=True)
    gone = RedirectResponse(back or HOME[account.role], 303)
    set_session(request, gone, text)
    gone.delete_cookie(CAME, path="/logout", httponly=True, samesite="strict")
    gone.delete_cookie(HALF_COOKIE, httponly=True, samesite="strict")
    return gone


def ask(request: Request, account: Account, factor: Factor, back: str) -> Response:
    """The password was right: ask for the code, or have an app bound."""
    portal = portal_of(request)
    _, text = portal.sessions.half(account.name)
    place = "/login/code" if factor == "asked" else "/login/bind"
    gone = RedirectResponse(f"{place}?next={quote(back)}" if back else place, 303)
    gone.set_cookie(
        HALF_COOKIE, text, max_age=int(HALF.total_seconds()), httponly=True, samesite="strict",
        secure=portal.secure,
    )  # fmt: skip
    return gone


def _half(request: Request) -> tuple[Session, Account, Factor] | None:
    """Who stands between the two steps, and what is asked of them."""
    portal = portal_of(request)
    half = portal.sessions.read_half(request.cookies.get(HALF_COOKIE))
    account = portal.platform.account(half.name) if half else None
    if half is None or account is None:
        return None
    return half, account, portal.platform.signing.factor(account)


@router.get("/login/code")
def code_page(request: Request, next: str = "") -> Response:  # noqa: A002
    """The code."""
    found = _half(request)
    if found is None or found[2] != "asked":
        return RedirectResponse("/login", 303)
    return page(request, "code.html", back=next, problem="")


@router.post("/login/code")
def code(request: Request, said: Text = "", back: Text = "", form_token: Text = "") -> Response:
    """Sign in by the code."""
    check_form(request, None, form_token)
    found = _half(request)
    if found is None or found[2] != "asked":
        return RedirectResponse("/login", 303)
    _, account, _ = found
    signing, address = portal_of(request).platform.signing, client(request)
    if signing.wait(account.name, address) is not None:
        return page(request, "code.html", 429, back=back, problem=say("login.factor.wait"))
    if not signing.check_factor(account.name, said):
        signing.failed(account.name, address)
        return page(request, "code.html", 401, back=back, problem=say("login.factor.wrong"))
    return enter(request, account, way_back(back))


@router.get("/login/bind")
def bind_page(request: Request, next: str = "") -> Response:  # noqa: A002
    """How to bind an app."""
    return _bind(request, next)


def _bind(request: Request, back: str, problem: str = "") -> Response:
    found = _half(request)
    if found is None or found[2] != "to_set":
        return RedirectResponse("/login", 303)
    half, account, _ = found
    secret = portal_of(request).platform.signing.offered(account.name, half.id)
    picture = _picture(totp.uri(secret, account.name, ISSUER))
    facts = {"picture": picture, "typed": totp.shown(secret), "back": back, "problem": problem}
    return page(request, "bind.html", 401 if problem else 200, **facts)


@router.post("/login/bind")
def bind(request: Request, said: Text = "", back: Text = "", form_token: Text = "") -> Response:
    """Bind the app that shows the right code, and sign in."""
    check_form(request, None, form_token)
    found = _half(request)
    if found is None or found[2] != "to_set":
        return RedirectResponse("/login", 303)
    half, account, _ = found
    if not portal_of(request).platform.signing.set_factor(account.name, half.id, said):
        return _bind(request, back, say("login.factor.wrong"))
    return enter(request, account, way_back(back))


def _picture(text: str) -> str:
    """A QR code as a data URI."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=2)
    made.add_data(text)
    out = io.BytesIO()
    made.make_image(image_factory=SvgPathImage).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
