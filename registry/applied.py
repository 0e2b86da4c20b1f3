"""The registry as applied: YAML checked, versions recorded, `registry.json` written at once.

`registry.json` is what every step and every DAG file reads. It is written last, while the lock of
the transaction is held; a run killed around the commit is mended by the next `apply`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, func, insert, select

from kernel.canonical import digest
from kernel.db import lock
from kernel.errors import BadInput, PersonMustAct
from kernel.house import House
from ledger import log
from ledger.events import event
from registry.accounts import make_posts
from registry.contract import System
from registry.loader import load_folder
from registry.tables import owner, system_version

FORMAT = 1
_SYSTEMS: TypeAdapter[dict[str, System]] = TypeAdapter(dict[str, System])
_GONE: dict[str, Any] = {"gone": True}


def apply(house: House, folder: Path, by: str) -> list[str]:
    """Check every YAML of the folder, record the versions that changed, write `registry.json`.

    Returns the codes that are new, changed or gone, sorted; applying the same again returns [].
    Raises BadContract and changes nothing when any file is wrong.
    """
    systems = load_folder(folder)
    contracts = {code: one.model_dump(mode="json") for code, one in systems.items()}
    with house.engine.begin() as conn:
        lock(conn, "registry.apply")
        changed = _record(conn, contracts, house, by)
        _owners(conn, systems)
        make_posts(conn)
        _write(house.settings.registry_file, contracts)
    return changed


def _record(
    conn: Connection, contracts: Mapping[str, dict[str, Any]], house: House, by: str
) -> list[str]:
    latest = _latest(conn)
    wanted: dict[str, dict[str, Any]] = dict(contracts)
    wanted.update({code: _GONE for code in latest if code not in contracts})
    rows = []
    for code, contract in sorted(wanted.items()):
        version, before = latest.get(code, (0, ""))
        if digest(contract) != before:
            rows.append(
                {
                    "system": code,
                    "version": version + 1,
                    "digest": digest(contract),
                    "contract": contract,
                    "applied_at": house.clock(),
                    "by": by,
                }
            )
    codes = [str(row["system"]) for row in rows]
    if rows:
        conn.execute(insert(system_version), rows)
        log.append(conn, event(house.clock(), "system.applied", by, systems=codes))
    return codes


def _owners(conn: Connection, systems: Mapping[str, System]) -> None:
    """Whose each system is; written only where it is another than before."""
    there = {row.system: row.department for row in conn.execute(select(owner))}
    wanted = {code: one.department for code, one in systems.items()}
    if there == wanted:
        return
    conn.execute(delete(owner))
    if wanted:
        rows = [{"system": code, "department": said} for code, said in wanted.items()]
        conn.execute(insert(owner), rows)


def _latest(conn: Connection) -> dict[str, tuple[int, str]]:
    """The newest version and its digest of every system that was ever applied."""
    t = system_version
    newest = select(t.c.system, func.max(t.c.version).label("version")).group_by(t.c.system)
    last = newest.subquery()
    rows = conn.execute(
        select(t.c.system, t.c.version, t.c.digest).join(
            last, (t.c.system == last.c.system) & (t.c.version == last.c.version)
        )
    )
    return {system: (version, said) for system, version, said in rows}


def in_force(conn: Connection, code: str) -> tuple[int, str, dict[str, Any]]:
    """The newest version of a system: number, digest, contract; (0, "", {}) when there is none."""
    t = system_version
    row = conn.execute(
        select(t).where(t.c.system == code).order_by(t.c.version.desc()).limit(1)
    ).one_or_none()
    return (0, "", {}) if row is None else (row.version, row.digest, dict(row.contract))


def _write(file: Path, contracts: Mapping[str, dict[str, Any]]) -> None:
    """Write sorted and stable JSON, at once or not at all; an equal file is left alone."""
    content = {"format": FORMAT, "systems": contracts}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    if file.is_file() and file.read_text("utf-8") == text:
        return
    draft = file.with_suffix(".json.new")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def read(home: Path) -> dict[str, System]:
    """The systems as applied, by code, sorted. Raises PersonMustAct when none was applied."""
    file = home / "registry.json"
    try:
        facts = file.stat()
        return dict(_read(file, (facts.st_ino, facts.st_mtime_ns, facts.st_size)))
    except FileNotFoundError:
        raise PersonMustAct(
            f"{file} is not there: apply the systems' YAML files with `zhongtai systems apply`"
        ) from None


@lru_cache(maxsize=4)
def _read(file: Path, _: tuple[int, int, int]) -> dict[str, System]:
    """What is in the file, read once for each time that it is written."""
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        raise BadInput(f"{file} is not JSON: write it anew with `zhongtai systems apply`") from None
    try:
        return _SYSTEMS.validate_python(content["systems"])
    except (KeyError, TypeError, ValidationError):
        raise BadInput(
            f"{file} is of another release: write it anew with `zhongtai systems apply`"
        ) from None
