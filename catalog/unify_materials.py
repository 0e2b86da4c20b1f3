"""Unify's half for materials: every name as written becomes one or more canonical materials.

A name that ends like a document that a licence type proves, but is not known to be it, gets a
canonical material of its own, proved by nothing, and a question: a person may say it is that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from catalog.canonical import write_materials
from catalog.items.match import Candidate
from catalog.judging.decisions import Question, Settled, write
from catalog.materials.parse import Material, Part, parse_material
from catalog.materials.proofs import Proofs
from catalog.sources import read_material_names


def unify_materials(conn: Connection, at: datetime, proofs: Proofs) -> None:
    """Bring the canonical materials and their judgements up to the names that have landed."""
    settled: list[Settled] = []
    asked: list[Question] = []
    parts: list[Part] = []
    for name in read_material_names(conn):
        material = parse_material(name, proofs)
        parts += material.parts
        settled.append(_settle(material))
        if material.unsure:
            asked.append(_ask_material(material, proofs))
            parts += _may_be(material, proofs)
    write_materials(conn, parts)
    write(conn, "material", settled, asked, at)


def _settle(material: Material) -> Settled:
    names = "；".join(part.document for part in material.parts)
    several = len(material.parts) > 1
    return Settled(
        material.written,
        material.written,
        " ".join(part.id for part in material.parts),
        "compound" if several else "document",
        f"名称包含{len(material.parts)}份材料：{names}"
        if several
        else f"去除份数、原件复印件、持有人等用语后为“{names}”",
        0.95,
    )


def _may_be(material: Material, proofs: Proofs) -> list[Part]:
    """The proved document that a person may say an unsure material is."""
    part = material.parts[0]
    types = proofs.types(material.unsure)
    return [Part(proofs.document(material.unsure), part.role, part.form, "licence", types)]


def _ask_material(material: Material, proofs: Proofs) -> Question:
    found = tuple(
        Candidate(part.id, part.document, 0.5, f"名称以“{material.unsure}”结尾，是否即为该材料")
        for part in _may_be(material, proofs)
    )
    return Question(material.written, material.written, "", "", found)
