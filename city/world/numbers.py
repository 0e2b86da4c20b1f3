"""Invented numbers that are valid, and whether a number is."""

from __future__ import annotations

from datetime import date
from random import Random

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2


def credit_code(rng: Random, kind: str, division: str) -> str:
    """A valid invented credit code: kind 91 firm, 92 own account, 11 authority, 51, 52, 12."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = kind + division + "MA" + "".join(rng.choice(alphabet) for _ in range(7))
    return body + str(uscc.calc_check_digit(body))


def citizen_number(rng: Random, division: str, born: date, woman: bool) -> str:
    """A valid invented citizen number."""
    sequence = rng.randrange(2, 998) // 2 * 2 + (0 if woman else 1)
    body = f"{division}{born:%Y%m%d}{sequence % 1000:03d}"
    return body + str(mod_11_2.calc_check_digit(body))


def valid_citizen(number: str) -> bool:
    """Whether an 18-character citizen number's date and check character are right."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return str(mod_11_2.calc_check_digit(number[:17])) == number[17]


def valid_credit_code(number: str) -> bool:
    """Whether a unified social credit code is right."""
    return bool(uscc.is_valid(number))


def foreigner_number(rng: Random, born: date, woman: bool) -> str:
    """A valid invented foreigner's permanent residence number (9-prefixed, 2023 form)."""
    country = rng.choice(("840", "392", "410", "276", "586"))
    return citizen_number(rng, "936" + country, born, woman)


#: What the city writes between the numbers, or names, of several holders in one cell.
BETWEEN = "、"


def long_forms(cell: str | None) -> str | None:
    """As `long_form`, of a cell that may hold several numbers: a space between."""
    found = [long_form(one) or "" for one in cell.split(BETWEEN)] if cell else []
    return " ".join(found) or None


def long_form(number: str | None) -> str | None:
    """A holder's number as one looks for it: 15-digit citizen numbers in their 18-digit form."""
    if number is not None and len(number) == 15:
        body = number[:6] + "19" + number[6:]
        return body + str(mod_11_2.calc_check_digit(body))
    return number
