"""The rows of the sync bench: a million licences or items, made from their number alone.

Times rise by 30 seconds a row, keys are unique, every citizen number has a right check character;
all is invented.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

BLOCK = 50_000
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.frombuffer(b"10X98765432", np.uint8)
START = np.datetime64("2015-01-01T00:00:00")

LICENCE = (
    "row_guid", "cert_no", "cert_type", "holder_name", "holder_no", "holder_type",
    "issue_org", "issue_date", "valid_begin", "valid_end", "cert_status", "update_time",
)  # fmt: skip
ITEM = (
    "row_guid", "base_code", "item_name", "parent_code", "item_level", "task_type",
    "dept_name", "division", "handling", "limit_days", "promise_days", "update_time",
)  # fmt: skip
#: kind → (column, SQL type of PostgreSQL and MariaDB)
TYPES: dict[str, dict[str, str]] = {
    "licence": dict(
        zip(
            LICENCE,
            (
                "varchar(36)", "varchar(40)", "varchar(40)", "varchar(60)", "varchar(18)",
                "varchar(1)", "varchar(80)", "date", "date", "date", "varchar(2)", "timestamp(0)",
            ),
            strict=True,
        )
    ),
    "item": dict(
        zip(
            ITEM,
            (
                "varchar(36)", "varchar(12)", "varchar(200)", "varchar(40)", "varchar(1)",
                "varchar(2)", "varchar(100)", "varchar(6)", "varchar(100)", "integer", "integer",
                "timestamp(0)",
            ),
            strict=True,
        )
    ),
}  # fmt: skip


def block(kind: str, first: int, count: int) -> pa.Table:
    """Rows `first` to `first + count - 1` as text columns."""
    number = np.arange(first, first + count)
    made = {"licence": _licence, "item": _item}[kind](number)
    return pa.table(made)


def _licence(n: np.ndarray) -> dict[str, list[str]]:
    issued = _days("2010-01-01", n % 5000)
    return {
        "row_guid": [f"{i * 2654435761 % 2**32:08x}-{i:012x}" for i in n.tolist()],
        "cert_no": [f"赣水许字〔2024〕第{i:08d}号" for i in n.tolist()],
        "cert_type": ["取水许可证"] * len(n),
        "holder_name": [
            f"{'赵钱孙李周吴郑王'[i % 8]}{'伟芳娜秀英敏静'[i // 8 % 7]}" for i in n.tolist()
        ],
        "holder_no": _citizens(n),
        "holder_type": ["1"] * len(n),
        "issue_org": ["赣州市水利局"] * len(n),
        "issue_date": issued,
        "valid_begin": issued,
        "valid_end": ["2031-12-31"] * len(n),
        "cert_status": [f"0{1 + (i % 40 == 0)}" for i in n.tolist()],
        "update_time": _times(n),
    }


def _item(n: np.ndarray) -> dict[str, list[str]]:
    return {
        "row_guid": [f"{i * 2654435761 % 2**32:08x}-{i:012x}" for i in n.tolist()],
        "base_code": [f"36{i % 99:02d}{i % 99999:08d}" for i in n.tolist()],
        "item_name": [f"第{i}号事项 食品经营许可（变更）" for i in n.tolist()],
        "parent_code": [f"P{i // 10}" for i in n.tolist()],
        "item_level": ["1"] * len(n),
        "task_type": ["01"] * len(n),
        "dept_name": ["赣州市市场监督管理局"] * len(n),
        "division": [f"3607{i % 20:02d}" for i in n.tolist()],
        "handling": ["政务服务中心"] * len(n),
        "limit_days": [str(i % 60) for i in n.tolist()],
        "promise_days": [str(i % 30) for i in n.tolist()],
        "update_time": _times(n),
    }


def _citizens(n: np.ndarray) -> list[str]:
    parts = [
        f"3607{i % 30:02d}{1940 + i % 65}{1 + i % 12:02d}{1 + i // 12 % 28:02d}{i // 336:03d}"
        for i in (n % 336_000).tolist()
    ]
    digits = np.frombuffer("".join(parts).encode(), np.uint8).reshape(-1, 17) - ord("0")
    checks = CHECKS[(digits @ WEIGHTS) % 11].tobytes().decode()
    return [body + check for body, check in zip(parts, checks, strict=True)]


def _days(first: str, after: np.ndarray) -> list[str]:
    return [str(day) for day in np.datetime64(first) + after]


def _times(n: np.ndarray) -> list[str]:
    moments = np.datetime_as_string(START + n * np.timedelta64(30, "s"), unit="s").tolist()
    return [one.replace("T", " ") for one in moments]
