"""Looks without a copy, on record: an entry and a row a licence, values in neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert

from certs.looks.form import FilledField
from certs.looks.usable import Given
from certs.rights.scene import Scene
from certs.tables import form_look
from certs.waivers.candidates import Candidate
from ledger import log
from ledger.events import event, moment


def record(
    conn: Connection,
    now: Scene,
    post: str,
    filled: Iterable[FilledField],
    found: Mapping[str, Given],
) -> None:
    """An entry for each licence of which something was given; one where none was."""
    if now.case is None or now.item is None:
        raise ValueError("a form that may be filled has a case and an item")
    about: dict[str, Any] = {
        "post": post, "case": now.number, "item": now.item.item_id,
        "holder": now.case.holder_hash, "catalogue_version": now.version,
    }  # fmt: skip
    by_type: dict[str, list[str]] = {}
    for one in filled:
        if one.licence_type is not None:
            by_type.setdefault(one.licence_type, []).append(one.name)
    if not by_type:
        log.append(conn, event(now.now, "form.filled", now.asker, **about))
    for name, fields in by_type.items():
        given = found[name]
        time = given.chosen.source_time
        facts = {
            "material": given.material.material_id, "fields": fields,
            "source_time": moment(time) if time else None, **seen_of(given.chosen, now, post),
        }  # fmt: skip
        seq = log.append(conn, event(now.now, "form.filled", now.asker, **{**about, **facts}))
        keep(conn, now, post, now.case.holder_hash, given.material.material_id, given.chosen, seq)


def seen_of(chosen: Candidate, now: Scene, post: str) -> dict[str, Any]:
    """What an entry says of a licence of which something was seen."""
    return {
        "licence": chosen.licence_id, "licence_type": chosen.type, "system": chosen.source.system,
        "standing": chosen.standing, "post": post, "catalogue_version": now.version,
    }  # fmt: skip


def keep(
    conn: Connection,
    now: Scene,
    post: str,
    holder: str,
    material_id: str,
    chosen: Candidate,
    seq: int,
) -> None:
    """A look without a copy, beside the copies, so that alarms see both; `seq`: of its entry."""
    seen = {
        "licence_id": chosen.licence_id, "licence_type": chosen.type,
        "system": chosen.source.system, "standing": chosen.standing, "holder_hash": holder,
    }  # fmt: skip
    _write(conn, now, post, {**seen, "material_id": material_id, "ledger_seq": seq})


def keep_scan(
    conn: Connection, now: Scene, post: str, material_id: str, licence_type: str, seq: int
) -> None:
    """A verified scan that was handed out, beside the other looks."""
    if now.case is None:
        raise ValueError("a scan is handed out for a case")
    seen = {
        "licence_type": licence_type, "system": "", "standing": "verified scan",
        "holder_hash": now.case.holder_hash,
    }  # fmt: skip
    _write(conn, now, post, {**seen, "material_id": material_id, "ledger_seq": seq})


def _write(conn: Connection, now: Scene, post: str, seen: Mapping[str, Any]) -> None:
    if now.item is None:
        raise ValueError("a look is for an item")
    about = {"case_number": now.number, "item_id": now.item.item_id, "reader": now.asker}
    times = {"post": post, "catalogue_version": now.version, "made_at": now.now}
    conn.execute(insert(form_look).values(**seen, **about, **times))
