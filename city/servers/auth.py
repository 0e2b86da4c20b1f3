"""How a system knows its caller: one gate a kind, each raises Answer 401 (or 403)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import parse_qs

import gmalg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from starlette.responses import Response

from city.servers.call import Call, answer_json
from city.servers.credentials import Account
from city.servers.errors import Answer

SKEW_SECONDS = 300
TOKEN_SECONDS = 300
REFRESH_SECONDS = 24 * 3600
SM2_UID = b"1234567812345678"

Gate = Callable[[Call], None]


def same(given: str | None, wanted: str) -> bool:
    """Whether two texts agree, in a time that tells nothing."""
    return given is not None and hmac.compare_digest(given.encode(), wanted.encode())


class Nonces:
    """Which nonces were used within twice the allowed skew."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def use(self, nonce: str) -> bool:
        """Whether it was not used before; it is now."""
        now = time.monotonic()
        with self._lock:
            for old, at in list(self._used.items()):  # in the order of use: the oldest first
                if now - at < 2 * SKEW_SECONDS:
                    break
                del self._used[old]
            if nonce in self._used:
                return False
            self._used[nonce] = now
            return True


def _check_time(text: str | None) -> None:
    if text is None or not (text.isascii() and text.isdigit()):
        raise Answer(401, "the timestamp is missing or not in milliseconds")
    if abs(time.time() - int(text) / 1000) > SKEW_SECONDS:
        raise Answer(401, "the timestamp is more than 5 minutes off")


def hmac_sha256(account: Account) -> Callable[[bytes, str], bool]:
    """Checks the hex HMAC-SHA256 of a text."""
    key = account["secret"].encode()

    def good(text: bytes, signature: str) -> bool:
        return same(signature, hmac.digest(key, text, "sha256").hex())

    return good


def hmac_sm3(account: Account) -> Callable[[bytes, str], bool]:
    """Checks the hex HMAC-SM3 of a text."""
    key = account["secret"].encode()

    def good(text: bytes, signature: str) -> bool:
        mac = HMAC(key, hashes.SM3())
        mac.update(text)
        return same(signature, mac.finalize().hex())

    return good


def sm2(account: Account) -> Callable[[bytes, str], bool]:
    """Checks the hex r‖s of an SM2 signature (SM3, the usual uid) by the account's key."""
    public = gmalg.SM2().generate_pk(bytes.fromhex(account["secret"]))

    def good(text: bytes, signature: str) -> bool:
        try:
            raw = bytes.fromhex(signature)
        except ValueError:
            return False
        if len(raw) != 64:
            return False
        return bool(gmalg.SM2(uid=SM2_UID, pk=public).verify(text, raw[:32], raw[32:]))

    return good


def signed(account: Account, good: Callable[[bytes, str], bool]) -> Gate:
    """`X-App-Id`, `X-Timestamp`, `X-Nonce`, `X-Signature` over their three."""
    nonces = Nonces()

    def gate(call: Call) -> None:
        given = call.headers
        if not same(given.get("x-app-id"), account["id"]):
            raise Answer(401, "X-App-Id is missing or unknown")
        _check_time(given.get("x-timestamp"))
        nonce = given.get("x-nonce", "")
        if len(nonce) != 32 or not set(nonce.lower()) <= set("0123456789abcdef"):
            raise Answer(401, "X-Nonce must be 32 hexadecimal digits")
        text = account["id"] + given["x-timestamp"] + nonce
        if not good(text.encode(), given.get("x-signature", "").lower()):
            raise Answer(401, "X-Signature does not fit")
        if not nonces.use(nonce):
            raise Answer(401, "X-Nonce was used before")

    return gate


def national(account: Account) -> Gate:
    """The national exchange's `gjgxjhpt_*` headers; `service` is the id of the service asked."""

    def gate(call: Call) -> None:
        given = call.headers
        rid, sid = account["id"], account["service"]
        if not same(given.get("gjgxjhpt_rid"), rid) or not same(given.get("gjgxjhpt_sid"), sid):
            raise Answer(401, "gjgxjhpt_rid or gjgxjhpt_sid is missing or unknown")
        _check_time(given.get("gjgxjhpt_rtime"))
        text = (sid + rid + given["gjgxjhpt_rtime"]).encode()
        wanted = base64.b64encode(hmac.digest(account["secret"].encode(), text, hashlib.sha256))
        if not same(given.get("gjgxjhpt_sign"), wanted.decode()):
            raise Answer(401, "gjgxjhpt_sign does not fit")

    return gate


def bearer(account: Account) -> Gate:
    """`Authorization: Bearer TOKEN`."""

    def gate(call: Call) -> None:
        if not same(call.headers.get("authorization"), f"Bearer {account['token']}"):
            raise Answer(401, "the bearer token is missing or unknown")

    return gate


def _near(call: Call) -> bool:
    """Whether it comes from where it was called: loopback, or an inner network."""
    served, caller = call.request.scope["server"][0], ip_address(call.host)
    return caller.is_loopback if ip_address(served).is_loopback else caller.is_private


def api_key(account: Account) -> Gate:
    """`X-API-Key`, and a caller on the allow-list: loopback, or where the city is served on an
    address of its own, any private address."""

    def gate(call: Call) -> None:
        if not _near(call):
            raise Answer(403, "this address is not on the allow-list")
        if not same(call.headers.get("x-api-key"), account["token"]):
            raise Answer(401, "X-API-Key is missing or unknown")

    return gate


def basic(account: Account) -> Gate:
    """`Authorization: Basic …`."""
    pair = f"{account['user']}:{account['password']}".encode()
    wanted = "Basic " + base64.b64encode(pair).decode()

    def gate(call: Call) -> None:
        if not same(call.headers.get("authorization"), wanted):
            raise Answer(401, "user or password is wrong", headers={"WWW-Authenticate": "Basic"})

    return gate


class OAuth2:
    """Client credentials for tokens of 300 seconds, each with a refresh token that works once."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._tokens: dict[str, float] = {}
        self._refresh: dict[str, float] = {}

    def give(self, call: Call) -> Response:
        """`POST /oauth/token`: a new token, for the credentials and, where given, a refresh."""
        form = {name: values[0] for name, values in parse_qs(call.body.decode("latin-1")).items()}
        if form.get("grant_type") not in ("client_credentials", "refresh_token"):
            return answer_json({"error": "unsupported_grant_type"}, 400)
        known = same(form.get("client_id"), self._account["id"])
        if not (known and same(form.get("client_secret"), self._account["secret"])):
            return answer_json({"code": 401, "message": "invalid_client"}, 401)
        if form["grant_type"] == "refresh_token" and not self._renews(form.get("refresh_token")):
            return answer_json({"error": "invalid_grant"}, 400)
        body = {
            "access_token": _lasting(self._tokens, TOKEN_SECONDS),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "refresh_token": _lasting(self._refresh, REFRESH_SECONDS),
        }
        return answer_json(body)

    def _renews(self, token: str | None) -> bool:
        return self._refresh.pop(token or "", 0.0) > time.monotonic()

    def __call__(self, call: Call) -> None:
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or self._tokens.get(token, 0.0) < time.monotonic():
            raise Answer(401, "the access token is missing, unknown or expired")

    def expire(self) -> None:
        """Every access token given so far ends; what refreshes them does not."""
        self._tokens = {}


def _lasting(kept: dict[str, float], seconds: int) -> str:
    """A new token, kept so long; those that have ended are forgotten."""
    now = time.monotonic()
    for old, end in list(kept.items()):  # calls come at the same time
        if end <= now:
            kept.pop(old, None)
    token = secrets.token_urlsafe(32)
    kept[token] = now + seconds
    return token


GATES: dict[str, Callable[[Account], Gate]] = {
    "hmac_sha256": lambda account: signed(account, hmac_sha256(account)),
    "sm3": lambda account: signed(account, hmac_sm3(account)),
    "sm2": lambda account: signed(account, sm2(account)),
    "national": national,
    "bearer": bearer,
    "api_key": api_key,
    "basic": basic,
    "oauth2": OAuth2,
}
