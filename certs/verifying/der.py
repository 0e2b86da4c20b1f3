"""DER values (ITU-T X.690), one level at a time: nothing recurses, nothing is re-encoded.

Each value keeps the bytes it was written in, since those are what a signature is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

INTEGER: Final = 0x02
BITS: Final = 0x03
OCTETS: Final = 0x04
IDENTIFIER: Final = 0x06
SEQUENCE: Final = 0x30
TEXTS: Final = (0x0C, 0x13, 0x14, 0x16, 0x1E)
UTC_TIME: Final = 0x17
GENERAL_TIME: Final = 0x18
TIMES: Final = (UTC_TIME, GENERAL_TIME)


@dataclass(frozen=True)
class Value:
    """One value: its tag, its content, and all of it as written."""

    tag: int
    content: bytes
    written: bytes

    def items(self) -> list[Value]:
        """The values of a SEQUENCE. Raises ValueError."""
        _expect(self, SEQUENCE)
        found, at = [], 0
        while at < len(self.content):
            one = _first(self.content, at)
            found.append(one)
            at += len(one.written)
        return found

    def octets(self) -> bytes:
        """An OCTET STRING, or a BIT STRING of whole octets. Raises ValueError."""
        if self.tag == BITS and self.content[:1] == b"\0":
            return self.content[1:]
        _expect(self, OCTETS)
        return self.content

    def text(self) -> str:
        """A string. Raises ValueError."""
        _expect(self, *TEXTS)
        return self.content.decode("utf-8")

    def number(self) -> int:
        """A small INTEGER. Raises ValueError."""
        _expect(self, INTEGER)
        if not 1 <= len(self.content) <= 4:
            raise ValueError("a number out of range")
        return int.from_bytes(self.content, "big", signed=True)

    def identifier(self) -> str:
        """An OBJECT IDENTIFIER, dotted. Raises ValueError."""
        _expect(self, IDENTIFIER)
        arcs, arc = [], 0
        if not self.content or self.content[-1] & 0x80 or len(self.content) > 64:
            raise ValueError("a broken identifier")
        for octet in self.content:
            arc = arc << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(arc)
                arc = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))

    def time(self) -> datetime:
        """A UTCTime or GeneralizedTime. Raises ValueError."""
        _expect(self, *TIMES)
        text = self.content.decode("ascii")
        if self.tag == UTC_TIME:
            text = ("19" if text >= "50" else "20") + text
        return time_of(text)

    def explicit(self, number: int) -> Value:
        """The value inside an explicit tag. Raises ValueError."""
        _expect(self, 0xA0 | number)
        return read(self.content)


def read(data: bytes) -> Value:
    """The one value that the bytes are. Raises ValueError when they are more, less or not DER."""
    found = _first(data, 0)
    if len(found.written) != len(data):
        raise ValueError("bytes after the value")
    return found


def sequence(*items: Value) -> bytes:
    """A SEQUENCE of values as they are written."""
    content = b"".join(item.written for item in items)
    size = len(content)
    if size < 0x80:
        return bytes([SEQUENCE, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([SEQUENCE, 0x80 | len(octets)]) + octets + content


def time_of(text: str) -> datetime:
    """`YYYYMMDDhhmmss`, perhaps with a fraction, and `Z`. Raises ValueError."""
    digits = text.removesuffix("Z").split(".")[0]
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _first(data: bytes, at: int) -> Value:
    if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
        raise ValueError("no value, or a long tag")
    size, start = data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        octets = data[start : start + count]
        size, start = int.from_bytes(octets, "big"), start + count
        if not 1 <= count <= 4 or len(octets) != count or size < 0x80 or not octets[0]:
            raise ValueError("a length that is not DER")
    if start + size > len(data):
        raise ValueError("a value that is cut")
    return Value(data[at], data[start : start + size], data[at : start + size])


def _expect(value: Value, *tags: int) -> None:
    if value.tag not in tags:
        raise ValueError("another kind of value was expected")
