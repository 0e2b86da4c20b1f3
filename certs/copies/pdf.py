"""A small PDF writer: pages of text in one embedded font, rectangles and lines.

It knows what a copy needs and no more. Lengths are millimetres from the top left corner, sizes of
type are points. The same calls give the same bytes.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

from certs.copies import glyphs
from certs.copies.fontfile import font_file_of

Colour = tuple[int, int, int]
POINTS = 72 / 25.4  # in a millimetre
A4 = (210.0, 297.0)
FONT_NAME = "ZTCOPY+NotoSansCJKsc-Regular"
#: Objects before the pages: catalogue, pages, font, its parts, information.
CATALOGUE, PAGES, FONT, DESCENDANT, DESCRIPTOR, FILE, UNICODE, ABOUT = range(1, 9)
#: How many entries a ToUnicode block may have.
BLOCK = 100


class Pdf:
    """One document being written. Text must be such as `glyphs.shown` gives."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = []
        self.used: dict[str, int] = {}  # character -> number in the font file, from 1
        self.drawn: list[str] = []  # the page that is drawn on

    def add_page(self) -> None:
        """A new, empty A4 page to draw on."""
        self.pages.append([])
        self.on(len(self.pages) - 1)

    def on(self, page: int) -> None:
        """Draw on that page from now on."""
        self.drawn = self.pages[page]

    def width(self, text: str, size: float) -> float:
        """How wide a text of that size stands."""
        return sum(glyphs.glyph(letter).width for letter in text) * size / 1000 / POINTS

    def text(
        self, x: float, y: float, text: str, size: float, colour: Colour, *, bold: bool = False
    ) -> None:
        """A text whose baseline begins at x, y. `bold`: outlined too, the font has one weight."""
        self._text(f"1 0 0 1 {_pt(x)} {_pt(A4[1] - y)}", text, size, colour, bold=bold)

    def turned(
        self, x: float, y: float, text: str, size: float, colour: Colour, degrees: float
    ) -> None:
        """A text turned against the clock."""
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        place = f"{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {_pt(x)} {_pt(A4[1] - y)}"
        self._text(place, text, size, colour)

    def _text(
        self, place: str, text: str, size: float, colour: Colour, *, bold: bool = False
    ) -> None:
        codes = "".join(f"{self._number(letter):04X}" for letter in text)
        mode = f"2 Tr {size / 36:.3f} w {_rgb(colour)} RG" if bold else "0 Tr"
        self.drawn.append(f"BT {_rgb(colour)} rg {mode} /F {size:g} Tf {place} Tm <{codes}> Tj ET")

    def rect(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle, x, y its upper left corner."""
        self.rects([(x, y, width, height)], colour)

    def rects(self, boxes: Sequence[tuple[float, float, float, float]], colour: Colour) -> None:
        """Filled rectangles of one colour."""
        drawn = " ".join(
            f"{_pt(x)} {_pt(A4[1] - y - high)} {_pt(wide)} {_pt(high)} re"
            for x, y, wide, high in boxes
        )
        self.drawn.append(f"{_rgb(colour)} rg {drawn} f")

    def line(
        self, x: float, y: float, to_x: float, to_y: float, colour: Colour, width: float = 0.5
    ) -> None:
        """A line, its width in points."""
        self.drawn.append(
            f"{_rgb(colour)} RG {width:g} w "
            f"{_pt(x)} {_pt(A4[1] - y)} m {_pt(to_x)} {_pt(A4[1] - to_y)} l S"
        )

    def output(self, title: str, keywords: str) -> bytes:
        """The file. `keywords` (ASCII) go into its information as they are."""
        return _file(self._objects(title, keywords))

    def _number(self, letter: str) -> int:
        return self.used.setdefault(letter, len(self.used) + 1)

    def _objects(self, title: str, keywords: str) -> list[bytes]:
        """Every object in order, from number 1."""
        first = ABOUT + 1
        kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(self.pages)))
        box = f"/MediaBox [0 0 {_pt(A4[0])} {_pt(A4[1])}]"
        about = f"/Title {_utf16(title)} /Creator (zhongtai) /Keywords ({_escaped(keywords)})"
        made = [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} {box} "
            f"/Resources << /Font << /F {FONT} 0 R >> >> >>".encode(),
            *self._font_objects(),
            f"<< {about} >>".encode(),
        ]
        for number, drawn in enumerate(self.pages):
            contents = first + 2 * number + 1
            made.append(f"<< /Type /Page /Parent 2 0 R /Contents {contents} 0 R >>".encode())
            made.append(_stream("\n".join(drawn).encode("ascii"), ""))
        return made

    def _font_objects(self) -> list[bytes]:
        letters = list(self.used)
        drawn = [glyphs.glyph(letter) for letter in letters]
        widths = " ".join(str(one.width) for one in drawn)
        return [
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{FONT_NAME} /Encoding /Identity-H "
            f"/DescendantFonts [{DESCENDANT} 0 R] /ToUnicode {UNICODE} 0 R >>".encode(),
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{FONT_NAME} /DW 1000 "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {DESCRIPTOR} 0 R /W [1 [{widths}]] >>".encode(),
            f"<< /Type /FontDescriptor /FontName /{FONT_NAME} /Flags 4 "
            f"/FontBBox [0 -300 1000 1000] /ItalicAngle 0 /Ascent 880 /Descent -120 "
            f"/CapHeight 733 /StemV 80 /FontFile3 {FILE} 0 R >>".encode(),
            _stream(font_file_of(drawn, FONT_NAME), "/Subtype /CIDFontType0C "),
            _stream(_to_unicode(letters), ""),
        ]


def _to_unicode(letters: Sequence[str]) -> bytes:
    """Which character each number stands for, so that text can be searched and copied."""
    lines = [
        f"<{number:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
        for number, letter in enumerate(letters, start=1)
    ]
    blocks = [lines[at : at + BLOCK] for at in range(0, len(lines), BLOCK)]
    body = "\n".join(
        "\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]) for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe4\xb8\xad\xe5\x8f\xb0\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, CATALOGUE, ABOUT, start,
    )  # fmt: skip
    return bytes(out)


def _stream(data: bytes, about: str) -> bytes:
    packed = zlib.compress(data, 6)
    head = f"<< {about}/Filter /FlateDecode /Length {len(packed)} >>".encode()
    return head + b"\nstream\n" + packed + b"\nendstream"


def _utf16(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _rgb(colour: Colour) -> str:
    return " ".join(f"{part / 255:.3g}" for part in colour)


def _pt(millimetres: float) -> str:
    return f"{millimetres * POINTS:.2f}".rstrip("0").rstrip(".")
