"""The city's identity provider: where it is, which of its claims mean what (`oidc.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import urlsplit

from kernel.errors import BadInput, NotAuthorised
from registry.accounts import Role

FILE: Final = "oidc.json"
#: Name of the secret with the client's secret.
SECRET: Final = "OIDC_SECRET"  # noqa: S105  # a name
TEXTS: Final = ("issuer", "client", "name", "display", "person", "role", "department", "posts")
LONGEST: Final = 200


@dataclass(frozen=True)
class Provider:
    """`name` to `posts`: the claims that hold them. `roles`: a value of theirs -> ours."""

    issuer: str
    client: str
    name: str
    display: str
    person: str
    role: str
    department: str
    posts: str
    roles: Mapping[str, Role]


@dataclass(frozen=True)
class Claimed:
    """Who the provider says has signed in. `subject`: the provider's own name for the person."""

    subject: str
    name: str
    display: str
    person: str
    role: Role
    department: str | None
    posts: tuple[str, ...]


def load(home: Path) -> Provider | None:
    """The provider; None where there is no file. Raises BadInput naming the key."""
    file = home / FILE
    if not file.is_file():
        return None
    try:
        said = json.loads(file.read_text("utf-8"))
    except ValueError:
        raise BadInput(f"{file} is not JSON") from None
    if not isinstance(said, dict) or set(said) != {*TEXTS, "roles"}:
        raise BadInput(f"{file} holds exactly {', '.join(TEXTS)}, roles")
    for name in TEXTS:
        if not isinstance(said[name], str) or not said[name]:
            raise BadInput(f"{file}: {name} must be a text")
    roles = said["roles"]
    given = set(get_args(Role)) - {"none"}
    if not isinstance(roles, dict) or not roles or not set(roles.values()) <= given:
        raise BadInput(f"{file}: roles maps their values to some of {', '.join(sorted(given))}")
    check_url(said["issuer"])
    return Provider(**{name: said[name] for name in TEXTS}, roles=roles)


def check_url(url: str) -> str:
    """The address. Raises BadInput unless it is https, or http on loopback."""
    parts = urlsplit(url)
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and here)):
        raise BadInput("an identity provider is called by https, or by http on loopback only")
    return url


def claimed(provider: Provider, claims: Mapping[str, Any]) -> Claimed:
    """What the claims of a checked token say. Raises NotAuthorised naming the claim, no value."""

    def text(claim: str) -> str:
        value = claims.get(claim)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable():
            raise NotAuthorised(f"the identity provider's claim {claim} is missing or no text")
        return value

    posts = claims.get(provider.posts) or []
    if not isinstance(posts, list) or not all(isinstance(one, str) for one in posts):
        raise NotAuthorised(f"the identity provider's claim {provider.posts} is no list of texts")
    has = claims.get(provider.role)
    found = [provider.roles[one] for one in (has if isinstance(has, list) else [has])
             if isinstance(one, str) and one in provider.roles]  # fmt: skip
    if len(found) != 1:
        raise NotAuthorised(
            f"the identity provider's claim {provider.role} must give exactly one role of ours"
        )
    department = claims.get(provider.department)
    officer = found[0] == "officer"
    return Claimed(
        f"{provider.issuer}#{text('sub')}", text(provider.name), text(provider.display),
        text(provider.person), found[0],
        department if officer and isinstance(department, str) else None,
        tuple(sorted(set(posts))) if found[0] == "clerk" else (),
    )  # fmt: skip
