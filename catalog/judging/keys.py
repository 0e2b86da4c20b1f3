"""What makes rows one question: the same name at the same kind of office, in whatever county.

A county's own name before the item's makes no other question: 上犹县校园午餐配送意见征集 and
于都县校园午餐配送意见征集 are asked once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from functools import cache, lru_cache

from registry import divisions

#: A city's or county's own word before an office: 市水利局, 区经信局; not that of 市场监督管理局.
_LEVEL = re.compile(r"^(?:市(?!场)|县|区)")
_BRANCH = re.compile(r"(?:办事处|分局|分中心)$")
#: What goes on a place's own word: 赣州市民卡, 赣州市区出租车, 赣州市场监管.
_GOES_ON = tuple("民场区县级内外直属辖")
_SHORTEST = 3


@lru_cache(maxsize=65536)
def question_key(subject: str, name: str, office: str) -> str:
    """Names the question in commands and addresses: 16 hexadecimal digits."""
    said = "\n".join((subject, _placeless(name) if subject == "item" else name.strip(), office))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def question_name(names: Collection[str]) -> str:
    """What a question is called: its rows' one name, or that name without the rows' places."""
    written = {name.strip() for name in names}
    first = min(written)
    return first if len(written) == 1 else _placeless(first)


def _placeless(name: str) -> str:
    """An item's name without the city's or a county's before it; what is left is a name still."""
    said = name.strip()
    found = _places().match(said)
    rest = said[found.end() :] if found else ""
    return said if len(rest) < _SHORTEST or rest.startswith(_GOES_ON) else rest


@lru_cache(maxsize=65536)
def office_of(department: str) -> str:
    """A department without its place: 章贡区市场监督管理局 and 市市场监督管理局 are one office."""
    said = "".join(department.split())
    placeless = _places().sub("", said)
    if placeless == said:
        placeless = _LEVEL.sub("", said)
    return _BRANCH.sub("", placeless) or said


@cache
def _places() -> re.Pattern[str]:
    """Names of the city and its divisions, the longest first."""
    found = {
        name
        for one in divisions.load().values()
        for name in (one.name, *one.also_called)
        if len(name) > 2
    }
    return re.compile("|".join(sorted(map(re.escape, found), key=lambda name: (-len(name), name))))
