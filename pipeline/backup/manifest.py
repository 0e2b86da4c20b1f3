"""What a base backup holds, signed with the ledger's key as a head is.

`bases/<moment>/manifest.json`: the facts, the key's id, the signature over their canonical JSON.
Keys are named, never copied: whoever holds a backup and no keys can read nothing of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from kernel.canonical import canonical
from kernel.errors import BadInput, PersonMustAct, Stop
from kernel.house import House
from kernel.signers.ring import KnownKey
from ledger.tables import entry
from pipeline.backup.objects import STAMP, write_file

FORMAT = "zhongtai-backup-1"
FILE = "manifest.json"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Base:
    """A base backup whose list is whole: its folder, the facts, who signed them."""

    folder: Path
    facts: Mapping[str, Any]
    key_id: str
    signature: bytes

    @property
    def ended(self) -> datetime:
        """From that moment on it can be restored."""
        return datetime.fromisoformat(self.facts["ended"])


def write_manifest(
    house: House, base: Path, ended: datetime, before: Mapping[str, Any], keep: Sequence[str]
) -> Base:
    """Sign the list of a base's files. `before`: `ledger_now` before it began; `keep`: names of
    keys and secrets that lie elsewhere."""
    signer = house.keys.ledger.signer()
    facts = {
        "format": FORMAT,
        "ended": ended.isoformat(),
        "crypto": house.settings.crypto,
        "files": {name: _facts(file) for name, file in sorted(_files(base))},
        "kept_apart": sorted(keep),
        **before,
    }
    made = Base(base, facts, signer.public.key_id, signer.sign(canonical(facts)))
    content = {"facts": facts, "key_id": made.key_id, "signature": made.signature.hex()}
    write_file(base / FILE, json.dumps(content, ensure_ascii=False, indent=1).encode())
    return made


def bases(folder: Path) -> list[Base]:
    """The whole base backups of a folder, oldest first. Raises BadInput on a damaged list."""
    found = []
    for file in sorted((folder / "bases").glob(f"*/{FILE}")):
        try:
            said = json.loads(file.read_bytes())
            signature = bytes.fromhex(said["signature"])
            found.append(Base(file.parent, said["facts"], said["key_id"], signature))
            _ = found[-1].ended
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{file} is not the list of a backup") from None
    return found


def base_at(folder: Path, at: datetime | None) -> Base:
    """The newest base that had ended by then. Raises PersonMustAct when there is none."""
    whole = bases(folder)
    if not whole:
        raise PersonMustAct(
            f"{folder} holds no base backup: `zhongtai backup make --to {folder}` makes one"
        )
    fitting = [one for one in whole if at is None or one.ended <= at]
    if not fitting:
        raise PersonMustAct(
            f"the first base backup of {folder} ended at {whole[0].ended.isoformat()}: "
            "name that time or a later one with --at"
        )
    return fitting[-1]


def check_base(base: Base, keys: Sequence[KnownKey]) -> None:
    """Signed by one of these keys, and every file is as listed. Raises Stop, naming the first
    that is not."""
    signed = any(
        key.public.key_id == base.key_id
        and key.public.verifies(canonical(dict(base.facts)), base.signature)
        for key in keys
    )
    if not signed:
        raise Stop(
            f"the list of {base.folder} is not signed by a ledger key of these keys: "
            "it was changed, or the keys are another installation's"
        )
    for name, said in base.facts["files"].items():
        file = base.folder / name
        if not file.is_file() or _facts(file) != said:
            raise Stop(f"{file} is not the file that was backed up")


def ledger_now(house: House) -> dict[str, Any]:
    """How long the ledger is now, its root, and the version of the tables."""
    with house.engine.connect() as conn:
        last = conn.execute(
            select(entry.c.seq, entry.c.root).order_by(entry.c.seq.desc()).limit(1)
        ).one_or_none()
        version = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    size, root = (0, "") if last is None else (int(last.seq) + 1, bytes(last.root).hex())
    return {"ledger_size": size, "ledger_root": root, "tables": version}


def stamp(at: datetime) -> str:
    """The name of a base's folder."""
    return at.strftime(STAMP)


def _files(base: Path) -> Iterator[tuple[str, Path]]:
    for file in base.rglob("*"):
        if file.is_file() and file.name != FILE:
            yield str(file.relative_to(base)), file


def _facts(file: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as data:
        while block := data.read(CHUNK):
            digest.update(block)
            size += len(block)
    return {"sha256": digest.hexdigest(), "size": size}
