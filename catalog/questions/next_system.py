"""Which system, connected next, would waive most papers: greedy, with the curve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from catalog.questions.cases import reach, years_before
from catalog.questions.papers import Paper, giving, greedy, papers, types_by_system
from catalog.questions.table import Table
from catalog.versions.read import current_version
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from registry import licence_types, waivers
from registry.contract import System

COLUMNS = {
    "step": "次序",
    "system": "系统代号",
    "name": "系统",
    "department": "部门",
    "types": "用得上的证照",
    "papers": "一年新增可免份数",
    "lines": "新增可免材料行",
    "total": "累计可免份数",
    "share": "累计占比",
    "published": "其中已公布免提交的证照",
}
PAPERS = {
    "item_id": "事项编码",
    "material_id": "材料编码",
    "material": "材料",
    "types": "可代替的证照",
    "cases": "一年办件数",
}
NO_SYSTEM = "no-system:"  # before a department: types of it that no contract gives


def next_systems(
    conn: Connection, systems: Mapping[str, System], now: datetime, from_nothing: bool
) -> Table:
    """The order in which systems add most. `from_nothing`: as if none were connected yet.

    A paper is one needed proof of the applicant in one case of the last year. Types that no
    contract gives stand by their department, as a system that is yet to be found.
    """
    version = current_version(conn)
    wanted = papers(conn, version, years_before(now, 1))
    today = now.astimezone(CITY_TIME).date()
    have = {} if from_nothing else giving(conn, systems)
    types = frozenset().union(*have.values())
    offered = {code: of for code, of in _offered(systems).items() if code not in have}
    every = sum(one.cases for one in wanted)
    done = sum(one.cases for one in wanted if one.types & types)
    in_force = {
        name
        for name, one in waivers.current(conn).items()
        if waivers.standing(one, today) == "in_force"
    }
    rows, total = [], done
    for number, step in enumerate(greedy(wanted, offered, types), 1):
        total += step.papers
        name, department = _named(step.system, systems)
        rows.append(
            {
                "step": number,
                "system": step.system,
                "name": name,
                "department": department,
                "types": sorted(step.types),
                "papers": step.papers,
                "lines": step.lines,
                "total": total,
                "share": total / every if every else 0.0,
                "published": sorted(step.types & in_force),
            }
        )
    about = (
        f"目录第{version}版中申请人自己的、必需的证明材料共{len(wanted)}行，最近一年合{every}份；"
        f"已接入的{len(have)}个证照系统可代替{done}份。{reach(conn, systems)}。"
        "能否免提交还要主管部门确认并公布清单。"
    )
    return Table("next-system", about, COLUMNS, rows)


def papers_of(conn: Connection, systems: Mapping[str, System], now: datetime, code: str) -> Table:
    """The papers that a system's licences could stand for, whoever else could: what is summed.

    Raises BadInput on a code that gives no licence.
    """
    offered = _offered(systems)
    if code not in offered:
        raise BadInput(f"{code} gives no licence: systems that do are {', '.join(sorted(offered))}")
    version = current_version(conn)
    every = papers(conn, version, years_before(now, 1))
    found = [one for one in every if one.types & offered[code]]
    found.sort(key=lambda one: (-one.cases, one.item_id, one.material_id))
    rows = [_paper(one) for one in found]
    about = f"{code}的证照可代替{len(rows)}行材料，最近一年合{sum(one.cases for one in found)}份。"
    return Table("next-system", about, PAPERS, rows)


def _paper(one: Paper) -> dict[str, object]:
    return {
        "item_id": one.item_id,
        "material_id": one.material_id,
        "material": one.name,
        "types": sorted(one.types),
        "cases": one.cases,
    }


def _offered(systems: Mapping[str, System]) -> dict[str, frozenset[str]]:
    offered = types_by_system(systems)
    given = frozenset().union(*offered.values())
    for name, kind in licence_types.load().items():
        if name not in given:
            code = NO_SYSTEM + kind.department
            offered[code] = offered.get(code, frozenset()) | {name}
    return offered


def _named(code: str, systems: Mapping[str, System]) -> tuple[str, str]:
    if code in systems:
        return systems[code].name, systems[code].department
    return "尚无系统登记", code.removeprefix(NO_SYSTEM)
