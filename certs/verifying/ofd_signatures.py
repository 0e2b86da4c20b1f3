"""The signatures that an OFD package lists (GB/T 33190-2016, 18): which files each protects."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from certs.verifying.finding import Unsound
from certs.verifying.package import Package
from connectors.xml import name_of, parse

ROOT: Final = "OFD.xml"
#: Larger lists are none that a writer makes, and dear to read.
LARGEST_XML: Final = 4 * 1024 * 1024
MOST_SIGNATURES: Final = 100


@dataclass(frozen=True)
class Signature:
    """One `Signature.xml`. Paths are those of members; `content` is what is sealed."""

    path: str
    content: bytes
    method: str
    check_method: str
    references: tuple[tuple[str, bytes], ...]
    value: str
    seal: str | None
    said_at: datetime | None


@dataclass(frozen=True)
class Listed:
    """What the package lists: the lists themselves, and the paths of the signatures."""

    lists: tuple[str, ...]
    signatures: tuple[str, ...]


def listed(package: Package) -> Listed:
    """The signatures of all documents in the package. Raises Unsound."""
    lists: list[str] = []
    found: list[str] = []
    for body in _all(_xml(package, ROOT), "DocBody"):
        for place in _all(body, "Signatures"):
            path = _member(package, place.text, ROOT)
            lists.append(path)
            found += [
                _member(package, one.get("BaseLoc"), path)
                for one in _all(_xml(package, path), "Signature")
            ]
    if len(found) > MOST_SIGNATURES:
        raise Unsound(f"签章超过 {MOST_SIGNATURES} 个。")
    return Listed(tuple(lists), tuple(found))


def read_signature(package: Package, path: str) -> Signature:
    """One signature. Raises Unsound when it is not one, or names what is not there."""
    root = _xml(package, path)
    info = _one(root, "SignedInfo")
    references = _one(info, "References")
    seals = _all(info, "Seal")
    return Signature(
        path=path,
        content=package.members[path],
        method=_text(_one(info, "SignatureMethod")),
        check_method=references.get("CheckMethod") or "MD5",  # the standard's default
        references=tuple(_reference(package, one, path) for one in _all(references, "Reference")),
        value=_member(package, _text(_one(root, "SignedValue")), path),
        seal=_member(package, _text(_one(seals[0], "BaseLoc")), path) if seals else None,
        said_at=_time(info),
    )


def _reference(package: Package, element: etree._Element, path: str) -> tuple[str, bytes]:
    try:
        value = base64.b64decode("".join(_text(_one(element, "CheckValue")).split()), validate=True)
    except ValueError:
        raise Unsound("签章文件中的摘要已损坏。") from None
    return _member(package, element.get("FileRef"), path), value


def _time(info: etree._Element) -> datetime | None:
    """When the writer says to have signed, in any of the forms seen; None when it does not."""
    said = [_text(one) for one in _all(info, "SignatureDateTime")]
    digits = "".join(re.findall(r"\d", said[0]))[:14] if said else ""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _xml(package: Package, path: str) -> etree._Element:
    content = package.members[path]
    if len(content) > LARGEST_XML:
        raise Unsound("签章文件过大。")
    try:
        return parse(content)
    except (ValueError, LookupError):
        raise Unsound(f"{path.rpartition('/')[2]} 已损坏。") from None


def _member(package: Package, location: str | None, beside: str) -> str:
    found = package.find((location or "").strip(), beside) if location else None
    if found is None:
        raise Unsound("签章所指的文件不在文件包内。")
    return found


def _all(element: etree._Element, tag: str) -> list[etree._Element]:
    return [one for one in element if name_of(one) == tag]


def _one(element: etree._Element, tag: str) -> etree._Element:
    found = _all(element, tag)
    if len(found) != 1:
        raise Unsound("签章文件的结构不符合标准。")
    return found[0]


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()
