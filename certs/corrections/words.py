"""What a correction is about, and its words, which may be personal and are sealed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from certs.tables import correction
from kernel.crypto import decrypt, derive, encrypt
from kernel.errors import BadInput
from kernel.house import House
from landing.read import is_of
from landing.tables import licence
from registry import licence_types

#: Standard fields that somebody may say are wrong; beside them a type's own.
STANDARD = (
    "持证主体", "证件号码", "证照编号", "颁发机构", "颁发日期", "有效期限", "状态", "共有人",
    "不是本人的证照", "其他",
)  # fmt: skip
SHORTEST, LONGEST = 4, 500
FORGOTTEN = "持证主体的数据已依法删除。"
#: Looks like the number of a person or a firm: nobody needs it to find the licence.
NUMBER = re.compile(r"[0-9A-Za-z]{17}[0-9A-Za-z]|[0-9]{15}")


@dataclass(frozen=True)
class Words:
    """Why it is wrong, and what the department answered; None before it did."""

    why: str
    answer: str | None = None


def fields_of(licence_type: str) -> tuple[str, ...]:
    """What may be said to be wrong with a licence of a type."""
    return (*STANDARD, *licence_types.load()[licence_type].fields)


def check_field(licence_type: str, field: str) -> str:
    """The field. Raises BadInput naming those that there are."""
    allowed = fields_of(licence_type)
    if field not in allowed:
        raise BadInput(f"没有这个字段；{licence_type}可以校核：{'、'.join(allowed)}。")
    return field


def check_words(text: str, what: str) -> str:
    """The words without blanks around. Raises BadInput on too few or too many, or on a number."""
    words = text.strip()
    if NUMBER.search(words):
        raise BadInput(f"{what}中不写证件号码：只写哪个字段、怎样不对。")
    if not SHORTEST <= len(words) <= LONGEST:
        raise BadInput(f"请写明{what}：{SHORTEST} 至 {LONGEST} 个字。")
    return words


def seal(house: House, place: str, words: Words) -> bytes:
    """The words as they are kept."""
    data = {"why": words.why, "answer": words.answer}
    return encrypt(key(house), json.dumps(data, ensure_ascii=False).encode(), place)


def open_(house: House, place: str, sealed: bytes) -> Words:
    """The words out of a row of `certs.correction`."""
    opened: dict[str, Any] = json.loads(decrypt(key(house), sealed, place))
    return Words(opened["why"], opened["answer"])


def forget(house: House, conn: Connection, holder: str) -> int:
    """Take away what was said about a holder's licences (keyed hash); how many were.

    That a licence was reported, and what came of it, stays: it stands in the ledger as well.
    """
    c, of = correction.c, licence.c
    same = (c.system == of.system) & (c.stream == of.stream) & (c.key_hash == of.key_hash)
    found = conn.execute(select(correction).join(licence, same).where(is_of(holder))).all()
    for row in found:
        gone = Words(FORGOTTEN, None if row.answer is None else FORGOTTEN)
        sealed = seal(house, place_of(dict(row._mapping)), gone)
        conn.execute(update(correction).where(c.id == row.id).values(sealed=sealed))
    return len(found)


def place_of(row: Mapping[str, Any]) -> str:
    """What the words of a row are bound to."""
    names = ("system", "stream", "key_hash")
    return "/".join([f"{correction.schema}/{correction.name}", *(str(row[name]) for name in names)])


def key(house: House) -> bytes:
    """What the words are sealed under."""
    return derive(house.keys.master, "correction")
