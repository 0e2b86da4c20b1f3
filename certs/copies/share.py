"""Share one licence for one case: an annotated copy, on record before it leaves.

The right is checked when the copy is asked for, and again in the transaction that records it: a
revocation or a closed case that landed in between still refuses.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, insert, select

from certs.copies import paper
from certs.licences import face
from certs.licences.standing import DATA_ONLY
from certs.looks.look import PURPOSES, Ask, Look, decide
from certs.seals import pades
from certs.tables import copy
from kernel.clock import CITY_TIME
from kernel.crypto import decrypt, derive, encrypt
from kernel.errors import BadInput, Refused, RetryLater, Stop
from kernel.house import House
from ledger import log
from ledger.events import event, moment
from registry import licence_types
from registry.accounts import Account

#: How long an annotated copy may be used, unless the licence ends before.
COPY_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class AnnotatedCopy:
    """A licence made out for one case. `name`: for a download, without personal data."""

    pdf: bytes
    name: str
    id: str


@dataclass(frozen=True)
class _Made:
    """A copy before it is on record."""

    id: str
    at: datetime
    expires_at: datetime
    object: str
    sha256: str


def fetch(
    house: House,
    account: Account,
    case_number: str,
    material_id: str,
    purpose: str,
    fields: Sequence[str] = (),
    person: str | None = None,
) -> AnnotatedCopy:
    """`made_out` for a material of a case.

    `fields`, `person`: as in `certs.looks.look.Ask`.
    `purpose`: what the reader needs it for, in words that go on the copy's face, or `prove`.
    Raises Refused (`facts["reason"]`, in the ledger as well), RetryLater when the object store is
    away or the licence changed meanwhile. The entry is committed before the bytes are returned.
    """
    return made_out(
        house, Ask(account.name, case_number, material_id, purpose, frozenset(fields), person)
    )


def made_out(house: House, ask: Ask) -> AnnotatedCopy:
    """The annotated copy of the licence that an ask is about. Raises as `fetch` does."""
    with house.engine.begin() as conn:
        look = decide(house, conn, ask)
    if isinstance(look, Refused):
        raise look
    made, pdf = _make(house, look, ask)
    with house.engine.begin() as conn:
        again = decide(house, conn, ask)
        if isinstance(again, Look):
            _same(look, again)
            _record(conn, look, made)
    if isinstance(again, Refused):
        raise again
    return AnnotatedCopy(pdf, f"{_title(look)}-{ask.case_number}.pdf", made.id)


def stored_copy(house: House, copy_id: str) -> bytes:
    """A copy as it was handed out, for a case's archive. Raises BadInput when there is none of
    that id, Stop when what the store gives is not what was recorded."""
    query = select(copy.c.object, copy.c.sha256).where(copy.c.id == copy_id)
    with house.engine.connect() as conn:
        row = conn.execute(query).one_or_none()
    if row is None:
        raise BadInput("there is no annotated copy of that number")
    pdf = decrypt(_key(house, copy_id), house.objects.get(row.object), row.object)
    if hashlib.sha256(pdf).hexdigest() != row.sha256:
        raise Stop(f"the stored copy {copy_id} is not the one that was recorded")
    return pdf


def _make(house: House, look: Look, ask: Ask) -> tuple[_Made, bytes]:
    """Draw, sign, encrypt and store. Until it is on record nobody has seen it."""
    copy_id, now = secrets.token_hex(16), look.scene.now
    expires_at = _expiry(look, now)
    place = f"copies/{now:%Y/%m}/{copy_id}.pdf.enc"
    about = {
        "copy": copy_id,
        "made_at": moment(now),
        "expires_at": moment(expires_at),
        "licence_type": look.chosen.type,
        "standing": look.chosen.standing,
    }
    drawn = paper.draw(_face(house, look, ask, copy_id, expires_at), json.dumps(about))
    pdf = pades.sign(house, drawn, "政务服务办件加注件")
    house.objects.put(place, encrypt(_key(house, copy_id), pdf, place))
    return _Made(copy_id, now, expires_at, place, hashlib.sha256(pdf).hexdigest()), pdf


def _key(house: House, copy_id: str) -> bytes:
    """Under the installation's key, not the holder's: a copy belongs to its case's archive."""
    return derive(house.keys.master, "copy", copy_id)


def _title(look: Look) -> str:
    return face.DATA_TITLE if look.chosen.standing == DATA_ONLY else look.chosen.type


def _expiry(look: Look, now: datetime) -> datetime:
    last = now + COPY_LASTS
    valid_to = look.chosen.facts.valid_to
    if valid_to is None:
        return last
    return min(last, datetime.combine(valid_to, time(23, 59, 59), CITY_TIME))


def _face(house: House, look: Look, ask: Ask, copy_id: str, expires_at: datetime) -> face.Face:
    now, chosen, account = look.scene, look.chosen, look.scene.account
    if now.item is None or account is None or chosen.as_of is None:
        raise ValueError("an allowed look has an item, an account and fresh data")
    post = next(one for one in account.posts if one.code == look.post)
    words = f"证明“{look.material.name}”" if ask.purpose in PURPOSES else ask.purpose.strip()
    use = face.Use(
        purpose=words,
        item=now.item.name,
        item_code=now.item.item_id,
        material=look.material.name,
        case_number=ask.case_number,
        reader=f"{post.name}（{post.code}）· {account.display}",
        made_at=now.now,
        expires_at=expires_at,
        copy_id=copy_id,
        verify_url=f"{house.settings.portal_url}/verify/{copy_id}",
        catalogue_version=now.version,
    )
    origin = face.Origin(
        provider=chosen.source.department,
        system=chosen.source.system_name,
        batch=chosen.batch,
        source_time=chosen.source_time,
        as_of=chosen.as_of,
        standing=chosen.standing,
        seal_root=look.seal_root,
    )
    return face.make(look.document, licence_types.load()[chosen.type].fields, use, origin)


def _same(look: Look, again: Look) -> None:
    if (again.chosen.licence_id, again.chosen.as_of) != (
        look.chosen.licence_id,
        look.chosen.as_of,
    ) and again.document != look.document:
        raise RetryLater("the licence changed while its copy was made: ask again")


def _record(conn: Connection, look: Look, made: _Made) -> None:
    """The ledger's entry and the copy's row, in the caller's transaction."""
    now, chosen = look.scene, look.chosen
    if now.item is None:
        raise ValueError("an allowed look has an item")
    about = {
        "post": look.post,
        "licence_type": chosen.type,
        "system": chosen.source.system,
        "standing": chosen.standing,
        "catalogue_version": now.version,
        "sha256": made.sha256,
    }
    facts = {
        "case": now.number, "item": now.item.item_id, "material": look.material.material_id,
        "purpose": "prove", "holder": look.holder, "licence": chosen.licence_id,
        "copy": made.id, "seal_batch": chosen.seal_batch, "expires_at": moment(made.expires_at),
        "fields": list(look.fields),
    }  # fmt: skip
    seq = log.append(conn, event(made.at, "look.granted", now.asker, **about, **facts))
    conn.execute(
        insert(copy).values(
            **about,
            id=made.id,
            licence_id=chosen.licence_id,
            holder_hash=look.holder,
            case_number=now.number,
            item_id=now.item.item_id,
            material_id=look.material.material_id,
            reader=now.asker,
            purpose="prove",
            made_at=made.at,
            expires_at=made.expires_at,
            object=made.object,
            ledger_seq=seq,
        )
    )
