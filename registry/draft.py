"""A stream's draft out of what was seen of its source. What only a person knows is left out.

So the strict check of the draft says what is still to be filled in; a value whose meaning no word
tells stands with the meaning `?`, which the check refuses too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pypinyin import lazy_pinyin

from registry import licence_types
from registry.content import is_credit_code, is_person_number
from registry.draft_asks import asks_of
from registry.fields import FIELDS, Kind
from registry.mapping_words import plain
from registry.understood import OPEN, Understood
from registry.value_words import Deleted, by_number, deleted_sign, means

_KEY_NAMES = (
    "rowguid",
    "guid",
    "uuid",
    "id",
    "zj",
    "xh",
    "序号",
    "主键",
    "流水号",
    "唯一标识",
    "rowid",
)
_WHO = {"licence": "holder", "case": "applicant"}
_NUMBER_FIELDS = ("number", "case_number", "code")


@dataclass(frozen=True)
class DraftStream:
    """A stream as its YAML would say it. `asks`: what a person must fill in or confirm."""

    name: str
    kind: Kind
    data: dict[str, Any]
    asks: tuple[str, ...]


def draft_stream(name: str, transport: str, one: Understood) -> DraftStream:
    """The draft of a place that holds records (`is_one`). `transport`: the system's kind of it."""
    kind, mapped = one.made.kind, one.mapped()
    if kind is None:
        raise ValueError("a place of no kind has no draft")
    comments = {column.name: column.comment for column in one.seen.columns}
    fields = {field: _field(one, kind, field, comments) for field in mapped}
    free = {name: said for name, said in comments.items() if name not in mapped.values()}
    sign = deleted_sign(free, one.contents)
    always = _always(one) if kind == "licence" and "type" not in fields else {}
    details = _details(one, fields, always) if kind == "licence" else {}
    data: dict[str, Any] = {"kind": kind, "path": one.seen.path}
    data |= _reading(one, transport, mapped, sign)
    data |= _age(fields, always) | {"drift": "evolve"}
    data |= {"dates": _form(one, "date", "iso"), "times": _form(one, "time", "text")}
    data["fields"] = fields
    if always:
        data["always"] = always
    if details:
        data["details"] = details
    control = {data.get("cursor"), sign.column if sign else None}
    control |= {data.get("acknowledge", {}).get("column")}
    used = {*mapped.values(), *details.values(), *control}
    data["ignore"] = [column.name for column in one.seen.columns if column.name not in used]
    return DraftStream(name, kind, data, tuple(asks_of(name, one, data)))


def uses_of(draft: DraftStream) -> dict[str, str]:
    """column → what the draft needs it for, of columns that are no field."""
    data = draft.data
    deleted, told = data["deletes"].get("column"), data.get("acknowledge", {}).get("column")
    uses = {
        column: f"the licence's detail {name}" for name, column in data.get("details", {}).items()
    }
    uses |= {column: "the key" for column in data["key"] if column in data["ignore"]}
    uses |= {deleted: "says what is deleted"} if deleted else {}
    uses |= {told: "says what has been taken over"} if told else {}
    if data["mode"] == "change":
        uses[data["cursor"]] = "the place in the order of changes"
    return uses


def _field(one: Understood, kind: Kind, name: str, comments: Mapping[str, str]) -> Any:
    standard, column = FIELDS[kind][name], one.mapped()[name]
    if not standard.needs_values:
        return column
    content = one.contents.get(column)
    values = {v: means(standard, v, comments[column]) for v in (content.values if content else ())}
    if name == f"{_WHO.get(kind)}_kind":
        values |= {v: m for v, m in _kinds_by_number(one, kind, column).items() if v in values}
    made = {value: meaning or OPEN for value, meaning in sorted(values.items())}
    return {"column": column} | ({"values": made} if made else {})


def _kinds_by_number(one: Understood, kind: Kind, column: str) -> dict[str, str]:
    number = one.mapped().get(f"{_WHO[kind]}_number")
    if number is None:
        return {}
    shapes = [_shape(row.get(number) or "") for row in one.seen.rows]
    return by_number([row.get(column) for row in one.seen.rows], shapes)


def _shape(text: str) -> str | None:
    if is_person_number(text):
        return "person"
    return "organisation" if is_credit_code(text) else None


def _reading(
    one: Understood, transport: str, mapped: Mapping[str, str], sign: Deleted | None
) -> dict[str, Any]:
    """mode, key, cursor, deletes, and what an exchange table is told."""
    updated = mapped.get("updated")
    timed = updated is not None and bool((c := one.contents.get(updated)) and c.time)
    by_flag: dict[str, Any] = {}
    if sign:
        by_flag = {"sign": "flag", "column": sign.column, "value": sign.value}
        by_flag |= {"others": list(sign.others)} if sign.others else {}
    key = list(_key(one, mapped))
    if transport == "exchange":
        names = {column.name.lower(): column.name for column in one.seen.columns}
        return {
            "mode": "change",
            "key": key,
            "cursor": names["cd_batch"],
            "deletes": by_flag,
            "acknowledge": {"column": names["cd_state"], "value": "1"},
        }
    if not timed or (transport == "files" and not sign):
        return {"mode": "full", "key": key, "deletes": by_flag or {"sign": "absence"}}
    read = {"mode": "incremental", "key": key, "cursor": updated}
    return read | {"deletes": by_flag or {"sign": "reconcile"}}


def _key(one: Understood, mapped: Mapping[str, str]) -> tuple[str, ...]:
    """What the source calls its key; else a column that is unique and named like one."""
    exchange = {"cd_batch", "cd_state", "cd_operation", "cd_time"}
    own = tuple(name for name in one.seen.key if name.lower() not in exchange)
    if own:
        return own
    free = [c.name for c in one.seen.columns if c.name.lower() not in exchange]
    unique = [name for name in free if (c := one.contents.get(name)) and c.unique and not c.time]
    named = [name for name in unique if plain(name).endswith(_KEY_NAMES)]
    numbers = [mapped[name] for name in _NUMBER_FIELDS if mapped.get(name) in unique]
    if not named and len(free) < len(one.seen.columns):  # a table of changes: a key comes often
        named = [name for name in free if plain(name).endswith(_KEY_NAMES)]
    return tuple((named or numbers or [n for n in unique if n not in mapped.values()])[:1])


def _always(one: Understood) -> dict[str, str]:
    """The licence type that a table without such a column says in its comment or its name."""
    said = f"{one.seen.comment} {one.seen.path}"
    named = sorted((name for name in licence_types.load() if name in said), key=len)
    inside = [name for name in named if not any(name in other for other in named if other != name)]
    return {"type": inside[0]} if len(inside) == 1 else {}


def _typed(fields: Mapping[str, Any], always: Mapping[str, str]) -> list[str]:
    """The licence types that a draft names."""
    return [*always.values(), *fields.get("type", {}).get("values", {}).values()]


def _details(
    one: Understood, fields: Mapping[str, Any], always: Mapping[str, str]
) -> dict[str, str]:
    """Detail fields of the licence types seen: by comment, name, pinyin or its initials."""
    known = licence_types.load()
    typed = _typed(fields, always)
    wanted = {name for type_ in typed if type_ in known for name in known[type_].fields}
    taken = set(one.mapped().values())
    found: dict[str, str] = {}
    for name in sorted(wanted):
        syllables = lazy_pinyin(name)
        forms = {name, "".join(syllables), "".join(part[0] for part in syllables)}
        for column in one.seen.columns:
            last = plain(column.name.rpartition("_")[2])
            said = {column.comment, plain(column.name), column.name, last}
            if column.name not in taken and said & forms:
                found[name] = column.name
                taken.add(column.name)
                break
    return found


def _age(fields: Mapping[str, Any], always: Mapping[str, str]) -> dict[str, str]:
    """The shortest age of the licence types; nothing where one of them is asked live."""
    known = licence_types.load()
    typed = _typed(fields, always)
    hours = [known[name].longest_age_hours for name in typed if name in known]
    if not hours or min(hours) == 0:
        return {}
    days, rest = divmod(min(hours), 24)
    return {"longest_age": f"{days}d" if days > 1 and not rest else f"{min(hours)}h"}


def _form(one: Understood, holds: str, otherwise: str) -> str:
    """The form of most day (time) columns. `otherwise`: there is none, so no form is used."""
    kind = one.made.kind
    attribute = "day" if holds == "date" else "time"
    forms = [
        getattr(one.contents[column], attribute)
        for name, column in one.mapped().items()
        if kind and FIELDS[kind][name].holds == holds and column in one.contents
    ]
    forms = [form for form in forms if form]
    return max(sorted(set(forms)), key=forms.count) if forms else otherwise
