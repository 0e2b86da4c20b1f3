"""Coverage-guided fuzzing of the readers of strangers' bytes: OFD, PDF, XML, DER, SD-JWT, packages.

`make fuzz NAME=verifying`, with `ARGS=-max_total_time=3600` for an hour. Seeds are the files of
`tests/certs/data/vectors` and what the tests make. Anything but a verdict is a crash, and so is a
change of what a seal protects that is not seen.
"""

from __future__ import annotations

import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.fuzz.running import run

with atheris.instrument_imports(include=["certs.verifying", "connectors", "asn1crypto", "pyhanko"]):
    from certs.seals.trust import Trust, read_trust
    from certs.verifying.archive import FORMAT, HEAD, MANIFEST, SEAL
    from certs.verifying.file import verify_bytes
    from certs.verifying.keys import read_certificate
    from certs.verifying.ses import read_stamp
    from certs.verifying.signed_data import is_chinese
    from certs.wallet import jws
    from kernel.canonical import canonical
    from kernel.errors import BadInput
    from kernel.signers.ring import KnownKey
    from kernel.signers.software import P256File
    from ledger.files import key_facts
    from tests.certs.sealer import unzipped, zipped

VECTORS = Path(__file__).parents[1] / "certs" / "data" / "vectors"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOBODY = Trust((), ())
SEALED = unzipped((VECTORS / "ofd" / "ofdrw-sign__allprotected.ofd").read_bytes())
NAMES = sorted(SEALED)
VALUE = SEALED["Doc_0/Signs/Sign_0/SignedValue.dat"]
SIGNER = P256File(ec.generate_private_key(ec.SECP256R1()))
KEYS = (KnownKey(SIGNER.public),)
KNOWN = Trust((), KEYS, ledger_keys=KEYS)
CREDENTIAL = canonical(
    {
        "iss": "https://zt.example", "iat": 1_795_420_800, "exp": 1_798_012_800, "_sd": ["a"],
        "_sd_alg": "sha-256", "standing": "data only", "cnf": {"jwk": jws.jwk(SIGNER.public)},
    }
) + b"~" + jws.encode(b'["salt","ZZMC","a"]').encode() + b"~"  # fmt: skip
ROOT = {
    "size": 1, "root": "00" * 32, "sealed_at": "2026-11-26T00:00:00.000000Z",
    "key_id": SIGNER.public.key_id, "signature": "MAYCAQECAQE=",
}  # fmt: skip
LISTED = {"format": FORMAT, "case": "C1", "copies": [{"id": "a"}], "files": {HEAD: "00" * 32}}
PACKAGE = b"\0".join(canonical(one) for one in (LISTED, ROOT, {**ROOT, "signed_at": "x"}))
TRUST = canonical(
    {
        "format": "zhongtai-trust-1", "authorities": ["-----BEGIN CERTIFICATE-----"],
        "seal_keys": key_facts(KEYS), "ledger_keys": key_facts(KEYS),
    }
)  # fmt: skip


def whole(data: bytes) -> None:
    """The bytes as a file."""
    verify_bytes(data, NOBODY, NOW)


def member(data: bytes) -> None:
    """The bytes as one member of a sealed package."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    found = verify_bytes(zipped({**SEALED, name: data[1:]}), NOBODY, NOW)
    if found.untouched is not False and data[1:] != SEALED[name]:
        raise AssertionError(f"a change of {name} was not seen")


def value(data: bytes) -> None:
    """The bytes as a signature value."""
    is_chinese(data)
    try:
        read_stamp(data)
    except (ValueError, OverflowError):
        return


def certificate(data: bytes) -> None:
    """The bytes as a certificate."""
    try:
        read_certificate(data)
    except ValueError:
        return


def credential(data: bytes) -> None:
    """The bytes as the payload of a credential that a key of ours signed, and what follows it."""
    payload, _, rest = data.partition(b"~")
    head = jws.encode(canonical({"alg": "ES256", "typ": "dc+sd-jwt", "kid": SIGNER.public.key_id}))
    text = f"{head}.{jws.encode(payload)}".encode()
    r, s = decode_dss_signature(SIGNER.sign(text))
    signature = jws.encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    verify_bytes(text + b"." + signature.encode() + b"~" + rest, KNOWN, NOW)


def package(data: bytes) -> None:
    """The bytes as manifest, seal and head of a case's package."""
    manifest, seal, head = [*data.split(b"\0", 2), b"", b""][:3]
    verify_bytes(zipped({MANIFEST: manifest, SEAL: seal, HEAD: head}), KNOWN, NOW)


def trust(data: bytes) -> None:
    """The bytes as a trust file."""
    try:
        read_trust(data)
    except BadInput:
        return


READERS = (whole, member, value, certificate, credential, package, trust)


def one(data: bytes) -> None:
    """The first byte says as what the others are read."""
    READERS[data[0] % len(READERS) if data else 0](data[1:])


def seeds() -> dict[str, bytes]:
    """The vectors and what was made above, each as what it is."""
    made = {
        file.name: b"\0" + file.read_bytes()
        for file in (*VECTORS.glob("ofd/*.ofd"), *VECTORS.glob("pdf/*.pdf"))
    }
    for number, name in enumerate(NAMES):
        made[f"member-{number}"] = bytes([1, number]) + SEALED[name]
    for file in (VECTORS / "trust").iterdir():
        data = file.read_bytes()
        der = ssl.PEM_cert_to_DER_cert(data.decode()) if data.startswith(b"-----") else data
        made[f"certificate-{file.stem}"] = b"\3" + der
    others = {"value": b"\2" + VALUE, "credential": b"\4" + CREDENTIAL}
    return {**made, **others, "package": b"\5" + PACKAGE, "trust": b"\6" + TRUST}


if __name__ == "__main__":
    run(sys.argv, "verifying", seeds(), one)
