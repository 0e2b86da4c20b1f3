"""Of each licence type that fills a form in: the licence that the case may see, or why not.

The same facts and the same one function as for a look at a material; only the type is given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from catalog.versions.published import PublishedMaterial
from certs.looks.opening import document_of
from certs.rights import right
from certs.rights.scene import Scene
from certs.waivers.asking import answers_of
from certs.waivers.candidates import Candidate, candidates
from certs.waivers.lines import best, licence_facts, material_facts
from certs.waivers.situation import of_case_alone
from kernel.house import House
from ledger import watch
from registry import waivers

NOT_ASKED = "本事项没有要求申请人以{types}证明，不能据此填写，请申请人填写。"


@dataclass(frozen=True)
class Given:
    """A licence that the case may see: through which material, and what it says."""

    material: PublishedMaterial
    chosen: Candidate
    document: Mapping[str, Any]
    may: frozenset[str]  # the detail fields that its use has


def licences_of(
    house: House,
    conn: Connection,
    now: Scene,
    wanted: Mapping[str, Collection[str]],
    use: right.Use,
) -> tuple[dict[str, Given], dict[str, str]]:
    """By type: the licence that this case may see; or why none, in a sentence."""
    found: dict[str, Given] = {}
    denied: dict[str, str] = {}
    if now.case is None or not wanted:
        return found, denied
    lines = of_case_alone(house, now)
    answers = answers_of(house, now).values()
    own = candidates(house, conn, now.case.holder_hash, wanted, answers)
    stopped = watch.no_look(conn, now.now)
    for name in sorted(wanted):
        tried = [_try(conn, now, line, name, own, use) for line in lines if _proves(line, name)]
        if not tried:
            denied[name] = NOT_ASKED.format(types=name)
            continue
        facts, chosen, line = min(tried, key=lambda one: one[0] is not None)
        if stopped is not None:
            denied[name] = right.SENTENCES[stopped]
        elif facts is not None:
            denied[name] = f"{right.SENTENCES[facts]}请申请人填写。"
        elif chosen is not None:
            may = now.uses[name].fields & frozenset(wanted[name])
            document = document_of(house, conn, chosen, now.case.holder_hash)
            found[name] = Given(line, chosen, document, may)
    return found, denied


def _proves(line: PublishedMaterial, name: str) -> bool:
    return line.role == "applicant" and name in line.licence_types


def _try(
    conn: Connection,
    now: Scene,
    line: PublishedMaterial,
    name: str,
    own: Sequence[Candidate],
    use: right.Use,
) -> tuple[right.Detail | None, Candidate | None, PublishedMaterial]:
    """Why the case may not see the applicant's licence of one type by one material, and which.

    `use`: data for a post that decides; answer for one that learns only whether a field is known.
    """
    facts = replace(material_facts(now, line), proving_types=frozenset({name}), licence_type=name)
    picked = best(facts, own)
    if picked is None:
        standing = waivers.standing(waivers.current(conn, [name]).get(name), now.today)
        decision = right.check(replace(facts, waiver=standing), use)
    else:
        decision = right.check(licence_facts(facts, picked[0]), use)
    detail = decision.detail if isinstance(decision, right.Denied) else None
    return detail, picked[0] if picked else None, line
