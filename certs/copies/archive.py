"""A case's package for the file room: the copies it was given, the proofs of each, a sealed list.

One ZIP, the same bytes each time while no further copy is made. It is given for a case that the
asker's post handles or handled: a closed case is what a file room asks for. It holds nothing that
was not handed out for this case before. `certs.verifying.archive` checks it offline.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from certs.copies.share import stored_copy
from certs.rights import right
from certs.rights.casework import may_decide
from certs.rights.refusal import refuse
from certs.rights.scene import Scene, scene
from certs.seals import seal
from certs.tables import copy, licence
from certs.verifying.archive import FORMAT, HEAD, MANIFEST, SEAL
from kernel.canonical import canonical
from kernel.db import lock
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log, merkle
from ledger.events import event, moment
from ledger.files import head_file, inclusion_file
from ledger.heads import Head, head_of, sign_head
from ledger.proofs import inclusion
from ledger.tables import head as heads
from registry.accounts import Account

#: Of every member: a ZIP wants a time, and the same files are to give the same bytes.
THEN = (1980, 1, 1, 0, 0, 0)
FACTS = (
    "id", "licence_type", "standing", "item_id", "material_id", "reader", "post",
    "catalogue_version", "sha256", "ledger_seq",
)  # fmt: skip


def package(house: House, account: Account, case_number: str) -> bytes:
    """The package of a case. Raises Refused, in the ledger as well, for who may not have it;
    BadInput when nothing was shared for the case."""
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        denied = _denied(now)
        if denied is not None:
            refused: Refused | None = refuse(house, conn, "look.refused", now, denied)
        else:
            refused, copies = None, _copies(conn, case_number)
    if refused is not None:
        raise refused
    if not copies:
        raise BadInput("本办件没有调取过证照，没有可以归档的加注件。")
    files = _files(house, case_number, copies)
    with house.engine.begin() as conn:
        made = _zip({**files, SEAL: _seal(house, conn, files[MANIFEST])})
        about = {"count": len(copies), "sha256": hashlib.sha256(made).hexdigest()}
        fact = event(house.clock(), "package.made", account.name, **_of_case(now), **about)
        log.append(conn, fact)
    return made


def _of_case(now: Scene) -> dict[str, Any]:
    """What the entry says, so that the applicant sees who took the copies along."""
    if now.case is None:
        raise ValueError("a package is of a case")
    item = now.item.item_id if now.item else None
    holder = now.case.holder_hash
    return {"case": now.number, "post": now.case.post, "item": item, "holder": holder}


def seal_proof(house: House, conn: Connection, licence_id: str) -> bytes:
    """That a licence stands in a sealed batch, without a word of it: blinded leaf, path, root."""
    own = conn.execute(select(licence).where(licence.c.id == licence_id)).one()
    batch = (
        select(licence.c.leaf_hash)
        .where(licence.c.seal_batch == own.seal_batch)
        .order_by(licence.c.leaf_index)
    )
    leaves = [bytes.fromhex(leaf) for leaf in conn.execute(batch).scalars()]
    ranges = merkle.range_root(leaves, house.profile.hash)
    path = merkle.inclusion_proof(own.leaf_index, len(leaves), ranges)
    root = seal.root_of(conn, own.seal_batch)
    return canonical(
        {
            "leaf": own.leaf_hash,
            "leaf_index": own.leaf_index,
            "proof": [step.hex() for step in path],
            "seal": seal.root_facts(root),
        }
    )


def _denied(now: Scene) -> right.Denied | None:
    """The right to decide the case, as if it were open still."""
    facts = now.facts()
    if facts.case is not None:
        facts = replace(facts, case=replace(facts.case, open=True))
    decision = right.check(facts, "plan")
    if isinstance(decision, right.Denied):
        return decision
    return None if may_decide(facts) else right.Denied("receive_only")


def _copies(conn: Connection, case_number: str) -> Sequence[Row[Any]]:
    query = select(copy).where(copy.c.case_number == case_number)
    return conn.execute(query.order_by(copy.c.ledger_seq)).all()


def _seal(house: House, conn: Connection, manifest: bytes) -> bytes:
    """The manifest's seal, the same as long as the manifest is."""
    lock(conn, "certs.packages")
    return canonical(seal.root_facts(seal.sealed_alone(house, conn, manifest, house.clock())))


def _files(house: House, case_number: str, copies: Sequence[Row[Any]]) -> dict[str, bytes]:
    """Manifest, copies and proofs by their place in the package."""
    files: dict[str, bytes] = {}
    about = []
    with house.engine.connect() as conn:
        made = _head(house, conn, max(row.ledger_seq for row in copies))
        files[HEAD] = head_file(made)
        for row in copies:
            proofs = {f"proofs/{row.id}.ledger.json": _entry(conn, row.ledger_seq, made)}
            if row.licence_id is not None:
                proofs[f"proofs/{row.id}.seal.json"] = seal_proof(house, conn, row.licence_id)
            files |= {f"copies/{row.id}.pdf": stored_copy(house, row.id), **proofs}
            about.append(_about(row))
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = {"format": FORMAT, "case": case_number, "copies": about, "files": listed}
    return {MANIFEST: canonical(manifest), **files}


def _about(row: Row[Any]) -> dict[str, Any]:
    times = {"made_at": moment(row.made_at), "expires_at": moment(row.expires_at)}
    return {**{name: row._mapping[name] for name in FACTS}, **times}


def _head(house: House, conn: Connection, seq: int) -> Head:
    """The first signed head over an entry; one is signed now where there is none yet."""
    first = select(heads).where(heads.c.size > seq).order_by(heads.c.size).limit(1)
    row = conn.execute(first).one_or_none()
    if row is None:
        sign_head(house)
        row = conn.execute(first).one()
    return head_of(row)


def _entry(conn: Connection, seq: int, made: Head) -> bytes:
    return inclusion_file(inclusion(conn, seq, made.size))


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, THEN)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name])
    return out.getvalue()
