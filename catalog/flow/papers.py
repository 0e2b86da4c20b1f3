"""Deviations in materials: a county asks for one more, asks for one otherwise, or leaves one out.

Typed as `material` or `no_material`; kept by material (`material:M-…`), so that what is said of one
material in one place follows each other in time as the other fields' values do.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from catalog.materials.parse import Part, parse_material
from catalog.materials.proofs import known_proofs
from kernel.errors import BadInput

MORE, LESS = "material", "no_material"
PREFIX = "material:"
NAME = "申请材料"
LONGEST = 200  # what the national table of materials holds
PURPOSES = {"证明": "prove", "核对原件": "compare", "收回": "surrender"}
NEEDS = {"必须": True, "必要时": False}
SITUATION = "情形"
_KEYS = {True: {"asks", "name", "need", "purpose", "situation"}, False: {"asks", "name"}}
_LISTED = text(
    "SELECT DISTINCT material_id, name FROM catalog.published_material WHERE item_id = :item"
    " AND version = (SELECT max(number) FROM catalog.version) ORDER BY name, material_id"
)
_CALLED = text(
    "SELECT m.id, m.name, m.role, m.kind, m.licence_types FROM catalog.judgement j"
    " CROSS JOIN LATERAL unnest(string_to_array(j.\"right\", ' ')) AS one (id)"
    " JOIN catalog.canonical_material m ON m.id = one.id"
    " WHERE j.subject = 'material' AND j.\"left\" = :name AND j.undone_at IS NULL"
    " AND j.relation = 'same' ORDER BY m.id"
)


def is_paper(field: str) -> bool:
    """Whether a deviation, by its field as typed or as kept, is about a material."""
    return field in (MORE, LESS) or field.startswith(PREFIX)


def read_more(code: str, said: Any) -> dict[str, Any]:
    """`房屋租赁合同；证明；必要时；情形：租赁经营`: name, purpose, then what is not always so.

    Gives {asks, name, need, purpose, situation}. Raises BadInput; a purpose is never assumed.
    """
    if isinstance(said, dict):
        return _kept(code, said, asks=True)
    name, *rest = _parts(said)
    made: dict[str, Any] = {"asks": True, "name": _named(code, name), "need": True}
    made |= {"purpose": "", "situation": ""}
    for one in rest:
        head, _, behind = one.replace("：", ":", 1).partition(":")
        if head in PURPOSES:
            made["purpose"] = PURPOSES[head]
        elif head in NEEDS:
            made["need"] = NEEDS[head]
        elif head == SITUATION and behind.strip():
            made["situation"] = behind.strip()
        else:
            allowed = "、".join([*PURPOSES, *NEEDS])
            raise BadInput(f"{code} knows no “{one}”: allowed are {allowed}、{SITUATION}：…")
    return _kept(code, made, asks=True)


def read_less(code: str, said: Any) -> dict[str, Any]:
    """The material's id or name as the item's list has it. Gives {asks, name}."""
    if isinstance(said, dict):
        return _kept(code, said, asks=False)
    return {"asks": False, "name": _named(code, str(said).strip())}


def how(value: dict[str, Any]) -> str:
    """In Chinese: how a place asks for a material."""
    if not value["asks"]:
        return "不要求提交"
    purpose = next(name for name, code in PURPOSES.items() if code == value["purpose"])
    need = next(name for name, needed in NEEDS.items() if needed == value["need"])
    situation = f"，{SITUATION}：{value['situation']}" if value["situation"] else ""
    return f"{need}提交，用于{purpose}{situation}"


def show(value: dict[str, Any]) -> str:
    """The same with the material's name."""
    return f"{value['name']}：{how(value)}"


def settled(conn: Connection, item_id: str, value: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The field under which a material's deviation is kept, and its value. Raises BadInput.

    What is left out must stand in the item's published list. What is asked is one material.
    """
    if not value["asks"]:
        material, name = _listed(conn, item_id, value["name"])
        return PREFIX + material, {**value, "name": name}
    found = parts_of(conn, value["name"])
    if len(found) > 1:
        names = "、".join(part.document for _, part in found)
        raise BadInput(f"“{value['name']}” is {len(found)} materials ({names}): a row for each")
    return PREFIX + found[0][0], value


def parts_of(conn: Connection, name: str) -> list[tuple[str, Part]]:
    """The canonical materials that a name means, by id: as judged, else as its words say."""
    judged = [
        (row.id, Part(row.name, row.role, "", row.kind, tuple(row.licence_types)))
        for row in conn.execute(_CALLED, {"name": name})
    ]
    return judged or [(part.id, part) for part in parse_material(name, known_proofs()).parts]


def _listed(conn: Connection, item_id: str, said: str) -> tuple[str, str]:
    """A material of the item's published list, by id or name; else by what its name means."""
    listed = {row.material_id: row.name for row in conn.execute(_LISTED, {"item": item_id})}
    meant = [one for one, name in listed.items() if said in (one, name)]
    meant = meant or [one for one, _ in parts_of(conn, said) if one in listed]
    if len(meant) != 1:
        names = "、".join(f"{name}（{one}）" for one, name in listed.items()) or "nothing"
        which = "names no" if not meant else "names more than one"
        raise BadInput(f"“{said}” {which} material of {item_id}, whose list is {names}")
    return meant[0], listed[meant[0]]


def _kept(code: str, said: dict[str, Any], *, asks: bool) -> dict[str, Any]:
    """A value as it is kept, whoever made it. Raises BadInput."""
    made = {"asks": asks, "need": True, "situation": "", **said} if asks else {"asks": asks, **said}
    unknown = sorted(set(made) - _KEYS[asks])
    if unknown:
        raise BadInput(f"{code} has {', '.join(sorted(_KEYS[asks]))}, not {unknown[0]}")
    if made["asks"] is not asks:
        raise BadInput(f"{code} says asks {str(asks).lower()}, not {made['asks']}")
    made["name"] = _named(code, made.get("name"))
    if asks and made.get("purpose") not in PURPOSES.values():
        raise BadInput(f"{code} says what it is for, behind the name: {'、'.join(PURPOSES)}")
    if asks and not (isinstance(made["need"], bool) and _is_text(made["situation"])):
        raise BadInput(f"need of {code} is true or false, its situation a text")
    return made


def _parts(said: Any) -> list[str]:
    found = [one.strip() for one in str(said).replace(";", "；").split("；")]
    return [one for one in found if one] or [""]


def _named(code: str, said: Any) -> str:
    name = " ".join(said.split()) if isinstance(said, str) else ""
    if not 0 < len(name) <= LONGEST:
        raise BadInput(f"{code} names a material in 1 to {LONGEST} characters")
    return name


def _is_text(said: Any) -> bool:
    return isinstance(said, str) and len(said) <= LONGEST
