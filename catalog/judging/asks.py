"""What items ask for, as canonical materials: 营业执照复印件 and 《营业执照》 are one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, TextClause, text

from catalog.materials.canonical_parts import shown_name

#: The rows of a candidate itself in the landing. A city may have it under a code of its own.
_OWN = text(
    "SELECT DISTINCT CASE WHEN code = ANY(:ids) THEN code ELSE base_code END, code"
    " FROM landing.item WHERE level = 'canonical' AND deleted_at IS NULL AND NOT withheld"
    " AND (code = ANY(:ids) OR base_code = ANY(:ids))"
)
#: A name without canonical material stands as it is written.
_MATERIALS = text(
    "SELECT m.item_code, m.name, k.id, k.name, k.role FROM (SELECT DISTINCT item_code, name"
    " FROM landing.material WHERE deleted_at IS NULL AND NOT withheld"
    " AND item_code = ANY(:codes)) m"
    " LEFT JOIN catalog.judgement j ON j.subject = 'material' AND j.\"left\" = m.name"
    " AND j.undone_at IS NULL AND j.relation = 'same'"
    " LEFT JOIN LATERAL unnest(string_to_array(j.\"right\", ' ')) part ON true"
    " LEFT JOIN catalog.canonical_material k ON k.id = part"
)
Codes = defaultdict[str, list[str]]


def own_codes(conn: Connection, ids: Collection[str]) -> Codes:
    """By canonical item: the codes of its own rows in the base catalogue, and the city's for it."""
    return codes(conn, _OWN, {"ids": list(ids)})


def codes(conn: Connection, query: TextClause, given: dict[str, list[str]]) -> Codes:
    """By candidate: the codes of the rows that the query finds for it."""
    found = Codes(list)
    for one, code in conn.execute(query, given):
        found[one].append(code)
    return found


def all_codes(codes: Mapping[str, list[str]]) -> Iterable[str]:
    """Those of all candidates."""
    return (code for found in codes.values() for code in found)


def asked_for(conn: Connection, codes: Collection[str]) -> dict[str, set[str]]:
    """By code: the names of the canonical materials that it asks for."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, name, id_, document, role in conn.execute(_MATERIALS, {"codes": sorted(codes)}):
        found[code].add(name if id_ is None else shown_name(document, role))
    return found


def together(asked: dict[str, set[str]], codes: Iterable[str]) -> list[str]:
    """What these rows ask for, those first that most of them do."""
    counted = Counter(name for code in codes for name in asked.get(code, ()))
    return sorted(counted, key=lambda name: (-counted[name], name))
