"""Checks a case's package offline: its seal, every file, every proof, by public keys only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certs.seals.seal import SealedRoot, read_root
from certs.seals.trust import Trust
from certs.verifying.archive_words import CHINESE, ENGLISH, OLD, Wrong
from certs.verifying.licence import PROFILE_OF
from certs.verifying.package import Damaged, Unreadable, unpack
from certs.verifying.pdf import verify_pdf
from certs.verifying.verdict import Verdict
from kernel.errors import BadInput
from ledger import heads, merkle
from ledger.files import read_head, read_proof
from ledger.proofs import Inclusion

FORMAT: Final = "zhongtai-case-package-2"
#: The manifest of the first one was not sealed.
UNSEALED: Final = "zhongtai-case-package-1"
MANIFEST, SEAL, HEAD = "manifest.json", "seal.json", "proofs/head.json"
MALFORMED: Final = (
    ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, BadInput,
)  # fmt: skip

#: Told by keys that we do not know.
UNKNOWN: Final = frozenset({"stranger", "head"})


@dataclass(frozen=True)
class Problem:
    """The first thing that is wrong, and the file that it is wrong with."""

    what: Wrong
    name: str = ""

    def __str__(self) -> str:
        return ENGLISH[self.what].format(name=self.name)


@dataclass(frozen=True)
class Checked:
    """`sealed`: the manifest carries a seal; without one only the files prove themselves."""

    case: str | None
    copies: int
    sealed: bool
    problem: Problem | None


class _Wrong(Exception):
    def __init__(self, what: Wrong, name: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(what, name)


def verify_package(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a case's package as on any other file."""
    found = check(data, trust, now)
    if found.problem is None:
        if found.sealed:
            return Verdict(True, "valid", True, "package", None)
        return Verdict(None, "no_seal", None, "package", OLD)
    what, name = found.problem.what, found.problem.name
    reason = CHINESE[what].format(name=name)
    if what in ("damaged", "no_package"):
        return Verdict(None, "unreadable", None, "package", reason)
    if what in UNKNOWN:
        return Verdict(None, "unknown_issuer", False, "package", reason)
    return Verdict(False, "changed", found.sealed, "package", reason)


def check(data: bytes, trust: Trust, now: datetime) -> Checked:
    """Whether a package is complete and every part of it proved. Nothing is fetched.

    In this process: the caller bounds its time and memory.
    """
    try:
        files = dict(unpack(data).members)
        manifest = json.loads(files[MANIFEST])
        sealed = {FORMAT: True, UNSEALED: False}[manifest["format"]]
        case, copies = str(manifest["case"]), manifest["copies"]
        listed = dict(manifest["files"])
        many = len(copies)
    except (Unreadable, Damaged):
        return Checked(None, 0, False, Problem("damaged"))
    except MALFORMED:
        return Checked(None, 0, False, Problem("no_package"))
    try:
        if sealed:
            _seal(files, trust)
            del files[SEAL]
        _files(files, listed)
        _copies(files, copies, trust, now)
    except _Wrong as wrong:
        return Checked(case, many, sealed, wrong.problem)
    except MALFORMED:
        return Checked(case, many, sealed, Problem("malformed"))
    return Checked(case, many, sealed, None)


def _seal(files: Mapping[str, bytes], trust: Trust) -> None:
    """The manifest is the only leaf of a sealed batch."""
    try:
        root = read_root(json.loads(files[SEAL]))
    except MALFORMED:
        raise _Wrong("no_seal", SEAL) from None
    digest = _digest(root, trust)
    if digest is None:
        raise _Wrong("stranger", SEAL)
    if (root.size, root.root) != (1, merkle.leaf_hash(files[MANIFEST], digest)):
        raise _Wrong("manifest", MANIFEST)


def _files(files: Mapping[str, bytes], listed: Mapping[str, str]) -> None:
    if set(files) != {MANIFEST, *listed}:
        raise _Wrong("list", sorted(set(files) ^ {MANIFEST, *listed})[0])
    for name, digest in listed.items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise _Wrong("file", name)


def _copies(
    files: Mapping[str, bytes], copies: list[dict[str, Any]], trust: Trust, now: datetime
) -> None:
    head = read_head(json.loads(files[HEAD]))
    if not heads.genuine(head, trust.ledger_keys):
        raise _Wrong("head", HEAD)
    for one in copies:
        _copy(files, one, trust, head, now)


def _copy(
    files: Mapping[str, bytes], one: Mapping[str, Any], trust: Trust, head: heads.Head,
    now: datetime,
) -> None:  # fmt: skip
    name = f"copies/{one['id']}.pdf"
    verdict = verify_pdf(files[name], trust, now)
    if not (verdict.genuine and verdict.about.get("copy") == one["id"]):
        raise _Wrong("copy", name)
    entry = f"proofs/{one['id']}.ledger.json"
    if not _in_ledger(files[entry], one, hashlib.sha256(files[name]).hexdigest(), head):
        raise _Wrong("entry", entry)
    sealed = f"proofs/{one['id']}.seal.json"
    if sealed in files and not _in_batch(json.loads(files[sealed]), trust):
        raise _Wrong("sealed", sealed)


def _in_ledger(proof: bytes, one: Mapping[str, Any], sha256: str, head: heads.Head) -> bool:
    made = read_proof(proof)
    if not isinstance(made, Inclusion) or not made.holds():
        return False
    body = json.loads(made.body)
    said = (body["event"], body["copy"], body["sha256"], made.seq)
    return said == ("look.granted", one["id"], sha256, one["ledger_seq"]) and (
        (made.size, made.root) == (head.size, head.root)
    )


def _in_batch(facts: Mapping[str, Any], trust: Trust) -> bool:
    root = read_root(facts["seal"])
    digest = _digest(root, trust)
    if digest is None:
        return False
    path = [bytes.fromhex(step) for step in facts["proof"]]
    leaf, index = bytes.fromhex(facts["leaf"]), int(facts["leaf_index"])
    return merkle.included(leaf, index, root.size, path, root.root, digest)


def _digest(root: SealedRoot, trust: Trust) -> merkle.Digest | None:
    """The hash of the profile of the key that signed a root; None where we do not know the key."""
    key = next((one for one in trust.seal_keys if root.genuine(one)), None)
    return None if key is None else PROFILE_OF[key.public.algorithm].hash
