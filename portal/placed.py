"""Where a sentence of the strict check belongs on the pages: which page, which field, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.sentences import Told, told
from portal.words import say, say_of
from registry.flaws import Flaw

#: Parts of a stream that stand in the table of its columns, and where else the others stand.
_IN_COLUMNS: Final = ("key", "ignore", "details")
_ELSEWHERE: Final = {"deletes": "sign", "authorisation": "document"}


@dataclass(frozen=True)
class Placed:
    """A flaw: the address of its field, the field's name, and what is wrong."""

    href: str
    label: str
    told: Told


def placed(code: str, flaw: Flaw) -> Placed:
    """Of one flaw."""
    parts = flaw.path.split(".") if flaw.path else []
    if parts[:1] == ["streams"] and len(parts) > 1:
        return _of_stream(code, parts, flaw)
    if parts[:2] == ["transport", "auth"] or parts[:2] == ["transport", "address"]:
        return Placed(f"/connect/{code}/source#auth", say("contract.auth"), told(flaw.text))
    name = parts[1] if parts[:1] == ["transport"] and len(parts) > 1 else "".join(parts[:1])
    where = f"#q-{name}" if name else ""
    return Placed(f"/connect/{code}/mapping{where}", say_of("contract", name), told(flaw.text))


def _of_stream(code: str, parts: list[str], flaw: Flaw) -> Placed:
    stream, rest = parts[1], parts[2:]
    page, where = f"/connect/{code}/streams/{stream}", f"{say_of('kind', stream)}："
    if not rest:
        return Placed(page, where.rstrip("："), told(flaw.text))
    if rest[0] == "fields" and len(rest) > 1:
        label = where + say_of("standard", rest[1])
        said = told(flaw.text)
        if len(rest) > 3:  # a value of a category
            return Placed(f"{page}#f-{rest[1]}", f"{label} “{'.'.join(rest[3:])}”", said)
        return Placed(f"{page}#f-{rest[1]}", label, said)
    if rest[0] == "always":
        return Placed(f"{page}#a-{rest[-1]}", where + say_of("standard", rest[-1]), told(flaw.text))
    if rest[0] in ("fields", *_IN_COLUMNS):
        return Placed(f"{page}#columns", where + say_of("contract", rest[0]), told(flaw.text))
    name = rest[-1] if rest[-1] == "until" else _ELSEWHERE.get(rest[0], rest[0])
    return Placed(f"{page}#q-{name}", where + say_of("contract", name), told(flaw.text))
