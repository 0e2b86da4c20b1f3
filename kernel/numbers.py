"""Numbers with a check character: citizen numbers (GB 11643) and credit codes (GB 32100).

python-stdnum's `cn.ric` refuses valid numbers (81/82/83 residence permits, 9-prefixed
foreigners' permanent residence numbers, old division codes), so the citizen number is
checked here: date and check character decide.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from kernel.errors import SkipRow

#: What stands between the numbers, or the names, of several holders in one cell.
BETWEEN = re.compile(r"\s*[、，,；;／/|\r\n]+\s*")
PERSON = "person"
ORGANISATION = "organisation"


def split(cell: str | None) -> list[str]:
    """The numbers or names of a cell; none of an empty one."""
    return [one for one in BETWEEN.split(cell or "") if one]


def _birth_date(text: str) -> bool:
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return date(1800, 1, 1) <= born <= date(2199, 12, 31)


def normalise_citizen(raw: str) -> str:
    """The 18-character form. 15-digit numbers get their century and check character.

    Raises SkipRow with a reason that does not repeat the number.
    """
    number = raw.strip().upper().replace(" ", "")
    if len(number) == 15 and number.isdigit():
        body = number[:6] + "19" + number[6:]
        number = body + mod_11_2.calc_check_digit(body)
    if len(number) != 18 or not number[:17].isdigit() or not number.isascii():
        raise SkipRow("a citizen number has 18 characters, 17 digits and a check character")
    if not _birth_date(number[6:14]):
        raise SkipRow("the citizen number's date of birth is not a day")
    if mod_11_2.calc_check_digit(number[:17]) != number[17]:
        raise SkipRow("the citizen number's check character is wrong")
    return number


def normalise_credit_code(raw: str) -> str:
    """The 18-character unified social credit code. Raises SkipRow without the number."""
    code = raw.strip().upper().replace(" ", "").replace("-", "")
    try:
        return str(uscc.validate(code))
    except ValidationError:
        raise SkipRow("the unified social credit code is malformed or its check is wrong") from None


def normalise_holder(kind: str, raw: str) -> str:
    """The number of a person or an organisation in its one form. Raises SkipRow."""
    if kind == PERSON:
        return normalise_citizen(raw)
    if kind == ORGANISATION:
        return normalise_credit_code(raw)
    raise SkipRow("the kind of holder is neither person nor organisation")
