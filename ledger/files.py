"""A head and a proof as files: canonical JSON that stays readable without this program."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kernel.canonical import canonical
from kernel.errors import BadInput
from kernel.profile import PROFILES
from kernel.signers.public import of_pem
from kernel.signers.ring import KnownKey
from ledger.events import moment
from ledger.heads import Head
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
    facts["profile"] = made.profile
    return canonical({"format": INCLUSION, **facts, "path": [step.hex() for step in made.path]})


def consistency_file(made: Consistency) -> bytes:
    """The proof that an old head is the beginning of a new one."""
    facts = {"old": made.old, "old_root": made.old_root.hex(), "size": made.size}
    facts["profile"] = made.profile
    path = [step.hex() for step in made.path]
    return canonical({"format": CONSISTENCY, **facts, "root": made.root.hex(), "path": path})


def read_proof(data: bytes) -> Inclusion | Consistency:
    """A proof out of its file. Raises BadInput when it is none."""
    try:
        facts = json.loads(data)
        path = tuple(bytes.fromhex(step) for step in facts["path"])
        size, root = int(facts["size"]), bytes.fromhex(facts["root"])
        profile = PROFILES[facts["profile"]].name
        if facts["format"] == INCLUSION:
            return Inclusion(int(facts["seq"]), str(facts["body"]), size, root, path, profile)
        if facts["format"] == CONSISTENCY:
            old_root = bytes.fromhex(facts["old_root"])
            return Consistency(int(facts["old"]), old_root, size, root, path, profile)
    except (KeyError, TypeError, ValueError):
        raise BadInput("this is no proof that `zhongtai ledger prove` wrote") from None
    raise BadInput(f"this is no proof: format {facts['format']} is not known")


def known_keys(listed: Sequence[Mapping[str, Any]]) -> tuple[KnownKey, ...]:
    """Keys out of their JSON. Raises BadInput when they are none."""
    try:
        return tuple(
            KnownKey(of_pem(one["pem"]), _time(one["since"]), _time(one["until"])) for one in listed
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("these are no public keys of a ledger: pem, since, until") from None


def key_facts(keys: Iterable[KnownKey]) -> list[dict[str, Any]]:
    """Public keys as JSON, with the time in which each signed."""
    return [
        {
            "pem": one.public.pem(),
            "since": moment(one.since) if one.since else None,
            "until": moment(one.until) if one.until else None,
        }
        for one in keys
    ]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
