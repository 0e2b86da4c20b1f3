"""A small SQLite database of invented permits, with names that no standard has."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from stdnum.iso7064 import mod_11_2

_CODES = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def citizen(number: int) -> str:
    """An invented citizen number that passes its check."""
    body = f"36070219800101{number:03d}"
    return body + str(mod_11_2.calc_check_digit(body))


def company(number: int) -> str:
    """An invented credit code that passes its check."""
    body = f"91360702MA{number:07d}"
    total = sum(_CODES.index(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True))
    return body + _CODES[(31 - total % 31) % 31]


def permits(file: Path, count: int) -> None:
    """One table of `count` permits, every third a company's, and one that is no record."""
    conn = sqlite3.connect(file)
    conn.execute(
        "CREATE TABLE t_xkz (lsh INTEGER PRIMARY KEY, xkzbh TEXT, xkzmc TEXT, czr TEXT, c7 TEXT, "
        "zjlx TEXT, fzjg TEXT, fzrq TEXT, zt TEXT, lxdh TEXT, xgsj TEXT, sfsc TEXT)"
    )
    conn.execute("CREATE TABLE sys_log (id INTEGER PRIMARY KEY, msg TEXT, ip TEXT)")
    for n in range(count):
        organisation = n % 3 == 0
        conn.execute(
            "INSERT INTO t_xkz VALUES (?, ?, '取水许可证', ?, ?, ?, '市水利局', ?, ?, ?, ?, '0')",
            (
                n,
                f"取水〔2026〕{n:05d}",
                f"赣州第{n}食品有限公司" if organisation else "王小明",
                company(n) if organisation else citizen(n),
                "2" if organisation else "1",
                f"202603{n % 28 + 1:02d}",
                "有效" if n % 5 else "注销",
                f"1390000{n:04d}",
                f"2026-03-{n % 28 + 1:02d} 09:00:{n % 60:02d}",
            ),
        )
    conn.commit()
    conn.close()
