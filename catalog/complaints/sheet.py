"""Reads a table of complaints that 12345 or the rating system exported: CSV or Excel, bounded.

Only the columns named here are kept. Others are named to who imports, and left out: they are where
names, addresses and telephones stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from catalog.complaints.numbers import is_of_person, without_numbers
from catalog.exchange.sheets import rows_of
from kernel.errors import BadInput
from registry import divisions

#: Field -> what its heading may be called.
HEADINGS: dict[str, tuple[str, ...]] = {
    "reference": ("工单编号", "工单号", "评价编号", "办件评价编号", "编号"),
    "said_on": ("日期", "受理日期", "受理时间", "来电时间", "评价日期", "评价时间"),
    "item": ("事项", "事项名称", "办理事项", "诉求事项"),
    "material": ("材料", "材料名称", "重复要求的材料"),
    "division": ("区县", "区划", "所属区县", "办理区县"),
    "words": ("内容", "诉求内容", "评价内容", "问题描述"),
}
NEEDED = ("reference", "said_on", "item")
MOST_ROWS = 20_000
LONGEST = {"reference": 64, "item": 200, "material": 200, "division": 40, "words": 4000}


@dataclass(frozen=True)
class Written:
    """One complaint as written, numbers of persons taken out. `material`: '' where not said."""

    reference: str
    said_on: date
    item: str
    material: str
    division: str
    words: str


@dataclass(frozen=True)
class Read:
    """What a table holds. `refused`: (row of the table, why); `left_out`: columns not kept."""

    rows: tuple[Written, ...]
    refused: tuple[tuple[int, str], ...]
    left_out: tuple[str, ...]


def read(data: bytes) -> Read:
    """The complaints of a table. A row that cannot be used is refused, the others are taken.

    Raises BadInput for what is no table, lacks a column, or is too large.
    """
    try:
        table = rows_of(data)
    except BadInput as error:
        told = f"表格读不出来，请另存为 CSV 或 .xlsx 后再导入（{error.message}）。"
        raise BadInput(told) from None
    if not table:
        raise BadInput("表格只有表头，没有数据行。")
    if len(table) > MOST_ROWS:
        raise BadInput(f"一次最多导入 {MOST_ROWS:,} 行，请分次导入。")
    columns = _columns(list(table[0]))
    rows: list[Written] = []
    refused: list[tuple[int, str]] = []
    for place, row in enumerate(table, 2):
        said = {field: " ".join(row.get(head, "").split()) for field, head in columns.items()}
        wrong = _wrong(said)
        if wrong:
            refused.append((place, wrong))
        else:
            rows.append(_written(said))
    left_out = tuple(head for head in table[0] if head not in columns.values())
    return Read(tuple(rows), tuple(refused), left_out)


def _columns(heads: list[str]) -> dict[str, str]:
    found = {
        field: head
        for field, names in HEADINGS.items()
        if (head := next((one for one in names if one in heads), None)) is not None
    }
    for field in NEEDED:
        if field not in found:
            raise BadInput(
                f"缺少“{HEADINGS[field][0]}”列，也可以叫：{'、'.join(HEADINGS[field])}。"
            )
    return found


def _wrong(said: dict[str, str]) -> str:
    """Why a row cannot be used; '': it can."""
    return next(_mistakes(said), "")


def _mistakes(said: dict[str, str]) -> Iterator[str]:
    for field in NEEDED:
        if not said[field]:
            yield f"“{HEADINGS[field][0]}”是空的"
    for field, most in LONGEST.items():
        if len(said.get(field, "")) > most:
            yield f"“{HEADINGS[field][0]}”超过 {most} 个字"
    if not "".join(said.values()).isprintable():
        yield "有看不见的控制字符"
    if is_of_person(said["reference"]):
        yield "编号是证件号码或手机号码，不能作为编号留存"
    if _day(said["said_on"]) is None:
        yield "日期看不懂，写成 2026-07-01 这样"
    if said.get("division") and divisions.resolve(said["division"]) is None:
        yield "区县不是本市的区县"


def _written(said: dict[str, str]) -> Written:
    day = _day(said["said_on"])
    if day is None:
        raise ValueError("the day was checked before")
    place = divisions.resolve(said["division"]) if said.get("division") else None
    return Written(
        reference=said["reference"],
        said_on=day,
        item=without_numbers(said["item"]),
        material=without_numbers(said.get("material", "")),
        division=place.name if place else "",
        words=without_numbers(said.get("words", "")),
    )


def _day(said: str) -> date | None:
    text = said.strip().replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "")
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None
