"""Takes numbers of persons out of what was written: citizen numbers, telephones, accounts.

A name cannot be told from other words; whoever exports a table leaves the column of names out, and
columns that are not known here are never kept.
"""

from __future__ import annotations

import re
import unicodedata

OUT = "［号码略］"
#: Seven digits and more, blanks and dashes between them; a last X.
_RUN = re.compile(r"(?:\d[ -]?){6,}[\dXx]")
_SPELLED = re.compile(r"[〇零一二三四五六七八九幺]{7,}")
_DAY = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")
_CALLED = re.compile(r"(姓名|联系人|我叫|投诉人|来电人)([:： ]?)[\u4e00-\u9fff·]{2,6}")
_PERSON = re.compile(r"\d{17}[\dXx]|\d{15}|1[3-9]\d{9}")


def without_numbers(said: str) -> str:
    """The text with numbers of persons replaced; days stay. Full-width digits count too."""
    plain = unicodedata.normalize("NFKC", said) if _has_wide(said) else said
    plain = _RUN.sub(lambda found: found[0] if _DAY.fullmatch(found[0]) else OUT, plain)
    return _CALLED.sub(r"\1\2［略］", _SPELLED.sub(OUT, plain))


def is_of_person(reference: str) -> bool:
    """Whether what stands as a ticket's number is a citizen's number or a mobile telephone."""
    return _PERSON.fullmatch(reference.strip()) is not None


def _has_wide(said: str) -> bool:
    return any("０" <= one <= "９" for one in said)
