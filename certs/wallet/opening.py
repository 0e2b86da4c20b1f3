"""Verify an SD-JWT VC of ours, as a holder shows it: signature, disclosures, key binding, days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from certs.wallet import jws
from certs.wallet.credential import DIGEST, TYPE, digest_of
from kernel.signers.public import PublicKey
from kernel.signers.ring import KnownKey

BOUND: Final = "kb+jwt"
#: A binding made longer ago, or so far ahead, is no answer to a question of now.
FRESH: Final = timedelta(minutes=5)
RESERVED: Final = frozenset({"_sd", "..."})


class Unreadable(ValueError):
    """Not an SD-JWT VC in our form."""


class Stranger(ValueError):
    """Signed by nobody whom we know."""


class Changed(ValueError):
    """Signed by us, and something in it is not what was signed."""


@dataclass(frozen=True)
class Asked:
    """What a verifier asked for: the holder's binding must say the same."""

    nonce: str
    audience: str


@dataclass(frozen=True)
class Opened:
    """What is shown. `bound`: the holder's key signed this presentation; `place`: of the credential
    in a status list (its address, the number in it), None where it names none."""

    fields: dict[str, Any]
    standing: str
    issued: datetime
    ends: datetime
    bound: bool
    place: tuple[str, int] | None


def verify(
    text: str, keys: Iterable[KnownKey], now: datetime, asked: Asked | None = None
) -> Opened:
    """What the presentation says. Raises Unreadable, Stranger, Changed; the days are the caller's
    to judge. `asked`: then the holder's binding must be there and answer it."""
    try:
        signed, *disclosures, binding = text.strip().split("~")
        header, payload = jws.read(signed)
        if header.get("typ") != TYPE or payload.get("_sd_alg", DIGEST) != DIGEST:
            raise Unreadable("another type")
        days = [datetime.fromtimestamp(int(payload[name]), UTC) for name in ("iat", "exp")]
        digests, standing = payload["_sd"], str(payload["standing"])
        place = _place(payload.get("status"))
        shown = [jws.strict(jws.decode(one)) for one in disclosures]
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        raise Unreadable("not an SD-JWT VC in our form") from None
    if not _known(signed, header, keys, days[0]):
        raise Stranger("signed by nobody whom we know")
    fields = _fields(payload, digests, disclosures, shown)
    bound = _bound(text.strip(), binding, payload, now, asked)
    return Opened(fields, standing, days[0], days[1], bound, place)


def _place(said: Any) -> tuple[str, int] | None:
    """Where the state can be looked up. Raises KeyError, TypeError or ValueError on nonsense."""
    if said is None:
        return None
    listed = said["status_list"]
    return str(listed["uri"]), int(listed["idx"])


def _known(signed: str, header: dict[str, Any], keys: Iterable[KnownKey], issued: datetime) -> bool:
    return any(
        header.get("kid") == one.public.key_id
        and one.signed(issued)
        and jws.signed_by(signed, one.public)
        for one in keys
    )


def _fields(
    payload: dict[str, Any], digests: Any, disclosures: Sequence[str], shown: Sequence[Any]
) -> dict[str, Any]:
    """The disclosed fields. Each must be one that was signed, once."""
    fields: dict[str, Any] = {}
    for text, one in zip(disclosures, shown, strict=True):
        if not isinstance(one, list) or len(one) != 3 or not isinstance(one[1], str):
            raise Changed("a disclosure is a salt, a name and a value")
        _, name, value = one
        if digest_of(text) not in digests:
            raise Changed("a disclosure was not signed")
        if name in fields or name in payload or name in RESERVED:
            raise Changed("a field is said twice")
        fields[name] = value
    return fields


def _bound(
    text: str, binding: str, payload: dict[str, Any], now: datetime, asked: Asked | None
) -> bool:
    if not binding:
        if asked is not None:
            raise Changed("the holder did not sign the presentation")
        return False
    try:
        header, said = jws.read(binding)
        key: PublicKey = jws.key_of(payload["cnf"]["jwk"])
        at = datetime.fromtimestamp(int(said["iat"]), UTC)
        before = text[: len(text) - len(binding)]
        shown = jws.encode(hashlib.sha256(before.encode()).digest())
        sound = (
            header.get("typ") == BOUND
            and jws.signed_by(binding, key)
            and said["sd_hash"] == shown
            and (asked is None or (said["nonce"], said["aud"]) == (asked.nonce, asked.audience))
            and (asked is None or abs(now - at) <= FRESH)
        )
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        sound = False
    if not sound:
        raise Changed("the holder's signature does not fit the presentation")
    return True
