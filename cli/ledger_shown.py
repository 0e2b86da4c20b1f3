"""What `zhongtai ledger` shows of audits and heads: lines, and a sentence on what is wrong."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from kernel.errors import BadInput
from kernel.house import House
from kernel.signers.public import of_pem
from kernel.signers.ring import KnownKey
from ledger import audit as audits
from ledger import watch, witness
from ledger.files import read_proof
from ledger.heads import head_of
from ledger.proofs import Consistency
from ledger.tables import head

Shown = tuple[list[str], str | None]


def audit_lines(file: Path, key: Path | None, kept: Path | None) -> Shown:
    """An export's audit, or a proof's. Raises BadInput when the file is neither."""
    if not file.is_file():
        raise BadInput(f"{file} is not a file")
    with file.open("rb") as lines:
        first = lines.readline(200)
    if b"zhongtai-ledger-export" not in first:
        return _proof(file)
    keys = [KnownKey(of_pem(_text(key)))] if key else None
    found = audits.audit(file, keys, list(witness.kept_heads(kept)) if kept else [])
    if found.problem is not None:
        return [], found.problem
    lines_ = [f"{found.entries:,} entries agree; {found.heads:,} signed heads"]
    lines_ += [f"{found.unsigned:,} entries after the last head"] if found.unsigned else []
    lines_ += [f"{found.kept:,} kept heads agree"] if kept else []
    believed = "held by you" if key else "out of the file itself: compare it with one that you hold"
    lines_ += [f"signed by {name} ({believed})" for name in found.keys]
    return lines_, None


def _proof(file: Path) -> Shown:
    made = read_proof(file.read_bytes())
    if isinstance(made, Consistency):
        said = f"the log of {made.old} entries begins the log of {made.size}"
    else:
        said = f"entry {made.seq} is in the log of {made.size} entries"
    if not made.holds():
        return [], f"the proof does not show that {said}"
    return [f"{said}, if a signed head says root {made.root.hex()}"], None


def _text(file: Path) -> str:
    if not file.is_file():
        raise BadInput(f"{file} is not a file")
    return file.read_text("utf-8", errors="replace")


def head_lines(house: House, limit: int) -> Shown:
    """The newest heads and how signing stands."""
    with house.engine.connect() as conn:
        rows = conn.execute(select(head).order_by(head.c.size.desc()).limit(limit)).all()
        found = watch.signing(conn, house.clock())
    lines = [
        f"{one.size:>12,}  {one.signed_at:%Y-%m-%d %H:%M:%S}Z  {one.root.hex()}"
        for one in map(head_of, rows)
    ]
    if found.since is None or found.stops_at is None:
        return [*lines, "every entry is signed"], None
    waiting = f"an entry waits for its head since {found.since:%Y-%m-%d %H:%M:%S}Z"
    if found.state == "waiting":
        return [*lines, waiting], None
    verb = "has stopped since" if found.state == "stopped" else "stops at"
    return lines, f"{waiting}; fetching {verb} {found.stops_at:%Y-%m-%d %H:%M}Z"


def kept_lines(house: House, folder: Path) -> Shown:
    """Whether every head that somebody else keeps begins the log of now."""
    count = 0
    with house.engine.connect() as conn:
        for kept in witness.kept_heads(folder):
            wrong = witness.disagreement(house, conn, kept)
            if wrong is not None:
                return [], wrong
            count += 1
    return [f"{count:,} kept heads begin the log of now"], None


def key_lines(house: House) -> str:
    """The public key that signs now."""
    return house.keys.ledger.signer().public.pem()
