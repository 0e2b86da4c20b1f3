"""Signing in at HTTP gateways: a kind's name in the YAML chooses how a request proves itself.

Signed kinds sign app id + time in ms + nonce, anew for every request. Nothing here logs.
"""

from __future__ import annotations

import base64
import secrets as random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from connectors.signatures import hmac_sha256, hmac_sm3, national_signature, sm2_signer
from kernel.clock import Clock
from kernel.errors import PersonMustAct
from kernel.secrets import Secrets
from registry.contract import Auth as AuthContract
from registry.contract import BasicAuth, IdSecretAuth, NationalAuth, TokenAuth

#: A token is renewed this long before it ends.
EARLY = timedelta(seconds=30)

#: Asks the gateway for an OAuth2 token with this form; gives its JSON answer.
AskToken = Callable[[Mapping[str, str]], Mapping[str, object]]


class Auth(Protocol):
    """What a request carries to prove who asks."""

    def headers(self) -> dict[str, str]:
        """Headers of one request; to be asked for again for each request."""

    def renew(self) -> bool:
        """After a 401: whether a new credential may help; the next headers carry it."""


class Signed:
    """`X-App-Id`, `X-Timestamp`, `X-Nonce`, `X-Signature`."""

    def __init__(self, app: str, sign: Callable[[bytes], str], clock: Clock) -> None:
        self.app, self.sign, self.clock = app, sign, clock

    def headers(self) -> dict[str, str]:
        """A fresh signature."""
        at, nonce = _milliseconds(self.clock), random.token_hex(16)
        return {
            "X-App-Id": self.app,
            "X-Timestamp": at,
            "X-Nonce": nonce,
            "X-Signature": self.sign(f"{self.app}{at}{nonce}".encode()),
        }

    def renew(self) -> bool:
        """The secret is fixed."""
        return False


class National:
    """The national exchange gateway: HMAC over service id + requester + time, base64."""

    def __init__(self, requester: str, secret: str, service: str, clock: Clock) -> None:
        self.requester, self.secret, self.service = requester, secret, service
        self.clock = clock

    def headers(self) -> dict[str, str]:
        """A fresh signature."""
        service, at = self.service, _milliseconds(self.clock)
        return {
            "gjgxjhpt_rid": self.requester,
            "gjgxjhpt_sid": service,
            "gjgxjhpt_rtime": at,
            "gjgxjhpt_sign": national_signature(self.secret, service, self.requester, at),
        }

    def renew(self) -> bool:
        """The secret is fixed."""
        return False


class Fixed:
    """The same headers each time."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.fixed = dict(headers)

    def headers(self) -> dict[str, str]:
        """The headers."""
        return dict(self.fixed)

    def renew(self) -> bool:
        """The token is fixed."""
        return False


class OAuth2:
    """Client credentials. The token is kept until shortly before its end.

    A refresh token that comes with it asks for the next one; when that is refused, the client's
    credentials ask again.
    """

    def __init__(self, client: str, secret: str, clock: Clock, ask: AskToken) -> None:
        self.form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret,
        }
        self.clock, self.ask = clock, ask
        self.token: str | None = None
        self.refresh: str | None = None
        self.ends = clock()

    def headers(self) -> dict[str, str]:
        """The bearer token, asked for when there is none or it ends."""
        if self.token is None or self.clock() >= self.ends:
            self._fetch()
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        """Forget the token: the next headers ask for a new one."""
        had = self.token is not None
        self.token = None
        return had

    def _fetch(self) -> None:
        answer = self._answer()
        token, seconds = answer.get("access_token"), answer.get("expires_in", "60")
        if not isinstance(token, str) or not str(seconds).isdigit():
            raise PersonMustAct("the OAuth2 token address gave no access_token: check the address")
        self.token = token
        refresh = answer.get("refresh_token")
        self.refresh = refresh if isinstance(refresh, str) and refresh else None
        self.ends = self.clock() + max(timedelta(seconds=int(str(seconds))) - EARLY, EARLY)

    def _answer(self) -> Mapping[str, object]:
        refresh, self.refresh = self.refresh, None
        if refresh is None:
            return self.ask(self.form)
        form = self.form | {"grant_type": "refresh_token", "refresh_token": refresh}
        try:
            return self.ask(form)
        except PersonMustAct:
            # Refused or unknown: a refresh token ends without notice, our credentials do not.
            return self.ask(self.form)


def make_auth(contract: AuthContract, secrets: Secrets, clock: Clock, ask: AskToken) -> Auth:
    """The way of signing in that a YAML names. Raises PersonMustAct on a missing secret."""
    match contract:
        case IdSecretAuth():
            return _of_secret(contract.kind, secrets, contract, clock, ask)
        case NationalAuth():
            requester, secret = secrets.get(contract.id), secrets.get(contract.secret)
            return National(requester, secret, contract.service, clock)
        case TokenAuth(kind="bearer"):
            return Fixed({"Authorization": f"Bearer {secrets.get(contract.token)}"})
        case TokenAuth(kind="api_key"):
            return Fixed({"X-API-Key": secrets.get(contract.token)})
        case BasicAuth():
            pair = f"{secrets.get(contract.user)}:{secrets.get(contract.password)}"
            return Fixed({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
    raise PersonMustAct(f"auth kind {contract.kind} does not sign HTTP requests: change the YAML")


def _of_secret(
    kind: str, secrets: Secrets, contract: IdSecretAuth, clock: Clock, ask: AskToken
) -> Auth:
    app, secret = secrets.get(contract.id), secrets.get(contract.secret)
    match kind:
        case "hmac_sha256":
            return Signed(app, lambda text: hmac_sha256(secret, text), clock)
        case "sm3":
            return Signed(app, lambda text: hmac_sm3(secret, text), clock)
        case "sm2":
            return Signed(app, sm2_signer(contract.secret, secret), clock)
        case "oauth2":
            return OAuth2(app, secret, clock, ask)
    raise PersonMustAct(f"auth kind {kind} is not known: change the YAML")


def _milliseconds(clock: Clock) -> str:
    return str(int(clock().timestamp() * 1000))
