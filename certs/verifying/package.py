"""The members of an OFD package, read within bounds.

A ZIP can name a member twice, name one thing in its directory and another before the data, or
unpack to a thousand times its size: none of that is an OFD of an honest writer.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: More is no document. The largest seen in the field have some 300 members.
MOST_MEMBERS: Final = 5_000
#: All members together, unpacked.
MOST_BYTES: Final = 120 * 1024 * 1024
#: Unpacked to packed, of a member larger than `SMALL`. Text of one letter reaches 1,030.
MOST_RATIO: Final = 200
SMALL: Final = 1024 * 1024
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,  # an encrypted member
    ValueError,
    OverflowError,
    EOFError,
    OSError,
)


class Unreadable(ValueError):
    """The package cannot be opened, or is out of bounds. Its text is a sentence in Chinese."""


class Damaged(ValueError):
    """The package opens, but a member of it cannot be read or stands in it twice."""


@dataclass(frozen=True)
class Package:
    """Members by their path from the root, without a leading slash; folders left out."""

    members: Mapping[str, bytes]

    def find(self, location: str, beside: str = "") -> str | None:
        """The member at a location: from the root, or else beside the member that names it.

        None when there is none.
        """
        path = location.replace("\\", "/")
        folder = beside.rpartition("/")[0]
        near = _joined(folder, path)
        if not path.startswith("/") and near in self.members:
            return near
        from_root = _joined("", path)
        return from_root if from_root in self.members else None


def names_in(data: bytes) -> tuple[str, ...]:
    """The paths in the package's directory; nothing is unpacked. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(_path(one) for one in archive.infolist())
    except _BROKEN:
        raise Unreadable("压缩包已损坏，无法读取。") from None


def unpack(data: bytes) -> Package:
    """All members of a package. Raises Unreadable or Damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = [one for one in archive.infolist() if not one.filename.endswith("/")]
            _check(found)
            return Package({_path(one): _read(archive, one) for one in found})
    except (Unreadable, Damaged):
        raise
    except _BROKEN:
        raise Damaged("压缩包中有成员无法读取") from None


def _check(found: list[zipfile.ZipInfo]) -> None:
    if len(found) > MOST_MEMBERS:
        raise Unreadable(f"压缩包内文件超过 {MOST_MEMBERS} 个，未核验。")
    if sum(one.file_size for one in found) > MOST_BYTES:
        raise Unreadable(f"压缩包解开后超过 {MOST_BYTES // 1024 // 1024} MB，未核验。")
    for one in found:
        if one.file_size > SMALL and one.file_size > MOST_RATIO * max(1, one.compress_size):
            raise Unreadable("压缩比过大，疑似压缩炸弹，未核验。")
    folded = {_path(one).casefold() for one in found}
    if len(folded) != len(found):
        raise Damaged("压缩包中有同名成员")


def _read(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """A member's bytes, no more than its directory entry says it has."""
    if one.compress_type not in _METHODS:
        raise Damaged("压缩包中有成员以不支持的方式压缩")
    with archive.open(one) as member:
        content = member.read(one.file_size + 1)
    if len(content) != one.file_size:
        raise Damaged("压缩包中有成员与目录所记长度不符")
    return content


def _path(one: zipfile.ZipInfo) -> str:
    return _joined("", one.filename.replace("\\", "/"))


def _joined(folder: str, path: str) -> str:
    """A path from the root; `..` goes up, and no further than the root."""
    parts: list[str] = []
    for part in f"{folder}/{path}".split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
