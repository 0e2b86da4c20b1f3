"""Drafts of contracts: handed on by one person, approved by another, rolled back.

The folder's YAML files are the truth: what is approved or rolled back is written there, whole, and
applied. A run killed in between leaves a file that the next `approve` or `apply` puts in force.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kernel.canonical import digest
from kernel.db import lock
from kernel.errors import BadInput, PersonMustAct, Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from registry.accounts import Account, Role
from registry.accounts import account as account_of
from registry.applied import apply, in_force
from registry.asyaml import as_yaml
from registry.contract import System
from registry.loader import load_folder, load_system
from registry.tables import draft
from registry.typed import plain
from registry.versions import Difference, differences, of_number, versions

ENGINEERS: tuple[Role, ...] = ("ops", "bureau")


@dataclass(frozen=True)
class Submitted:
    """A draft that waits for approval, and what it changes."""

    system: str
    version: int
    changes: tuple[Difference, ...]


def person(conn: Connection, name: str, roles: Sequence[Role] = ENGINEERS) -> Account:
    """The account that acts. Raises BadInput when unknown, Refused when of another role."""
    found = account_of(conn, name)
    if found is None:
        raise BadInput(f"no account {name}, or it is disabled")
    if found.role not in roles:
        raise Refused(f"{name} is of the role {found.role}; allowed are {', '.join(roles)}")
    return found


def parse(text: str) -> System:
    """A contract from its text. Raises BadContract with file, line, key and what is allowed."""
    code = next(
        (line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("code:")),
        "",
    )
    name = code.strip("\"'") if code.strip("\"'").replace("_", "").isalnum() else "draft"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name[:60]}.yml"
        file.write_text(text, "utf-8")
        return load_system(file)


def submit(house: House, text: str, by: str) -> Submitted:
    """Keep a draft for another person to approve. Raises BadInput if nothing differs."""
    system = parse(text)
    contract = system.model_dump(mode="json")
    with house.engine.begin() as conn:
        lock(conn, "registry.approval")
        person(conn, by)
        number, said, before = in_force(conn, system.code)
        if said == digest(contract):
            raise BadInput(f"{system.code}: the draft says the same as version {number} in force")
        row = {
            "system": system.code,
            "version": number + 1,
            "digest": digest(contract),
            "text": text,
            "by": by,
            "at": house.clock(),
        }
        conn.execute(insert(draft), [row])
        facts: dict[str, Any] = {"version": number + 1, "digest": row["digest"]}
        log.append(conn, event(house.clock(), "system.submitted", by, system=system.code, **facts))
    return Submitted(system.code, number + 1, tuple(differences(before, contract)))


def approve(house: House, folder: Path, code: str, version: int, by: str) -> None:
    """Put a draft in force. Raises Refused for the person who submitted it, BadInput if stale."""
    with house.engine.begin() as conn:
        lock(conn, "registry.approval")
        person(conn, by)
        row = _waiting(conn, code, version)
        if row.by == by:
            raise Refused(
                f"{by} submitted version {version} of {code}: another person must approve it",
                reason="same_person",
            )
        number, said, _ = in_force(conn, code)
        if said != row.digest:
            if number != version - 1:
                raise BadInput(
                    f"the draft of {code} was made on version {version - 1}, in force is {number}: "
                    "submit it again"
                )
            _put(house, folder, code, row.text, by)
        conn.execute(
            update(draft)
            .where(draft.c.id == row.id)
            .values(decision="approved", decided_by=by, decided_at=house.clock())
        )
        fact = event(house.clock(), "system.approved", by, system=code, version=version)
        log.append(conn, fact)


def send_back(house: House, code: str, version: int, by: str, why: str) -> None:
    """Take a draft back with the reason: another person's no, or one's own second thought."""
    said = plain(why, "the reason")
    with house.engine.begin() as conn:
        lock(conn, "registry.approval")
        person(conn, by)
        row = _waiting(conn, code, version)
        decided = {"decision": "sent_back", "decided_by": by, "decided_at": house.clock()}
        conn.execute(update(draft).where(draft.c.id == row.id).values(**decided, why=said))
        fact = event(house.clock(), "system.draft_sent_back", by, system=code, version=version)
        log.append(conn, fact)


def _waiting(conn: Connection, code: str, version: int) -> Any:
    t = draft
    query = select(t).where(t.c.system == code, t.c.decision.is_(None))
    rows = conn.execute(query.order_by(t.c.id.desc())).all()
    found = next((row for row in rows if row.version == version), None)
    if found is None:
        there = ", ".join(sorted({str(row.version) for row in rows})) or "none"
        raise BadInput(f"no draft of {code} for version {version}; waiting are: {there}")
    return found


def rollback(house: House, folder: Path, code: str, version: int, by: str) -> int:
    """A new version equal to an old one; its number. Raises BadInput if that one is in force."""
    with house.engine.begin() as conn:
        lock(conn, "registry.approval")
        person(conn, by)
        found = versions(conn, code)
        old = of_number(found, code, version)
        if old.gone:
            raise BadInput(f"version {version} of {code} is its removal: nothing to go back to")
        if old.digest == found[0].digest:
            raise BadInput(f"{code} already is as in version {version}")
        system = System.model_validate(dict(old.contract))
        _put(house, folder, code, as_yaml(system), by)
        number, _, _ = in_force(conn, code)
        log.append(
            conn, event(house.clock(), "system.rolled_back", by, system=code, version=number)
        )
    return number


def _put(house: House, folder: Path, code: str, text: str, by: str) -> None:
    """Write one file of the folder and apply; the old file comes back when that fails."""
    _only_this(house, folder, code)
    file, new = folder / f"{code}.yml", folder / f".{code}.yml.new"
    before = file.read_bytes() if file.is_file() else None
    new.write_text(text, "utf-8")
    new.replace(file)
    try:
        apply(house, folder, by)
    except BaseException:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
        raise


def _only_this(house: House, folder: Path, code: str) -> None:
    """Nothing else of the folder may come into force unseen."""
    there = load_folder(folder) if any(folder.glob("*.yml")) else {}
    with house.engine.connect() as conn:
        for other, system in there.items():
            _, said, _ = in_force(conn, other)
            if other != code and said != digest(system.model_dump(mode="json")):
                raise PersonMustAct(
                    f"{folder} also changes {other}, which nobody approved: "
                    "apply it or take it back first"
                )
