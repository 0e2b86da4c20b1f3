"""Unify's half for materials: every name as written becomes one or more canonical materials.

A name that ends like a document that a licence type proves, but is not known to be it, gets a
canonical material of its own, proved by nothing, and a question: a person may say it is that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from catalog.canonical import add_materials, material_row, write_materials
from catalog.items.match import Candidate
from catalog.judging import live, verdicts
from catalog.judging.effect import settle
from catalog.judging.verdicts import Kept
from catalog.materials.parse import Material, Part, parse_material
from catalog.materials.proofs import Proofs


def unify_materials(conn: Connection, at: datetime, proofs: Proofs, *, whole: bool) -> bool:
    """Bring the canonical materials and their judgements up to the names that have landed.

    Whether there was anything new.
    """
    came = live.refresh(conn, "material")
    asked = live.unjudged(conn, "material", None if whole else came.digests)
    found = [(row[0], _kept(row[1], proofs), ()) for row in asked]
    verdicts.keep(conn, "material", found)
    if came.gone:
        ids = _ids_of_gone(conn)
        verdicts.forget_unused(conn, "material")
        write_materials(conn, ids)
    if whole:
        write_materials(conn, None)
        settle(conn, "material", None, at)
    elif came.all:
        add_materials(conn, (row for _, kept, _ in found for row in kept.parts))
        settle(conn, "material", came.all, at)
    return bool(came.all)


def _kept(name: str, proofs: Proofs) -> Kept:
    """The rules' verdict on a name as written."""
    material = parse_material(name, proofs)
    several = len(material.parts) > 1
    names = "；".join(part.document for part in material.parts)
    may_be = _may_be(material, proofs) if material.unsure else []
    found = tuple(
        Candidate(part.id, part.document, 0.5, f"名称以“{material.unsure}”结尾，是否即为该材料")
        for part in may_be
    )
    return Kept(
        "same",
        tuple(part.id for part in material.parts),
        "compound" if several else "document",
        f"名称包含{len(material.parts)}份材料：{names}"
        if several
        else f"去除份数、原件复印件、持有人等用语后为“{names}”",
        0.95,
        auto=True,
        asks=bool(material.unsure),
        candidates=found,
        parts=tuple(material_row(part) for part in (*material.parts, *may_be)),
    )


def _may_be(material: Material, proofs: Proofs) -> list[Part]:
    """The proved document that a person may say an unsure material is."""
    part = material.parts[0]
    types = proofs.types(material.unsure)
    return [Part(proofs.document(material.unsure), part.role, part.form, "licence", types)]


def _ids_of_gone(conn: Connection) -> set[str]:
    """The canonical materials that verdicts mention which no live name needs any more."""
    found = conn.execute(
        text(
            "SELECT DISTINCT unnest(v.mentions) FROM catalog.verdict v"
            " WHERE v.subject = 'material' AND NOT EXISTS (SELECT FROM catalog.local l"
            " WHERE l.subject = 'material' AND l.digest = v.digest)"
        )
    )
    return set(found.scalars())
