"""Verify a licence file of ours offline: document, inclusion proof, signed root."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from certs.licences.document import FORMAT as DOCUMENT_FORMAT
from certs.rights.validity import state_on
from certs.seals.seal import FILE_FORMAT, SealedRoot, read_root
from certs.seals.trust import Trust
from certs.verifying.verdict import Status, Verdict
from kernel.canonical import canonical
from kernel.clock import CITY_TIME
from kernel.profile import GM, STANDARD
from ledger import merkle

KIND: Final = "licence"
PROFILE_OF: Final = {"p256": STANDARD, "sm2": GM}


@dataclass(frozen=True)
class _File:
    """A licence file, its parts of the right types."""

    document: Mapping[str, Any]
    content: bytes  # the document, canonical
    index: int
    proof: Sequence[bytes]
    root: SealedRoot


def verify_licence(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a JSON file. A revocation after it was handed out cannot be seen in it."""
    try:
        file = _read(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return Verdict(None, "unreadable", None, "unknown", "不是本平台的证照文件，或内容不完整。")
    key = next((one for one in trust.seal_keys if file.root.genuine(one)), None)
    if key is None:
        return Verdict(None, "unknown_issuer", False, KIND, "封装根的签名不是已知机构的。")
    digest = PROFILE_OF[key.public.algorithm].hash
    leaf = merkle.leaf_hash(file.content, digest)
    if not merkle.included(leaf, file.index, file.root.size, file.proof, file.root.root, digest):
        return Verdict(False, "changed", True, KIND, "内容与封装时不一致，已被改动。")
    return _sound(file.document, now)


def _read(data: bytes) -> _File:
    raw = json.loads(data, object_pairs_hook=_no_duplicates)
    if raw["format"] != FILE_FORMAT or not isinstance(raw["document"], dict):
        raise ValueError("another format")
    if raw["document"]["format"] != DOCUMENT_FORMAT:
        raise ValueError("what is sealed is no licence")
    root = read_root(raw["seal"])
    proof = [bytes.fromhex(step) for step in raw["proof"]]
    root.signed_bytes()
    return _File(
        raw["document"], canonical(raw["document"]), _number(raw["leaf_index"]), proof, root
    )


def _sound(document: Mapping[str, Any], now: datetime) -> Verdict:
    today = now.astimezone(CITY_TIME).date()
    last = document.get("ZZYXQJZRQ")
    states: dict[str, tuple[Status, str | None]] = {
        "valid": ("valid", None),
        "expired": ("expired", "内容未被改动，但证照已过有效期。"),
        "suspended": ("suspended", "内容未被改动，封装时证照处于暂扣状态。"),
        "revoked": ("revoked", "内容未被改动，封装时证照已被吊销。"),
    }
    ends = date.fromisoformat(last) if last else None
    status, reason = states[state_on(str(document["status"]), ends, today)]
    about = {"licence_type": str(document["ZZMC"]), "standing": str(document["standing"])}
    return Verdict(True, status, True, KIND, reason, about)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ValueError("not a number of the tree")
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two equal keys could say one thing to us and another to someone else."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made
