"""Whether a merge touches waivers: whether data may stand for a material that the item asks for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

_PUBLISHED = text(
    "SELECT EXISTS (SELECT FROM catalog.published_material"
    " WHERE version = (SELECT max(number) FROM catalog.version) AND item_id = ANY(:ids)"
    " AND purpose = 'prove' AND cardinality(licence_types) > 0)"
)
#: What is asked now and not published yet: by the item itself, or by rows that are or become it.
_ASKED = text(
    "SELECT EXISTS (SELECT FROM landing.material m"
    " JOIN catalog.judgement j ON j.subject = 'material' AND j.\"left\" = m.name"
    " AND j.undone_at IS NULL"
    " JOIN catalog.canonical_material c ON c.id = ANY(string_to_array(j.\"right\", ' '))"
    " WHERE m.deleted_at IS NULL AND NOT m.withheld AND m.purpose = 'prove'"
    " AND cardinality(c.licence_types) > 0"
    " AND (m.item_code = ANY(:lefts) OR m.item_code IN (SELECT i.code FROM landing.item i"
    " WHERE i.level = 'canonical' AND (i.code = ANY(:ids) OR i.base_code = ANY(:ids)))"
    " OR m.item_code IN (SELECT j.\"left\" FROM catalog.judgement j WHERE j.subject = 'item'"
    " AND j.undone_at IS NULL AND j.relation = 'same' AND j.\"right\" = ANY(:ids))))"
)
#: What a county asks to prove beside the item's list: it goes along with its implementation.
_DEVIATING = text(
    "SELECT EXISTS (SELECT FROM catalog.flow_delta WHERE state = 'accepted'"
    " AND field LIKE 'material:%' AND value ->> 'purpose' = 'prove'"
    " AND (item_id = ANY(:ids) OR local_code = ANY(:lefts)))"
)
_MATERIAL = text(
    "SELECT EXISTS (SELECT FROM catalog.canonical_material"
    " WHERE id = ANY(:ids) AND cardinality(licence_types) > 0)"
)


def touches(
    conn: Connection, subject: str, relation: str, ids: Collection[str], lefts: Collection[str]
) -> bool:
    """Whether rows that become canonical `ids` would let data stand for a material.

    Only what reaches a published list can: same, and for an item narrower.
    """
    if relation not in ("same", "narrower"):
        return False
    facts = {"ids": list(ids), "lefts": list(lefts)}
    if subject == "material":
        return bool(conn.execute(_MATERIAL, facts).scalar_one())
    return any(
        conn.execute(query, facts).scalar_one() for query in (_PUBLISHED, _ASKED, _DEVIATING)
    )
