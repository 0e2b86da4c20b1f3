"""XML rows out of a file of any size: read as it comes, each row let go once it is given."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from connectors.chunks import BAD, MORE, more
from connectors.encodings import codec_of, moved, without_mark
from connectors.frames import Row

BLOCK = 1 << 18
#: Blocks before the first element: a declaration, comments.
MOST_HEAD = 2


def xml_rows(file: BinaryIO, encoding: str) -> Iterator[Row]:
    """`<ROWS><ROW><column>…`: an absent cell is null. What the declaration names is ignored.

    Raises ValueError for broken XML, a document type, or nesting that is too deep (256).
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    walk = _Walk()
    try:
        for text in _texts(file, encoding):
            parser.feed(text.encode())
            yield from walk.rows(parser)
        parser.close()
        yield from walk.rows(parser)
        if walk.others and not walk.count:
            raise ValueError("it has elements, but none is named ROW")
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the XML is broken at line {error.lineno}") from None


class _Walk:
    """Where the reading stands in the tree."""

    def __init__(self) -> None:
        self.depth, self.row_at, self.fed, self.count = 0, 0, 0, 0
        self.others, self.begun = 0, False

    def rows(self, parser: etree.XMLPullParser) -> Iterator[Row]:
        """The rows that have ended by now."""
        for event, element in parser.read_events():
            if not isinstance(element, etree._Element):
                raise ValueError("the XML cannot be read")
            if event == "start":
                self._start(element)
            else:
                yield from self._end(element)
        if not self.begun:
            self.fed += 1
            if self.fed > MOST_HEAD:
                raise ValueError("the XML has no element in its first lines")

    def _start(self, element: etree._Element) -> None:
        if not self.depth and element.getroottree().docinfo.internalDTD is not None:
            raise ValueError("the XML has a document type, which is not allowed")
        self.begun = True
        self.depth += 1
        if not self.row_at and _local(element).lower() == "row":
            self.row_at = self.depth

    def _end(self, element: etree._Element) -> Iterator[Row]:
        depth, self.depth = self.depth, self.depth - 1
        if self.row_at and depth > self.row_at:
            return
        if depth == self.row_at:
            self.row_at = 0
            self.count += 1
            yield row_of(element, self.count)
        else:
            self.others += depth > 1
        # Let go of what has been read: the element's content, and its elder brothers.
        element.clear()
        parent = element.getparent()
        if parent is not None:
            for elder in list(element.itersiblings(preceding=True)):
                parent.remove(elder)


def _local(element: etree._Element) -> str:
    """The name without its namespace; comments and instructions never come here."""
    return str(element.tag).rpartition("}")[2]


def row_of(element: etree._Element, number: int) -> Row:
    """Child name to text; an empty child is "". A row that cannot be told says so itself."""
    row: dict[str, object] = {}
    for cell in element:
        name = _local(cell)
        if name in row:
            row[BAD] = f"row {number} has the column {name} twice"
            row[MORE] = more([cell.text])
        elif len(cell):
            row[BAD] = f"row {number} has elements inside the column {name}"
            row[MORE] = more(["".join(map(str, cell.itertext()))])
        row.setdefault(name, cell.text or "")
    return row


def _texts(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec_of(encoding))()
    at = 0
    try:
        while block := file.read(BLOCK):
            text = decoder.decode(without_mark(block, encoding) if at == 0 else block)
            yield moved(text, encoding)
            at += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not {encoding} near byte {at + error.start}") from None
