"""One-thing packages (一件事): real ones by name, and the union of what their items ask."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

from catalog.items.parse import normal_form
from catalog.questions.table import Table
from catalog.situations.asking import Listed
from catalog.situations.whole import Whole, whole
from catalog.versions.read import current_version
from kernel.errors import BadInput

FILE = Path(__file__).with_name("packages.csv")  # as published; its last column says where
COLUMNS = {
    "material_id": "材料编码",
    "material": "材料",
    "need": "是否必需",
    "certain": "是否确定",
    "situations": "情形",
    "asked_by": "要它的事项数",
    "item_ids": "事项编码",
    "types": "可代替的证照",
}
LISTED = {
    "package": "一件事",
    "item_name": "事项（原文）",
    "item_ids": "本市事项编码",
    "source": "来源",
}
#: Names under which a published item is known: its own, and those of the same in the counties.
_NAMES = text(
    "SELECT name, item_id FROM catalog.published_item WHERE version = :version"
    " UNION SELECT name, item_id FROM catalog.published_mapping"
    " WHERE version = :version AND relation = 'same'"
)


@dataclass(frozen=True)
class PackageItem:
    """An item of a package, as its source writes it."""

    package: str
    item_name: str
    source: str


@cache
def known() -> tuple[PackageItem, ...]:
    """The packages that were published elsewhere, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            PackageItem(row["package"], row["item_name"], row["source"])
            for row in csv.DictReader(file)
        )


def packages(conn: Connection) -> Table:
    """Each known package's items, and which published items bear that name. Nothing is guessed:
    a name that no published item bears has no id.
    """
    ids = _ids(conn, current_version(conn))
    rows = [
        {
            "package": one.package,
            "item_name": one.item_name,
            "item_ids": ids.get(normal_form(one.item_name), []),
            "source": one.source,
        }
        for one in known()
    ]
    met = sum(bool(row["item_ids"]) for row in rows)
    names = len({one.package for one in known()})
    about = f"{names}个“一件事”共{len(rows)}个事项，其中{met}个与本市目录中的事项同名。"
    return Table("package", about, LISTED, rows)


def package(conn: Connection, named: Sequence[str], answers: Mapping[str, str], day: date) -> Table:
    """What several items ask together on a day, each material once.

    `named`: item ids or counties' codes, or the name of one known package. Raises BadInput where
    an item is not published, or a package has an item that is not, by that name, just one.
    """
    codes = _codes(conn, named[0]) if len(named) == 1 else list(named)
    made = whole(conn, codes, answers, day)
    return Table("package", _about(made), COLUMNS, [_row(one) for one in made.materials])


def _row(one: Listed) -> dict[str, object]:
    return {
        "material_id": one.material_id,
        "material": one.name,
        "need": "必需" if one.need else "非必需",
        "certain": "是" if one.certain else "视情形",
        "situations": list(one.situations),
        "asked_by": len(one.items),
        "item_ids": list(one.items),
        "types": sorted(one.licence_types),
    }


def _about(made: Whole) -> str:
    names = "、".join(item.name for item in made.items)
    words = f"{names}：合并后{len(made.materials)}份材料，比分别办理少交{made.saved}份"
    words += f"（目录第{made.version}版）。"
    if made.next is not None:
        options = "、".join(made.next.options)
        words += (
            f"还有{made.open}个问题会改变清单，先问：{made.next.text}（{made.next.id}：{options}）"
        )
    return words


def _codes(conn: Connection, name: str) -> list[str]:
    """The ids of a known package's items; what is no package's name is an item's code."""
    members = [one.item_name for one in known() if one.package == name]
    if not members:
        return [name]
    ids = _ids(conn, current_version(conn))
    found = [ids.get(normal_form(member), []) for member in members]
    for member, items in zip(members, found, strict=True):
        if len(items) != 1:
            several = f"{len(items)} items" if items else "no item"
            raise BadInput(f"{member} of {name} is the name of {several} here: name the items' ids")
    return [items[0] for items in found]


def _ids(conn: Connection, version: int) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for name, item_id in conn.execute(_NAMES, {"version": version}):
        found.setdefault(normal_form(name), set()).add(item_id)
    return {name: sorted(ids) for name, ids in found.items()}
