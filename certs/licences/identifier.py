"""Licence identifiers of GB/T 36904: lenient in, strict out.

`1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`: type = 18-character credit code of the
defining authority + 3 digits; issuer = 18-character credit code; serial = digits and capitals;
version = 3 digits; check = ISO 7064 MOD 37,36 over type, issuer, serial and version without dots.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from kernel.errors import BadInput, SkipRow
from kernel.numbers import normalise_credit_code

ROOT = "1.2.156.3005.2"
#: Roots seen in the wild; the second is not the standard's.
ROOTS = (ROOT, "1.2.156.3003.2")
SERIAL = re.compile(r"[0-9A-Z]+")


@dataclass(frozen=True)
class Identifier:
    """The parts as written. `faults` says what does not conform; empty when it does."""

    root: str
    type: str
    issuer: str
    serial: str
    version: str
    check: str
    faults: tuple[str, ...]

    @property
    def conforming(self) -> bool:
        """Whether it is as GB/T 36904 writes it."""
        return not self.faults

    def __str__(self) -> str:
        parts = (self.root, self.type, self.issuer, self.serial, self.version, self.check)
        return ".".join(parts)


def check_character(type_code: str, issuer: str, serial: str, version: str) -> str:
    """ISO 7064 MOD 37,36 over the parts. They hold digits and capitals only."""
    return str(mod_37_36.calc_check_digit(type_code + issuer + serial + version))


def make(type_code: str, issuer: str, serial: str, version: int) -> str:
    """A conforming identifier. Raises BadInput naming the part that cannot be."""
    parts = (type_code, issuer, serial, f"{version:03d}")
    faults = [
        *_type_faults(type_code),
        *_issuer_faults(issuer),
        *_serial_faults(serial),
        *([] if 1 <= version <= 999 else ["the version is not 001 to 999"]),
    ]
    if faults:
        raise BadInput(f"no licence identifier can be made: {faults[0]}")
    return ".".join((ROOT, *parts, check_character(*parts)))


def parse(text: str) -> Identifier | None:
    """The parts of what looks like an identifier, faults listed; None when it does not at all."""
    written = normalise(text)
    root = next((root for root in ROOTS if written.startswith(root + ".")), None)
    if root is None:
        return None
    parts = written[len(root) + 1 :].split(".")
    if len(parts) != 5:
        return None
    type_code, issuer, serial, version, check = parts
    faults = [
        *([] if root == ROOT else ["the root is not 1.2.156.3005.2"]),
        *_type_faults(type_code),
        *_issuer_faults(issuer),
        *_serial_faults(serial),
        *([] if re.fullmatch(r"[0-9]{3}", version) else ["the version is not 3 digits"]),
        *_check_faults(parts),
    ]
    return Identifier(root, type_code, issuer, serial, version, check, tuple(faults))


def normalise(text: str) -> str:
    """As the standard writes it: capitals, no blanks; full-width letters, digits and stops too."""
    return "".join(unicodedata.normalize("NFKC", text).upper().replace("。", ".").split())


def kept(text: str) -> str:
    """An issuer's own identifier as it is kept: normalised, whatever else is wrong with it."""
    return normalise(text)


def faults(text: str) -> list[str] | None:
    """What does not conform in an issuer's own identifier; None when it conforms."""
    found = parse(text)
    if found is None:
        return ["it is not of the form of GB/T 36904"]
    return list(found.faults) or None


def _credit_code(code: str) -> bool:
    try:
        return normalise_credit_code(code) == code
    except SkipRow:
        return False


def _type_faults(code: str) -> list[str]:
    if len(code) == 21 and code[18:].isdigit() and code.isascii() and _credit_code(code[:18]):
        return []
    return ["the type is not a credit code and 3 digits"]


def _issuer_faults(code: str) -> list[str]:
    return [] if _credit_code(code) else ["the issuer is not a credit code"]


def _serial_faults(serial: str) -> list[str]:
    if SERIAL.fullmatch(serial):
        return []
    return ["the serial is not digits and capitals"]


def _check_faults(parts: list[str]) -> list[str]:
    body = "".join(parts[:4])
    if not SERIAL.fullmatch(body):
        return ["the check character cannot be computed"]
    if mod_37_36.calc_check_digit(body) != parts[4]:
        return ["the check character is wrong"]
    return []
