"""What filled a form in, on record: an entry and a row a licence, values in neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert

from certs.looks.form import FilledField
from certs.looks.usable import Given
from certs.rights.scene import Scene
from certs.tables import form_look
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
        given, at = found[name].chosen, now.now
        time = given.source_time
        look = {
            "licence_type": name, "system": given.source.system, "standing": given.standing,
            "post": post, "catalogue_version": now.version,
        }  # fmt: skip
        facts = {
            "material": found[name].material.material_id, "licence": given.licence_id,
            "fields": fields, "source_time": moment(time) if time else None,
        }  # fmt: skip
        seq = log.append(conn, event(at, "form.filled", now.asker, **{**about, **look, **facts}))
        conn.execute(
            insert(form_look).values(
                **look,
                licence_id=given.licence_id,
                holder_hash=now.case.holder_hash,
                case_number=now.number,
                item_id=now.item.item_id,
                material_id=found[name].material.material_id,
                reader=now.asker,
                made_at=at,
                ledger_seq=seq,
            )
        )
