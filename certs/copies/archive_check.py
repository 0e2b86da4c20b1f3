"""Checks a case's package offline: every file, every seal, every proof, by public keys only."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certs.copies.archive import FORMAT, HEAD, MANIFEST
from certs.seals.seal import SealedRoot
from certs.seals.trust import Trust
from certs.verifying.file import verify_file
from certs.verifying.licence import PROFILE_OF
from certs.verifying.package import Damaged, Unreadable, unpack
from kernel.errors import BadInput
from kernel.signers.ring import KnownKey
from ledger import heads, merkle
from ledger.files import read_head, read_proof
from ledger.proofs import Inclusion

MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadInput)


@dataclass(frozen=True)
class Checked:
    """`problem`: the first thing that is wrong, in one sentence naming the file; None: sound."""

    case: str | None
    copies: int
    problem: str | None


def check(data: bytes, trust: Trust, ledger: tuple[KnownKey, ...], now: datetime) -> Checked:
    """Whether a package is complete and every part of it proved. Nothing is fetched."""
    try:
        files = unpack(data).members
        manifest = json.loads(files[MANIFEST])
        if manifest["format"] != FORMAT:
            raise ValueError("another format")
        case, copies, listed = manifest["case"], manifest["copies"], manifest["files"]
    except (Unreadable, Damaged):
        return Checked(None, 0, "the package is damaged and cannot be opened")
    except MALFORMED:
        return Checked(None, 0, "this is no case package: it has no manifest that can be read")
    problem = _files(files, listed) or _copies(files, copies, trust, ledger, now)
    return Checked(str(case), len(copies), problem)


def _files(files: Mapping[str, bytes], listed: Mapping[str, str]) -> str | None:
    if set(files) != {MANIFEST, *listed}:
        odd = sorted(set(files) ^ {MANIFEST, *listed})[0]
        return f"{odd} is in the package or in its manifest, but not in both"
    for name, digest in listed.items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            return f"{name} is not what the manifest says"
    return None


def _copies(
    files: Mapping[str, bytes],
    copies: list[dict[str, Any]],
    trust: Trust,
    ledger: tuple[KnownKey, ...],
    now: datetime,
) -> str | None:
    try:
        head = read_head(json.loads(files[HEAD]))
        if not heads.genuine(head, ledger):
            return f"{HEAD} is not signed by a ledger key that is known"
        for one in copies:
            problem = _copy(files, one, trust, head, now)
            if problem is not None:
                return problem
    except MALFORMED:
        return "the manifest or a proof is not written as this version writes it"
    return None


def _copy(
    files: Mapping[str, bytes],
    one: Mapping[str, Any],
    trust: Trust,
    head: heads.Head,
    now: datetime,
) -> str | None:
    name = f"copies/{one['id']}.pdf"
    verdict = verify_file(files[name], trust, now)
    if not (verdict.genuine and verdict.about.get("copy") == one["id"]):
        return f"{name} is not an untouched copy of that number"
    entry = f"proofs/{one['id']}.ledger.json"
    if not _in_ledger(files[entry], one, hashlib.sha256(files[name]).hexdigest(), head):
        return f"{entry} does not prove that the look at {name} is in the ledger"
    sealed = f"proofs/{one['id']}.seal.json"
    if sealed in files and not _sealed(json.loads(files[sealed]), trust):
        return f"{sealed} does not prove that the licence of {name} was sealed"
    return None


def _in_ledger(proof: bytes, one: Mapping[str, Any], sha256: str, head: heads.Head) -> bool:
    made = read_proof(proof)
    if not isinstance(made, Inclusion) or not made.holds():
        return False
    body = json.loads(made.body)
    said = (body["event"], body["copy"], body["sha256"], made.seq)
    return said == ("look.granted", one["id"], sha256, one["ledger_seq"]) and (
        (made.size, made.root) == (head.size, head.root)
    )


def _sealed(facts: Mapping[str, Any], trust: Trust) -> bool:
    seal = facts["seal"]
    root = SealedRoot(
        int(seal["size"]),
        bytes.fromhex(seal["root"]),
        str(seal["sealed_at"]),
        str(seal["key_id"]),
        base64.b64decode(seal["signature"], validate=True),
    )
    key = next((one for one in trust.seal_keys if root.genuine(one)), None)
    if key is None:
        return False
    path = [bytes.fromhex(step) for step in facts["proof"]]
    digest = PROFILE_OF[key.public.algorithm].hash
    leaf, index = bytes.fromhex(facts["leaf"]), int(facts["leaf_index"])
    return merkle.included(leaf, index, root.size, path, root.root, digest)
