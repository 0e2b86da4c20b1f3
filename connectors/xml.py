"""XML rows, read safely: no document type, no entities, no network."""

from __future__ import annotations

from lxml import etree

from connectors.frames import Row
from connectors.xmlrows import row_of


def parse(content: bytes) -> etree._Element:
    """The root of UTF-8 XML (or as its declaration says). Raises ValueError when it is broken."""
    return _parse(content, None)


def parse_text(text: str) -> etree._Element:
    """The root of XML already decoded; the encoding that its declaration names is ignored."""
    return _parse(text.encode(), "utf-8")


def _parse(content: bytes, encoding: str | None) -> etree._Element:
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the XML is broken at line {error.lineno}") from None
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        raise ValueError("the XML has a document type, which is not allowed")
    return root


def rows_of(root: etree._Element, tag: str) -> list[Row]:
    """The rows under `tag` (any letter case), each as `xmlrows.row_of` reads it."""
    found = [row for row in root.iter() if name_of(row).lower() == tag]
    return [row_of(row, number) for number, row in enumerate(found, 1)]


def child(root: etree._Element, tag: str) -> str | None:
    """The text of a direct child (any letter case), None when it is not there."""
    for one in root:
        if name_of(one).lower() == tag:
            return one.text
    return None


def places(root: etree._Element, spot: str) -> list[etree._Element]:
    """The elements at a place: names from below the root inwards, parted by points; letter case
    counts for nothing."""
    found = [root]
    for key in spot.lower().split("."):
        found = [one for each in found for one in each if name_of(one).lower() == key]
    return found


def text_at(root: etree._Element, spot: str) -> str | None:
    """The text of the first element at a place; None when none is there."""
    return next((one.text or "" for one in places(root, spot)), None)


def rows_at(root: etree._Element, spot: str) -> list[Row] | None:
    """The rows at a place. None where what should hold them is not there, or holds others."""
    found = places(root, spot)
    if found:
        return [row_of(row, number) for number, row in enumerate(found, 1)]
    above = spot.rpartition(".")[0]
    holders = places(root, above) if above else [root]
    strange = any(len(child) for one in holders for child in one)
    return None if strange or not holders else []


def name_of(element: etree._Element) -> str:
    """The local name, without its namespace."""
    return etree.QName(element).localname
