"""What a flow says, field by field: a closed list, how each is read, shown and checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.flow import papers
from kernel.errors import BadInput

LONGEST = 500
MOST_DAYS = 3650


@dataclass(frozen=True)
class Field:
    """`read`: from text (as typed or out of JSON) to the value kept; `show`: in Chinese."""

    code: str
    name: str
    read: Callable[[str, Any], Any]
    show: Callable[[Any], str]


def _days(code: str, said: Any) -> int:
    text = str(said).strip()
    if isinstance(said, bool) or not (text.isascii() and text.isdigit()) or int(text) > MOST_DAYS:
        raise BadInput(f"{code} is a number of working days from 0 to {MOST_DAYS}, not {said}")
    return int(text)


#: As programs and as people write it.
TRUTHS = {"true": True, "false": False, "收费": True, "不收费": False}


def _truth(code: str, said: Any) -> bool:
    if isinstance(said, bool):
        return said
    if str(said).strip() in TRUTHS:
        return TRUTHS[str(said).strip()]
    raise BadInput(f"{code} is true or false, not {said}")


def _words(code: str, said: Any) -> str:
    text = " ".join(str(said).split())
    if not isinstance(said, str) or not text or len(text) > LONGEST:
        raise BadInput(f"{code} is a text of 1 to {LONGEST} characters")
    return text


def _listed(code: str, said: Any) -> list[Any]:
    """A list as JSON, or texts between semicolons."""
    if isinstance(said, list):
        return said
    text = str(said).strip()
    if text.startswith("["):
        try:
            made = json.loads(text)
        except ValueError:
            raise BadInput(f"{code} is not JSON: write [..] or texts between ；") from None
        return list(made)
    return [part for part in text.replace(";", "；").split("；") if part.strip()]


def _results(code: str, said: Any) -> list[str]:
    found = [_words(code, one) for one in _listed(code, said)]
    if not found:
        raise BadInput(f"{code} names at least one result")
    return found


def _steps(code: str, said: Any) -> list[dict[str, Any]]:
    """Each step: its name, and its working days where they are told (`审查:5`)."""
    found = [_step(code, one) for one in _listed(code, said)]
    if not found:
        raise BadInput(f"{code} names at least one step")
    return found


def _step(code: str, one: Any) -> dict[str, Any]:
    if isinstance(one, dict):
        unknown = sorted(set(one) - {"name", "days"})
        if unknown:
            raise BadInput(f"a step of {code} has name and days, not {unknown[0]}")
        name, days = one.get("name"), one.get("days")
    else:
        name, _, told = str(one).replace("：", ":").partition(":")
        days = told.strip() or None
    return {"name": _words(code, name), "days": None if days is None else _days(code, days)}


def _show_steps(value: Any) -> str:
    def one(step: dict[str, Any]) -> str:
        days = step["days"]
        return str(step["name"]) if days is None else f"{step['name']}（{days}个工作日）"

    return "→".join(one(step) for step in value)


def _show_days(value: Any) -> str:
    return "即办" if value == 0 else f"{value}个工作日"


FIELDS: dict[str, Field] = {
    one.code: one
    for one in (
        Field("limit_days", "法定办结时限", _days, _show_days),
        Field("promise_days", "承诺办结时限", _days, _show_days),
        Field("fee", "是否收费", _truth, lambda value: "收费" if value else "不收费"),
        Field("fee_standard", "收费标准", _words, str),
        Field("fee_basis", "收费依据", _words, str),
        Field("steps", "办理流程", _steps, _show_steps),
        Field("results", "审批结果", _results, "、".join),
    )
}
#: Fields of materials, as they are typed; kept by material.
PAPERS: dict[str, Field] = {
    papers.MORE: Field(papers.MORE, papers.NAME, papers.read_more, papers.show),
    papers.LESS: Field(papers.LESS, papers.NAME, papers.read_less, papers.show),
}
#: What the item system says itself. The order is that of a published row: new ones come last.
DECLARED = (
    "limit_days", "promise_days", "fee", "fee_standard", "fee_basis", "steps", "results",
)  # fmt: skip


def field_of(code: str) -> Field:
    """The field that is typed so. Raises BadInput with the codes that there are."""
    found = FIELDS.get(code) or PAPERS.get(code)
    if found is None:
        allowed = ", ".join([*FIELDS, *PAPERS])
        raise BadInput(f"a flow has no field {code}: allowed are {allowed}")
    return found


def agrees(code: str, said: Any, holds: Any) -> bool:
    """Whether a guide says what holds. Steps that hold without days leave those to each place."""
    if code != "steps" or not said or not holds:
        return bool(said == holds)
    return len(said) == len(holds) and all(
        one["name"] == other["name"] and other["days"] in (None, one["days"])
        for one, other in zip(said, holds, strict=True)
    )


def typed(code: str, value: Any) -> str:
    """A value of a flow's field as a person would type it: `read` gives the value again."""
    said = _typed(code, value)
    try:
        again = FIELDS[code].read(code, said)
    except BadInput:
        again = None
    return said if again == value else json.dumps(value, ensure_ascii=False)


def _typed(code: str, value: Any) -> str:
    if code == "steps":
        parts = (one["name"] if one["days"] is None else _timed(one) for one in value)
        return "；".join(parts)
    if code == "results":
        return "；".join(value)
    return FIELDS[code].show(value) if code == "fee" else str(value)


def _timed(step: dict[str, Any]) -> str:
    return f"{step['name']}：{step['days']}"


def name_of(code: str) -> str:
    """The Chinese of a field as it is kept."""
    return papers.NAME if papers.is_paper(code) else FIELDS[code].name


def shown(code: str, value: Any) -> str:
    """A value in Chinese; 未填 where there is none."""
    if value is None:
        return "未填"
    return papers.show(value) if papers.is_paper(code) else FIELDS[code].show(value)
