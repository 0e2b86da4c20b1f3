"""校核: somebody says that a licence is wrong; its department answers; it is marked meanwhile.

A mark is of one version of one landed row. It ends when the department refuses, or when the source
gives a new version: an answer "corrected" alone ends nothing, since the data is still the old one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from certs.corrections import words
from certs.corrections.words import Words
from certs.rights import right
from certs.rights.scene import Scene, scene
from certs.tables import correction
from certs.waivers.candidates import Candidate, candidates
from certs.waivers.lines import best, material_facts
from certs.waivers.messages import tell
from certs.waivers.sources import by_stream
from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing.read import is_of
from landing.tables import licence as landed
from ledger import log
from ledger.events import event
from registry import workdays
from registry.accounts import Account

#: Working days in which the department answers; a setting, not a law.
DAYS = 5
HOLDER = "holder"
Outcome = Literal["corrected", "refused"]
OUTCOMES: dict[Outcome, str] = {
    "corrected": "属实，已在来源系统更正，新数据到达后可以使用",
    "refused": "核实无误，不予更正",
}
NOT_FOUND = "没有查到可以校核的证照：只能校核本办件申请人已入库的证照。"
NOT_OWN = "没有查到您名下的这份证照，不能报告校核。"
OTHERS = "这份校核由证照的主管部门答复。"


@dataclass(frozen=True)
class _Row:
    """The landed row that is said to be wrong."""

    system: str
    stream: str
    key_hash: str
    row_hash: str
    licence_type: str
    department: str


def report(
    house: House, account: Account, case_number: str, material_id: str, field: str, why: str
) -> int:
    """A clerk says that the licence that stands for a material of a case is wrong. Its number.

    Raises Refused, in the ledger as well, for who may not plan the case; BadInput for a field that
    there is not, too few words, or when there is no landed licence.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Denied):
            _refused(conn, now.now, account.name, decision.detail)
        else:
            row = _landed(house, conn, now, material_id)
            about = {"case_number": case_number, "post": decision.post}
            return _record(house, conn, row, account.name, (field, why), about)
    raise Refused(decision.sentence, reason=decision.reason)


def report_by_holder(house: House, holder: str, key_hash: str, field: str, why: str) -> int:
    """A holder (keyed hash) says that an own licence, by the hash of its row's key, is wrong.

    Raises Refused, in the ledger as well, for one that is not theirs or is not there: which of the
    two is not told. BadInput for a field that there is not or too few words.
    """
    h = landed.c
    query = select(landed).where(h.key_hash == key_hash, is_of(holder), h.deleted_at.is_(None))
    with house.engine.begin() as conn:
        found = conn.execute(query).one_or_none()
        source = found and by_stream(house.settings.home, found.system, found.stream)
        if found is not None and source is not None:
            row = _Row(
                found.system, found.stream, key_hash, found.row_hash, found.type, source.department
            )
            return _record(house, conn, row, HOLDER, (field, why), {})
        _refused(conn, house.clock(), HOLDER, "licence_not_found")
    raise Refused(NOT_OWN, reason="licence_not_found")


def answer(house: House, account: Account, number: int, outcome: Outcome, said: str) -> None:
    """The department's answer. Raises Refused for another's officer, BadInput when there is no
    such open correction or no reason."""
    if outcome not in OUTCOMES:
        raise BadInput(f"an answer is {' or '.join(OUTCOMES)}")
    told = words.check_words(said, "答复理由")
    with house.engine.begin() as conn:
        now = house.clock()
        row = conn.execute(select(correction).where(correction.c.id == number)).one_or_none()
        if row is None or row.answer is not None:
            raise BadInput(f"no open correction {number}")
        if account.role == "officer" and account.department == row.department:
            _answered(house, conn, row._mapping, account.name, (outcome, told), now)
            return
        _refused(conn, now, account.name, "not_of_department")
    raise Refused(OTHERS, reason="not_of_department")


def _landed(house: House, conn: Connection, now: Scene, material_id: str) -> _Row:
    """The applicant's landed licence that the plan would take for the material."""
    material = next((one for one in now.materials if one.material_id == material_id), None)
    if material is None or now.case is None:
        raise BadInput(right.SENTENCES["material_not_asked"])
    found = candidates(house, conn, now.case.holder_hash, material.licence_types, ())
    picked = best(material_facts(now, material), found)
    chosen: Candidate | None = picked[0] if picked else None
    if chosen is None or chosen.row is None:
        raise BadInput(NOT_FOUND)
    source = chosen.source
    return _Row(source.system, source.stream, *chosen.row, chosen.type, source.department)


def _record(
    house: House,
    conn: Connection,
    row: _Row,
    who: str,
    said: tuple[str, str],
    about: dict[str, str],
) -> int:
    now = house.clock()
    field = words.check_field(row.licence_type, said[0])
    why = Words(words.check_words(said[1], "哪里不对"))
    values: dict[str, Any] = {**row.__dict__, **about, "field": field, "reported_by": who}
    due = workdays.after(now.astimezone(CITY_TIME).date(), DAYS)
    sealed = words.seal(house, words.place_of(values), why)
    order = insert(correction).values(**values, reported_at=now, due=due, sealed=sealed)
    number = int(conn.execute(order.returning(correction.c.id)).scalar_one())
    facts = {
        "system": row.system, "licence_type": row.licence_type, "department": row.department,
        "field": field, "case": about.get("case_number"), "post": about.get("post"),
        "key_hash": row.key_hash, "correction": number,
    }  # fmt: skip
    log.append(conn, event(now, "correction.reported", who, **facts))
    return number


def _answered(
    house: House, conn: Connection, row: Any, who: str, said: tuple[Outcome, str], now: datetime
) -> None:
    outcome, told = said
    place = words.place_of(row)
    why = words.open_(house, place, bytes(row["sealed"])).why
    sealed = words.seal(house, place, Words(why, told))
    conn.execute(
        update(correction)
        .where(correction.c.id == row["id"])
        .values(answer=outcome, answered_by=who, answered_at=now, sealed=sealed)
    )
    facts = {"outcome": outcome, "department": row["department"], "correction": row["id"]}
    log.append(conn, event(now, "correction.answered", who, case=row["case_number"], **facts))
    if row["post"] is not None:
        about = f"办件 {row['case_number']} 报校核的{row['licence_type']}"
        text = f"{about}，{row['department']}答复：{OUTCOMES[outcome]}。"
        tell(conn, row["post"], row["case_number"], text, now)


def _refused(conn: Connection, now: datetime, who: str, reason: str) -> None:
    log.append(conn, event(now, "correction.refused", who, reason=reason))
