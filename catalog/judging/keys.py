"""What makes rows one question: the same name at the same kind of office, in whatever county."""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache

from registry import divisions

#: A city's or county's own word before an office: 市水利局, 区经信局; not that of 市场监督管理局.
_LEVEL = re.compile(r"^(?:市(?!场)|县|区)")
_BRANCH = re.compile(r"(?:办事处|分局|分中心)$")


@lru_cache(maxsize=65536)
def question_key(subject: str, name: str, office: str) -> str:
    """Names the question in commands and addresses: 16 hexadecimal digits."""
    said = "\n".join((subject, name.strip(), office))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


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
