"""Signing in by an OpenID Connect provider: authorisation code with PKCE, state and nonce.

The provider's metadata and keys are kept for an hour; a key that is not known is asked for anew,
at most once a minute. Every call is bounded in time and size and follows no redirect.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import jwt
import requests

from kernel.errors import NotAuthorised, Refused, RetryLater
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline.on_record import act
from registry import accounts, oidc, staff
from registry.accounts import Account
from registry.oidc import Provider

#: Signatures that are taken; never `none`, never one with a shared key.
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
KEPT: Final = timedelta(hours=1)
AGAIN: Final = timedelta(minutes=1)
SECONDS: Final = (3, 5)
MOST: Final = 256 * 1024
SCOPE: Final = "openid profile"
SKEW: Final = 60  # seconds


@dataclass(frozen=True)
class Begun:
    """A sign-in that was sent to the provider. `address`: where to; the rest is the browser's."""

    address: str
    state: str
    nonce: str
    verifier: str


class SignInElsewhere:
    """Over one installation."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._known: tuple[datetime, Mapping[str, Any], Mapping[str, jwt.PyJWK]] | None = None

    def offered(self) -> bool:
        """Whether there is a provider."""
        return oidc.load(self.house.settings.home) is not None

    def begin(self) -> Begun:
        """Where to send the browser. Raises NotAuthorised where there is no provider."""
        provider = self._provider()
        metadata, _ = self._metadata(provider)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": provider.client, "redirect_uri": self._back(),
            "scope": SCOPE, "state": state, "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return Begun(
            f"{metadata['authorization_endpoint']}?{urlencode(asked)}", state, nonce, verifier
        )

    def finish(self, code: str, nonce: str, verifier: str) -> Account:
        """The account of who came back with a code. Raises NotAuthorised, Refused (on record),
        BadInput where a claim does not fit, RetryLater when the provider is away."""
        provider = self._provider()
        metadata, _ = self._metadata(provider)
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._back(),
            "code_verifier": verifier,
        }  # fmt: skip
        secret = self.house.secrets.get(oidc.SECRET)
        answer = self._call("POST", metadata["token_endpoint"], sent, (provider.client, secret))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _bad("it gave no token")
        return self._account(oidc.claimed(provider, self._claims(provider, token, nonce)))

    def leave(self) -> str | None:
        """Where the browser ends the provider's session too (RP-Initiated Logout 1.0); None where
        there is no provider, it has no such place, or it is away: one is signed out here anyway."""
        try:
            provider = self._provider()
            metadata, _ = self._metadata(provider)
        except (NotAuthorised, RetryLater):
            return None
        place = str(metadata.get("end_session_endpoint", ""))
        if not place:
            return None
        oidc.check_url(place)
        back = f"{self.house.settings.portal_url.rstrip('/')}/login"
        asked = {"client_id": provider.client, "post_logout_redirect_uri": back}
        return f"{place}?{urlencode(asked)}"

    def _account(self, said: oidc.Claimed) -> Account:
        def work(conn: Any) -> Account:
            now = self.house.clock()
            staff.from_elsewhere(conn, said, now)
            found = accounts.account(conn, said.name)
            if found is None:
                raise Refused("这个账号在本平台已停用。", reason="disabled")
            log.append(conn, event(now, "account.signed_in", found.name, mode="oidc"))
            return found

        return act(self.house, "oidc", "account.refused", work)

    def _claims(self, provider: Provider, token: str, nonce: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(provider, str(header.get("kid", "")))
            found: Mapping[str, Any] = jwt.decode(
                token, key.key, algorithms=ALGORITHMS, audience=provider.client,
                issuer=provider.issuer, leeway=SKEW,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            why = type(error).__name__
            raise NotAuthorised(
                f"the identity provider's token is not good: {why}", reason="oidc"
            ) from None
        if not secrets.compare_digest(str(found.get("nonce", "")).encode(), nonce.encode()):
            raise NotAuthorised(
                "the identity provider's token is of another sign-in", reason="oidc"
            )
        return found

    def _key(self, provider: Provider, kid: str) -> jwt.PyJWK:
        _, keys = self._metadata(provider)
        if kid not in keys and self._known and self.house.clock() - self._known[0] >= AGAIN:
            self._known = None
            _, keys = self._metadata(provider)
        if kid not in keys:
            raise NotAuthorised(
                "the identity provider's token is under no key of its", reason="oidc"
            )
        return keys[kid]

    def _metadata(self, provider: Provider) -> tuple[Mapping[str, Any], Mapping[str, jwt.PyJWK]]:
        now = self.house.clock()
        if self._known is not None and now - self._known[0] < KEPT:
            return self._known[1], self._known[2]
        found = self._call("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != provider.issuer:
            raise _bad("it names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            oidc.check_url(str(found.get(name, "")))
        keys = {
            one["kid"]: jwt.PyJWK(one)
            for one in self._call("GET", found["jwks_uri"]).get("keys", [])
            if isinstance(one, dict) and one.get("kid") and one.get("use", "sig") == "sig"
        }
        self._known = (now, found, keys)
        return found, keys

    def _provider(self) -> Provider:
        found = oidc.load(self.house.settings.home)
        if found is None:
            raise _bad("there is none here")
        return found

    def _back(self) -> str:
        return f"{self.house.settings.portal_url.rstrip('/')}/login/oidc/back"

    def _call(
        self,
        method: str,
        url: str,
        sent: Mapping[str, str] | None = None,
        who: tuple[str, str] | None = None,
    ) -> dict[str, Any]:
        """A JSON object. Raises RetryLater, or NotAuthorised when a sign-in is refused there."""
        try:
            with requests.request(
                method,
                url,
                data=sent,
                auth=who,
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:  # fmt: skip
                body = answer.raw.read(MOST + 1, decode_content=True)
                status = answer.status_code
        except (requests.RequestException, OSError) as error:
            why = type(error).__name__
            raise RetryLater(f"the identity provider does not answer: {why}") from None
        if status in (400, 401):
            raise _bad("it refused this sign-in")
        try:
            found = json.loads(body) if status == 200 and len(body) <= MOST else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise RetryLater(f"the identity provider answered {status} and no JSON object")
        return found


def _bad(what: str) -> NotAuthorised:
    return NotAuthorised(f"signing in at the identity provider failed: {what}", reason="oidc")
