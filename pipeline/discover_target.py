"""What is to be looked at, out of what a person typed: an address, or the name of a secret."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from connectors.discovery import AUTH_WORDS, Target, auth_of
from kernel.errors import BadInput
from kernel.secrets import Secrets
from registry.parts import CAPITALS, CODE, PATTERNS

_WEB = ("http", "https")


def target_of(
    secrets: Secrets,
    urls: Sequence[str],
    secret: str | None,
    code: str | None = None,
    auth: str | None = None,
    paths: Sequence[str] = (),
) -> Target:
    """What to look at. Raises BadInput, PersonMustAct for a secret that is not there.

    Without an address the secret holds it, with its account; beside one it holds what opens it:
    a database's password, a gateway's token.
    """
    if secret is not None and not re.fullmatch(CAPITALS, secret):
        raise BadInput(f"--secret is {PATTERNS[CAPITALS]}, not a secret itself")
    if not urls and secret is None:
        raise BadInput("name what to look at: an address, or with --secret the secret that holds it")
    parted = [_parted(url, whole=auth in ("s3", "token")) for url in urls]
    base = parted[0][0] if parted else ""
    code = code or _code(base, secret)
    if not re.fullmatch(CODE, code):
        raise BadInput(f"the code {code} is not allowed: --code is {PATTERNS[CODE]}")
    if any(one[0] != base for one in parted):
        raise BadInput("several addresses are lists of one HTTP gateway: they differ in their end")
    if not urls and secret is not None:
        return Target(code, secrets.get(secret), auth_of(code, auth), tuple(paths))
    lists = tuple(path for _, path in parted if path) if not paths else tuple(paths)
    if paths and parted[0][1]:
        base += parted[0][1]
    if secret is None:
        return Target(code, base, auth_of(code, auth), lists)
    return _opened(code, base, lists, secret, auth, secrets)


def _opened(
    code: str,
    base: str,
    lists: tuple[str, ...],
    secret: str,
    auth: str | None,
    secrets: Secrets,
) -> Target:
    """An address and, in a secret, what opens it."""
    if urlsplit(base).scheme in _WEB:
        soap = urlsplit(base).query.lower() == "wsdl"
        kind = auth or ("token" if soap else "bearer")
        if list(AUTH_WORDS.get(kind, {})) != ["token"]:
            raise BadInput(
                f"--auth {kind} takes its secrets by the system's code, like "
                f"{code.upper()}_ID: leave --secret out"
            )
        return Target(code, base, {"kind": kind, "token": secret}, lists)
    try:
        whole = make_url(base).set(password=secrets.get(secret))
    except (ArgumentError, ValueError):
        raise BadInput(
            "beside this address no --secret is taken: it is no database and no gateway"
        ) from None
    return Target(code, whole.render_as_string(hide_password=False), None, lists)


def _parted(url: str, *, whole: bool) -> tuple[str, str]:
    """An address and, unless it is `whole`, the list at its end.

    Raises BadInput for one that holds a password.
    """
    try:
        parts = urlsplit(url)
        password, _ = parts.password, parts.port
    except ValueError:
        raise BadInput("the address cannot be read: look at its host and port") from None
    if password:
        raise BadInput(
            "the address holds a password, which would stay in the shell's history: put the whole "
            "address into a secret and name it with --secret"
        )
    if whole or parts.scheme not in _WEB or parts.query:
        return url, ""
    before, _, last = parts.path.rstrip("/").rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{before}", f"/{last}" if last else ""


def _code(base: str, secret: str | None) -> str:
    """A code for a system that has none: out of the secret's name, else the address's end."""
    if secret is not None:
        code = secret.rpartition("_")[0].lower()
        return code if "_" in code else f"new_{code}"
    parts = urlsplit(base)
    words = re.findall(r"[a-z0-9]+", (parts.path.strip("/") or parts.hostname or "").lower())
    last = words[-2] if words[1:] and words[-1] in ("db", "sqlite", "sqlite3") else "".join(words[-1:])
    return f"new_{last or 'system'}"
