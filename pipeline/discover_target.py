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
    what: Sequence[str],
    secret: str | None,
    code: str | None = None,
    auth: str | None = None,
) -> Target:
    """What to look at. Raises BadInput, PersonMustAct for a secret that is not there.

    `what`: an address and then lists or tables of it; without an address the secret holds it, with
    its account. Beside one it holds what opens it: a database's password, a gateway's token.
    """
    if secret is not None and not re.fullmatch(CAPITALS, secret):
        raise BadInput(f"--secret is {PATTERNS[CAPITALS]}, not a secret itself")
    if not what and secret is None:
        raise BadInput("name an address to look at, or with --secret the secret that holds it")
    if secret is not None and "://" not in "".join(what[:1]):
        code = _allowed(code or _code("", secret))
        return Target(code, secrets.get(secret), auth_of(code, auth), tuple(what))
    base, lists = _address(what, whole=auth in ("s3", "token"))
    code = _allowed(code or _code(base, secret))
    if secret is None:
        return Target(code, base, auth_of(code, auth), lists)
    return _opened(Target(code, base, None, lists), secret, auth, secrets)


def _allowed(code: str) -> str:
    if not re.fullmatch(CODE, code):
        raise BadInput(f"the code {code} is not allowed: --code is {PATTERNS[CODE]}")
    return code


def _address(what: Sequence[str], *, whole: bool) -> tuple[str, tuple[str, ...]]:
    """The address, and the lists that are named. Of an http address its end is a list, unless

    lists stand behind it, or it is `whole`.
    """
    first, rest = what[0], what[1:]
    named = [one for one in rest if "://" not in one]
    base, end = _parted(first, whole=whole or bool(named))
    others = [_parted(one, whole=False) for one in rest if "://" in one]
    if any(one[0] != base for one in others):
        raise BadInput("several addresses must be lists of one gateway, which differ in their end")
    return base, tuple(one for one in (end, *(one[1] for one in others), *named) if one)


def by_secret(secrets: Secrets, name: str, auth: str | None, paths: Sequence[str]) -> Target:
    """What to look at over the API: only an address that a system's secret holds.

    So nobody can have the platform call an address of their own, nor use one system's
    credentials at another's. Raises BadInput, PersonMustAct for a secret that is not there.
    """
    if not name.endswith("_URL") or "_" not in name.removesuffix("_URL"):
        raise BadInput("secret must name a system's address: its code in capitals and _URL")
    return target_of(secrets, paths, name, None, auth)


def _opened(bare: Target, secret: str, auth: str | None, secrets: Secrets) -> Target:
    """An address and, in a secret, what opens it."""
    code, base, lists = bare.code, bare.address, bare.paths
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
    named = [word for word in words if word not in ("db", "sqlite", "sqlite3")]
    return f"new_{named[-1] if named else 'system'}"
