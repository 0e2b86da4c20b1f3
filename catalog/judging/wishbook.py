"""Wishes as files for the province: Excel with a line a wish, and JSON."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from catalog.judging.wishes import Wish
from kernel.clock import CITY_TIME

KINDS = {"rename": "更名", "merge": "合并", "split": "拆分", "add": "新增", "abolish": "取消"}
STATES = {
    "proposed": "部门提出", "open": "待报送", "sent": "已报送", "granted": "省级已采纳",
    "refused": "省级未采纳", "withdrawn": "已撤回",
}  # fmt: skip
HEADS = (
    ("编号", 8), ("建议类型", 10), ("基本目录编码", 18), ("现名称", 36), ("主管部门", 22),
    ("建议名称", 36), ("理由", 48), ("依据", 60), ("状态", 12), ("文号", 24), ("提出人", 14),
    ("提出时间", 18),
)  # fmt: skip


def as_json(found: Sequence[Wish]) -> list[dict[str, Any]]:
    """The wishes, times as ISO text."""
    return [
        {
            name: value.isoformat() if name in ("at", "moved_at") and value else value
            for name, value in asdict(one).items()
        }
        for one in found
    ]


def as_excel(found: Sequence[Wish]) -> bytes:
    """The 建议单, .xlsx: every cell is text, so that codes keep their digits."""
    made = Workbook(write_only=True)
    sheet = made.create_sheet("基本目录建议单")
    for n, (_, width) in enumerate(HEADS):
        sheet.column_dimensions["ABCDEFGHIJKL"[n]].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, bold=True) for name, _ in HEADS])
    for one in found:
        sheet.append([_cell(sheet, value) for value in _line(one)])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _line(one: Wish) -> tuple[str, ...]:
    items = one.evidence["items"]
    return (
        str(one.id),
        KINDS[one.kind],
        "\n".join(item["id"] for item in items),
        "\n".join(item["name"] for item in items),
        "\n".join(sorted({item["department"] for item in items} - {""})),
        "\n".join(one.names),
        one.reason,
        evidence_words(one.evidence),
        STATES[one.state],
        one.document or "",
        one.by,
        f"{one.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
    )


def evidence_words(evidence: dict[str, Any]) -> str:
    """The evidence in sentences."""
    said = []
    if evidence["rows"]:
        said.append(
            f"本市{evidence['counties']}个县（市、区）的{evidence['rows']}条实施清单归入该事项。"
        )
    if evidence["other_names"]:
        names = "、".join(f"“{o['name']}”（{o['counties']}个县）" for o in evidence["other_names"])
        said.append(f"其中使用其他名称：{names}。")
    if evidence["wished"]["rows"]:
        wished = evidence["wished"]
        said.append(f"建议名称已有{wished['counties']}个县的{wished['rows']}条实施清单使用。")
    return "".join(said) or "本市实施清单中没有相关事项。"


def _cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"  # never a formula
    cell.number_format = "@"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
