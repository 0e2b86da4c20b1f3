"""A licence as an SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc), with selective disclosure.

The holder shows what a verifier needs and leaves the rest out: each field is a disclosure of its
own, salted. In the open stand who issued it, until when it counts, the credential's type, and the
standing, so that data only never passes for a licence. It lives for days, and names the list in
which a later revocation can be looked up.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from certs.wallet import jws
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.signers.public import PublicKey, Signer

TYPE: Final = "dc+sd-jwt"
VCT: Final = "/credentials/licence"
DIGEST: Final = "sha-256"
LIFE: Final = timedelta(days=30)
#: What is said of the document itself, or belongs to the batch's seal; and `status`, which is the
#: claim of the status list: only what is valid becomes a credential.
NOT_FIELDS: Final = frozenset({"format", "blind", "provenance", "standing", "status", "version"})


@dataclass(frozen=True)
class Issuer:
    """Who issues: the portal's address, the key that signs, its certificate."""

    url: str
    signer: Signer
    certificate: x509.Certificate


def sd_jwt(
    document: Mapping[str, Any],
    disclose: Collection[str] | None,
    issuer: Issuer,
    holder_key: PublicKey | None,
    now: datetime,
    status: Mapping[str, Any] | None = None,
) -> str:
    """The credential with all its disclosures, as it is given to the holder's wallet.

    `document`: a licence document that the caller has the right to; `disclose`: the fields to be
    in it, None for all; `holder_key`: the wallet's, to which the credential is then bound;
    `status`: the claim that says where its state can be looked up, None for nowhere. Raises
    BadInput on a field that the document does not have or on a licence that has ended.
    """
    fields = {name: value for name, value in document.items() if name not in NOT_FIELDS}
    unknown = sorted(set(disclose or ()) - fields.keys())
    if unknown:
        raise BadInput(f"the licence has no field {unknown[0]}")
    chosen = fields if disclose is None else {name: fields[name] for name in disclose}
    disclosures = [_disclosure(name, value) for name, value in chosen.items()]
    payload: dict[str, Any] = {
        "iss": issuer.url,
        "vct": issuer.url + VCT,
        "iat": int(now.timestamp()),
        "exp": int(ends_on(document, now).timestamp()),
        "standing": document["standing"],
        "_sd": sorted(digest_of(one) for one in disclosures),
        "_sd_alg": DIGEST,
    }
    if status is not None:
        payload["status"] = dict(status)
    if holder_key is not None:
        payload["cnf"] = {"jwk": jws.jwk(holder_key)}
    der = issuer.certificate.public_bytes(serialization.Encoding.DER)
    header = {
        "typ": TYPE,
        "kid": issuer.signer.public.key_id,
        "x5c": [base64.b64encode(der).decode()],
    }
    signed = jws.sign(header, payload, issuer.signer)
    return "".join(f"{part}~" for part in (signed, *disclosures))


def present(credential: str, names: Collection[str]) -> str:
    """The credential with the disclosures of these fields alone, as a wallet shows it.

    Raises BadInput when one of them is not in it.
    """
    signed, *disclosures = credential.split("~")[:-1]
    held = {json.loads(jws.decode(one))[1]: one for one in disclosures}
    unknown = sorted(set(names) - held.keys())
    if unknown:
        raise BadInput(f"the credential has no field {unknown[0]}")
    return "".join(f"{part}~" for part in (signed, *(held[name] for name in names)))


def digest_of(disclosure: str) -> str:
    """The digest of a disclosure, as it stands in `_sd`."""
    return jws.encode(hashlib.sha256(disclosure.encode()).digest())


def _disclosure(name: str, value: Any) -> str:
    said = [jws.encode(secrets.token_bytes(16)), name, value]
    return jws.encode(json.dumps(said, ensure_ascii=False).encode())


def ends_on(document: Mapping[str, Any], now: datetime) -> datetime:
    """The end of a credential's days: a month, or the licence's last day. Raises BadInput when the
    licence has ended."""
    if document["status"] != "valid":
        raise BadInput("only a licence that is valid becomes a credential")
    last = document.get("ZZYXQJZRQ")
    if last is None:
        return now + LIFE
    end = datetime.combine(date.fromisoformat(last) + timedelta(days=1), time(), CITY_TIME)
    if end <= now:
        raise BadInput("only a licence that is valid becomes a credential")
    return min(now + LIFE, end)
