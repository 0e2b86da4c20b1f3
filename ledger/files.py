"""A head and a proof as files: canonical JSON that stays readable without this program."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kernel.canonical import canonical
from kernel.errors import BadInput
from ledger.events import moment
from ledger.heads import Head, key_id
from ledger.proofs import Consistency, Inclusion

HEAD = "zhongtai-ledger-head-file-1"
INCLUSION = "zhongtai-ledger-inclusion-1"
CONSISTENCY = "zhongtai-ledger-consistency-1"


def head_file(made: Head) -> bytes:
    """A signed head: size, root and signature with the key's id."""
    return canonical({"format": HEAD, **head_facts(made)})


def head_facts(made: Head) -> dict[str, Any]:
    """A head as JSON: hashes in hex, the signature (DER) in base64."""
    return {
        "size": made.size,
        "root": made.root.hex(),
        "signed_at": moment(made.signed_at),
        "key_id": made.key_id,
        "signature": base64.b64encode(made.signature).decode(),
    }


def read_head(facts: Mapping[str, Any]) -> Head:
    """A head out of its JSON. Raises BadInput when it is none."""
    try:
        return Head(
            size=int(facts["size"]),
            root=bytes.fromhex(facts["root"]),
            signed_at=datetime.fromisoformat(facts["signed_at"]),
            key_id=str(facts["key_id"]),
            signature=base64.b64decode(facts["signature"], validate=True),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("this is no ledger head: size, root, signed_at, key_id, signature") from None


def inclusion_file(made: Inclusion) -> bytes:
    """The proof that an entry is in the log."""
    facts = {"seq": made.seq, "body": made.body, "size": made.size, "root": made.root.hex()}
    return canonical({"format": INCLUSION, **facts, "path": [step.hex() for step in made.path]})


def consistency_file(made: Consistency) -> bytes:
    """The proof that an old head is the beginning of a new one."""
    facts = {"old": made.old, "old_root": made.old_root.hex(), "size": made.size}
    path = [step.hex() for step in made.path]
    return canonical({"format": CONSISTENCY, **facts, "root": made.root.hex(), "path": path})


def read_proof(data: bytes) -> Inclusion | Consistency:
    """A proof out of its file. Raises BadInput when it is none."""
    try:
        facts = json.loads(data)
        path = tuple(bytes.fromhex(step) for step in facts["path"])
        size, root = int(facts["size"]), bytes.fromhex(facts["root"])
        if facts["format"] == INCLUSION:
            return Inclusion(int(facts["seq"]), str(facts["body"]), size, root, path)
        if facts["format"] == CONSISTENCY:
            old_root = bytes.fromhex(facts["old_root"])
            return Consistency(int(facts["old"]), old_root, size, root, path)
    except (KeyError, TypeError, ValueError):
        raise BadInput("this is no proof that `zhongtai ledger prove` wrote") from None
    raise BadInput(f"this is no proof: format {facts['format']} is not known")


def pem(key: ec.EllipticCurvePublicKey) -> str:
    """A public key to keep and hand on."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def read_key(data: bytes) -> ec.EllipticCurvePublicKey:
    """A public key out of its PEM. Raises BadInput when it is none on a curve."""
    try:
        key = serialization.load_pem_public_key(data)
    except ValueError:
        raise BadInput("this is no public key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise BadInput("the public key is not on an elliptic curve")
    return key


def by_id(*keys: ec.EllipticCurvePublicKey) -> dict[str, ec.EllipticCurvePublicKey]:
    """Public keys by the id that stands in heads."""
    return {key_id(key): key for key in keys}
