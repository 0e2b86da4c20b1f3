"""The places of a PDF where a signature stands: its dictionary, its value, the bytes it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyhanko.sign.fields import enumerate_sig_fields

from certs.verifying.finding import CHANGED, Unsound


@dataclass(frozen=True)
class Place:
    """A signature field that is filled in."""

    name: str
    field: Any
    kind: str  # /Sig or /DocTimeStamp
    filter: str
    value: bytes
    byte_range: tuple[int, ...]


def places(reader: Any) -> list[Place]:
    """All filled signature fields, whatever made them. Raises what pyHanko raises."""
    return [
        _place(name, value.get_object(), field)
        for name, value, field in enumerate_sig_fields(reader, filled_status=True)
    ]


def _place(name: str, signature: Any, field: Any) -> Place:
    value = signature.raw_get("/Contents", decrypt=_raw())
    return Place(
        name=name,
        field=field,
        kind=str(signature.get("/Type", "/Sig")),
        filter=str(signature.get("/SubFilter", "")),
        value=bytes(getattr(value, "original_bytes", None) or value),
        byte_range=tuple(int(number) for number in signature["/ByteRange"]),
    )


def _raw() -> Any:
    """Signature values are never encrypted, also where the rest of a file is."""
    from pyhanko.pdf_utils.generic import EncryptedObjAccess

    return EncryptedObjAccess.RAW


def ranges(byte_range: Sequence[int], size: int) -> tuple[int, int, int, int]:
    """Start, length, start, length of what is signed. Raises Unsound when it makes no sense."""
    if len(byte_range) != 4:
        raise Unsound(CHANGED)
    start, length, rest, tail = byte_range
    if start != 0 or not 0 < length < rest or tail < 0 or rest + tail > size:
        raise Unsound(CHANGED)
    return start, length, rest, tail


def signed_bytes_of(data: bytes, place: Place) -> bytes:
    """The bytes that a signature is of. Raises Unsound."""
    _, length, rest, tail = ranges(place.byte_range, len(data))
    return data[:length] + data[rest : rest + tail]


def check_gap(data: bytes, place: Place) -> None:
    """Between the signed bytes is the value in hexadecimal and nothing else. Raises Unsound."""
    _, length, rest, _ = ranges(place.byte_range, len(data))
    gap = data[length:rest]
    try:
        inside = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        raise Unsound(CHANGED) from None
    if gap[:1] != b"<" or gap[-1:] != b">" or inside != place.value:
        raise Unsound(CHANGED)


def check_tail(data: bytes, place: Place, *, last: bool) -> None:
    """Nothing but white space after the end of the file. Raises Unsound.

    `last`: no later revision was added, so that the signed bytes end where the file does.
    """
    _, _, rest, tail = ranges(place.byte_range, len(data))
    after = data[rest + tail :] if last else data.rpartition(b"%%EOF")[2]
    if after.strip():
        raise Unsound(CHANGED)


def whole_file(data: bytes, place: Place) -> bool:
    """Whether nothing comes after the signed bytes."""
    _, _, rest, tail = ranges(place.byte_range, len(data))
    return rest + tail == len(data)
