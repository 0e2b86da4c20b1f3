"""How the national exchange tables write a category.

Types of items and the names of tables and columns are those of public implementations of the
national tables. The one-letter codes of levels, units, needs and sources are from memory: compare
them with the receiving platform's own list before the first send.
"""

from __future__ import annotations

import re

from kernel.errors import BadInput

#: GB/T 39554: base code 12 digits; implementation 31 = credit code 18 + level 1 + base code 12.
BASE_CODE = re.compile(r"\d{12}")
TASK_CODE = re.compile(r"[0-9A-Z]{18}[1-6]\d{12}")
TASK_TYPES = {
    "行政许可": "01",
    "行政给付": "05",
    "行政确认": "07",
    "行政奖励": "08",
    "行政裁决": "09",
    "其他行政权力": "10",
    "公共服务": "20",
}
PUBLIC = "20"
CITY_LEVEL, COUNTY_LEVEL = "3", "4"
WORKING_DAYS = "1"
IN_FORCE = "1"
YES, NO = "1", "0"
NEEDS = {True: "1", False: "2"}
SOURCE_TYPES = {"applicant": "10", "issued": "20", "third_party": "30"}
DATA_SOURCE = "1"


def type_code(name: str | None) -> str:
    """The code of an item's type; '' where none is told. Raises BadInput on an unknown type."""
    if not name:
        return ""
    if name in TASK_TYPES:
        return TASK_TYPES[name]
    if name in TASK_TYPES.values():
        return name
    raise BadInput(f"the item type {name} has no national code: known are {'、'.join(TASK_TYPES)}")
