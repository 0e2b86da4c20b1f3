"""Licences for wallets: the app's signed calls, and OpenID4VCI's endpoints that wallets ask.

The wallets' endpoints answer in the standard's words, not in ours, and are described by their own
metadata, so they stand outside `/api/v1` and its description.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, Response

from portal.api import CASES, PROBLEMS, raw_body
from portal.port_wallets import GRANT, Asked, Error, Offered, WalletsPort, Wrong
from portal.problems import answer
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CASES])
wallets = APIRouter(include_in_schema=False)
Body = Annotated[bytes, Depends(raw_body)]
Text = Annotated[str, Form()]
LIST = "application/statuslist+jwt"
NUMBER = 9  # digits of a list's number, at most


def _of(request: Request) -> WalletsPort:
    return portal_of(request).platform.wallets


@router.post("/window/offers", summary=say("api.window.offers"))
def offer(request: Request, body: Body) -> Offered:
    """Signed by the city's app: the holder has chosen one for their wallet."""
    return _of(request).offer(request.headers, body)


@wallets.get("/.well-known/openid-credential-issuer")
def issuer(request: Request) -> dict[str, Any]:
    """The credential issuer's metadata."""
    return _of(request).issuer()


@wallets.get("/.well-known/oauth-authorization-server")
def server(request: Request) -> dict[str, Any]:
    """The authorisation server's metadata."""
    return _of(request).server()


@wallets.post("/wallet/token")
def token(
    request: Request,
    grant_type: Text = "",
    code: Annotated[str, Form(alias="pre-authorized_code")] = "",
    tx_code: Text = "",
) -> Response:
    """An access token for an offer's code and the number that the app shows."""
    if grant_type != GRANT:
        return wrong(Wrong("unsupported_grant_type", f"the grant type is {GRANT}"))
    if not code or not tx_code:
        return wrong(Wrong("invalid_request", "pre-authorized_code and tx_code are needed"))
    made = _of(request).taken(code, tx_code, request.headers.getlist("dpop"))
    if isinstance(made, Wrong):
        return wrong(made)
    kind = "DPoP" if made.bound else "Bearer"
    said = {"access_token": made.token, "token_type": kind, "expires_in": made.seconds}
    return JSONResponse(said)


@wallets.post("/wallet/nonce")
def nonce(request: Request) -> dict[str, str]:
    """What a wallet signs to prove its key."""
    return {"c_nonce": _of(request).nonce()}


@wallets.post("/wallet/credential")
def credential(request: Request, body: Body) -> Response:
    """The credential, bound to the key that the wallet proves."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    asked = read(body, token.strip() if scheme.lower() in ("bearer", "dpop") else "")
    proofs = request.headers.getlist("dpop") if scheme.lower() == "dpop" else None
    made = asked if isinstance(asked, Wrong) else _of(request).issue(asked, proofs)
    if isinstance(made, Wrong):
        return wrong(made, UNPROVED)
    return JSONResponse({"credentials": [{"credential": made}]})


@wallets.get("/wallet/statuses/{number}")
def statuses(request: Request, number: str) -> Response:
    """A signed list of what became of credentials."""
    plain = number.isascii() and number.isdigit() and len(number) <= NUMBER
    found = _of(request).statuses(int(number)) if plain else None
    return answer(request, 404, "not_found") if found is None else Response(found, media_type=LIST)


def read(body: bytes, token: str) -> Asked | Wrong:
    """A wallet's request; one proof of one key."""
    if not token:
        return Wrong("invalid_token", "the access token is missing")
    try:
        sent = json.loads(body)
        (proof,) = sent["proofs"]["jwt"]
        configuration = sent["credential_configuration_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        says = "credential_configuration_id and proofs with one jwt are needed"
        return Wrong("invalid_credential_request", says)
    if not isinstance(proof, str) or not isinstance(configuration, str):
        return Wrong("invalid_credential_request", "the identifier and the proof are text")
    return Asked(token, configuration, proof)


#: What is answered otherwise than with 400; where a token is shown, so is a proof (RFC 9449, 7.1).
STATUSES: dict[Error, int] = {"invalid_token": 401, "credential_request_denied": 403}
UNPROVED: dict[Error, int] = {"invalid_dpop_proof": 401}


def wrong(what: Wrong, more: dict[Error, int] | None = None) -> Response:
    """An error as RFC 6749, RFC 9449 and OpenID4VCI write it."""
    status = {**STATUSES, **(more or {})}.get(what.error, 400)
    dpop = f'DPoP error="{what.error}", algs="ES256"'
    ways = dpop if what.error == "invalid_dpop_proof" else f"Bearer, {dpop}"
    headers = {"WWW-Authenticate": ways} if status == 401 else {}
    said = {"error": what.error, "error_description": what.says}
    return JSONResponse(said, status, headers)
