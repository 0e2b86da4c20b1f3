"""The one plain sentence that says why a material need not, could, or must be brought."""

from __future__ import annotations

from collections.abc import Sequence

from certs.licences.face import chinese_day, city_time
from certs.rights.facts import Facts, RelationFacts
from certs.rights.relations import NAMED, PROVES_RELATION, ROLE_NAMES
from certs.rights.right import SENTENCES, Detail
from certs.rights.validity import validity_detail
from certs.waivers.candidates import Candidate
from certs.waivers.scans import Scan
from certs.waivers.sources import Source


def waived(one: Candidate) -> str:
    """It need not be brought, and what stands for it."""
    if one.waiver is None:
        raise ValueError("what waives is a waiver in force")
    first, then = one.waiver.document, one.waiver.list_document
    return f"{_what(one)}；依据{first}，列入第{one.waiver.list}号免提交清单（{then}）。"


def could_be_waived(one: Candidate, lacking: Detail) -> str:
    """The data is there; the department's document, or the published list, is not."""
    waiver = one.waiver
    if lacking == "waiver_withdrawn":
        said = "这类证照的免提交已停止执行"
    elif lacking == "waiver_not_confirmed":
        said = "可免提交，待主管部门发文确认"
    elif not lacking.startswith("waiver_"):
        said = SENTENCES[lacking].removesuffix("。")
    elif waiver is not None and waiver.published_on is not None:
        said = f"可免提交，免提交清单自{chinese_day(waiver.published_on)}起生效"
    else:
        said = "可免提交，主管部门已确认，待免提交清单公布"
    return f"{_what(one)}；{said}，本次请携带。"


def not_given(one: Candidate, detail: Detail) -> str:
    """A licence was found but cannot be given as valid."""
    if detail == "stale":
        as_of = f"只完整到 {city_time(one.as_of)}" if one.as_of else "尚未完成首次同步"
        return f"{one.source.system_name}的数据{as_of}，超过规定时效，请携带。"
    if detail == "under_correction":
        return f"{one.source.system_name}的{one.type}正在校核中，须人工核对原件，请携带。"
    if detail == "licence_expired" and one.facts.valid_to:
        day = chinese_day(one.facts.valid_to)
        return f"查到的{one.type}已于{day}到期，请携带有效原件。"
    return f"查到的{one.type}不能使用：{SENTENCES[detail].removesuffix('。')}，请携带有效原件。"


def name_unresolved() -> str:
    """Nobody has said yet which document the source means."""
    return "这份材料的名称尚未归并到目录，待人工确认，暂时不能核验，请携带。"


def seen_before(scan: Scan) -> str:
    """A window has compared it with its original: trust grade B."""
    day, until = city_time(scan.verified_at), chinese_day(scan.usable_until)
    return f"窗口（{scan.post}）于 {day} 核对过{scan.licence_type}原件，扫描件可用至{until}。"


def applicants_own() -> str:
    """Nobody issues it: the applicant fills it in or writes it."""
    return "由申请人自己填写或准备，请提交。"


def must_bring(detail: Detail) -> str:
    """No licence can stand for the material, whatever is found."""
    if detail == "licence_type_does_not_prove":
        return "没有已接入的证照可以代替这份材料，请申请人提供。"
    return SENTENCES[detail]


def related(why: str, role: str, licence_type: str) -> str:
    """The sentence of another's paper, with what proved whose it is."""
    return f"{why.rstrip('。')}；{ROLE_NAMES[role]}关系由{licence_type}证明。"


def not_related(role: str, named: bool, relation: RelationFacts | None, facts: Facts) -> str:
    """Why nothing proves who stands to the applicant in a role, and what can be done."""
    who, types = ROLE_NAMES.get(role), "、".join(sorted(PROVES_RELATION.get(role, ())))
    if who is None:
        return SENTENCES["role_not_applicant"]
    if role in NAMED and not named:
        return f"该材料属于{who}：请先登记{who}是谁，再以{types}核验关系；否则请携带。"
    if relation is None:
        return f"没有查到能证明{who}关系的{types}，不能共享{who}的证照，请携带。"
    bad = next((it for one in relation.proofs if (it := validity_detail(one, facts))), None)
    if bad is not None:
        why = SENTENCES[bad].rstrip("。")
    elif not relation.linked:
        why = "其记载与本办件的当事人不一致"
    elif relation.ended:
        why = "其证明的关系已经终止"
    else:
        why = "本事项尚不能使用它"
    return f"{relation.licence_type}不能证明{who}关系：{why}，请携带。"


def relation_first(role: str, why: str) -> str:
    """What proves the relation could not be asked, or is not there yet."""
    return f"须先核验{ROLE_NAMES[role]}关系：{why}"


def not_found(source: Source) -> str:
    """Absence is never claimed: only what was searched, and since when it is complete."""
    since = chinese_day(source.complete_since)
    return f"在{source.system_name}自{since}起完整的数据中未找到，请携带。"


def not_connected(types: Sequence[str]) -> str:
    """No connected system gives the licence."""
    return f"{'、'.join(types)}的来源系统尚未接入，请携带。"


def never_complete(source: Source) -> str:
    """The first sync has not ended."""
    return f"{source.system_name}尚未完成首次同步，暂时不能核验，请携带。"


def too_old(source: Source, as_of: str) -> str:
    """Not found, in data that is older than it may be."""
    return f"{source.system_name}的数据只完整到 {as_of}，超过规定时效，请携带。"


def not_asked(source: Source) -> str:
    """A look-up system has not been asked for this case yet."""
    return f"需向{source.system_name}逐件核验，本办件尚未核验；核验前请携带。"


def resting(source: Source, why: str) -> str:
    """A look-up system did not answer now."""
    return f"{source.system_name}暂时不能核验（{why}），可稍后再试，或容缺受理后补。"


def not_needed() -> str:
    """Asked for only in some cases."""
    return "非必需材料，可以不提交。"


def not_of_situation(situation: str) -> str:
    """The case is not one of those that ask for it."""
    if not situation:
        return "按本办件的情形不需要这份材料。"
    return f"只在“{situation}”时需要，本办件不属于该情形。"


def _what(one: Candidate) -> str:
    when = f"，数据截至 {city_time(one.as_of)}" if one.as_of else ""
    if one.standing == "data only":
        return f"已由{one.source.system_name}核验{one.type}登记数据{when}"
    return f"{one.source.system_name}有申请人的有效{one.type}{when}"
