"""Draws the face of an annotated copy as one A4 page, the Chinese font embedded.

The font is Noto Sans CJK out of its wheel; only the glyphs in use go into the file. A character
that the font does not have is shown as 〓 with its code, never as an empty box.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import qrcode
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from certs.licences.face import Face
from kernel.errors import Stop

#: The simplified Chinese face of the collection.
SIMPLIFIED = 2
INK, SOFT, LINE, TINT, ACCENT = (
    (28, 32, 38),
    (100, 108, 118),
    (205, 211, 219),
    (245, 247, 250),
    (23, 78, 140),
)
WATERMARK = (232, 236, 242)
LEFT, WIDTH, LABEL = 20.0, 170.0, 34.0
NEXT_LINE = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}


@cache
def font_file() -> Path:
    """The font collection in the installed wheel. Raises Stop when it is not there."""
    spec = find_spec("noto_cjk_sans_otc")
    if spec is None or spec.origin is None:
        raise Stop("the package noto-cjk-sans-otc is not installed: Chinese cannot be drawn")
    return Path(spec.origin).parent / "NotoSansCJK-Regular.ttc"


def draw(face: Face, keywords: str) -> bytes:
    """The page as PDF, not yet signed. `keywords` go into the file's information, as they are."""
    page = _Page(face)
    page.pdf.set_keywords(keywords)
    page.watermark()
    page.heading()
    page.licence_rows()
    page.purpose()
    page.origin()
    return bytes(page.pdf.output())


class _Page:
    """One page being drawn, from top to bottom."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.pdf: Any = FPDF(format="A4")
        self.pdf.set_margins(LEFT, 14, LEFT)
        self.pdf.set_auto_page_break(True, 12)
        self.pdf.add_font("noto", fname=font_file(), collection_font_number=SIMPLIFIED)
        self.glyphs: Any = self.pdf.fonts["noto"]
        self.pdf.set_title(self.shown(face.title))
        self.pdf.set_lang("zh-CN")
        self.pdf.set_creator("zhongtai")
        self.pdf.add_page()

    def shown(self, text: str) -> str:
        """The text with every character that the font lacks replaced by 〓 and its code."""
        return "".join(
            letter if ord(letter) in self.glyphs.cmap else f"〓[U+{ord(letter):04X}]"
            for letter in text
        )

    def type(self, size: float, colour: tuple[int, int, int]) -> None:
        self.pdf.set_font("noto", size=size)
        self.pdf.set_text_color(*colour)

    def watermark(self) -> None:
        self.type(15, WATERMARK)
        text = self.shown(self.face.watermark)
        for row in range(7):
            for column in range(2):
                x, y = 14 + column * 98 + (row % 2) * 30, 48 + row * 40
                with self.pdf.rotation(28, x, y):
                    self.pdf.text(x, y, text)

    def heading(self) -> None:
        pdf = self.pdf
        pdf.set_fill_color(*ACCENT)
        pdf.rect(0, 0, 210, 4, style="F")
        pdf.set_y(11)
        self.type(9, SOFT)
        pdf.cell(WIDTH / 2, 6, "政务数据共享 · 一件一用", new_x=XPos.RIGHT, new_y=YPos.TOP)
        pdf.cell(WIDTH / 2, 6, f"加注件编号 {self.face.copy_id}", align="R", **NEXT_LINE)
        pdf.set_draw_color(*LINE)
        pdf.line(LEFT, pdf.get_y() + 1, LEFT + WIDTH, pdf.get_y() + 1)
        pdf.ln(9)
        self.type(24, INK)
        pdf.multi_cell(WIDTH, 12, self.shown(self.face.title), align="C", **NEXT_LINE)
        self.type(11, SOFT)
        pdf.cell(WIDTH, 8, self.shown(self.face.subtitle), align="C", **NEXT_LINE)
        pdf.ln(5)

    def licence_rows(self) -> None:
        for label, value in self.face.rows:
            self.row(label, value, 11, 8)
        self.pdf.ln(6)

    def row(self, label: str, value: str, size: float, height: float) -> None:
        """A label and its value, with a line under it; long values wrap."""
        pdf = self.pdf
        top = pdf.get_y()
        self.type(size - 1, SOFT)
        pdf.cell(LABEL, height, self.shown(label), new_x=XPos.RIGHT, new_y=YPos.TOP)
        self.type(size, INK)
        pdf.multi_cell(WIDTH - LABEL, height, self.shown(value), align="L", **NEXT_LINE)
        bottom = max(pdf.get_y(), top + height)
        pdf.set_draw_color(*LINE)
        pdf.line(LEFT, bottom, LEFT + WIDTH, bottom)
        pdf.set_y(bottom)

    def purpose(self) -> None:
        """The notice and what the copy is for, on a tinted ground as high as they need."""
        pdf, inner = self.pdf, WIDTH - 12
        top = pdf.get_y()
        height = 10.0 + self.height(inner, 7, self.face.notice, 10.5)
        for _, value in self.face.uses:
            height += self.height(inner - 30, 6.4, value, 9.5)
        pdf.set_fill_color(*TINT)
        pdf.rect(LEFT, top, WIDTH, height, style="F")
        pdf.set_fill_color(*ACCENT)
        pdf.rect(LEFT, top, 1.6, height, style="F")
        pdf.set_xy(LEFT + 6, top + 3)
        self.type(10.5, ACCENT)
        pdf.multi_cell(inner, 7, self.shown(self.face.notice), align="L", **NEXT_LINE)
        pdf.set_y(pdf.get_y() + 2)
        for label, value in self.face.uses:
            pdf.set_x(LEFT + 6)
            self.type(9, SOFT)
            pdf.cell(30, 6.4, label, new_x=XPos.RIGHT, new_y=YPos.TOP)
            self.type(9.5, INK)
            pdf.multi_cell(inner - 30, 6.4, self.shown(value), align="L", **NEXT_LINE)
        pdf.set_y(top + height + 7)

    def height(self, width: float, line: float, text: str, size: float) -> float:
        """How high a text of that size will stand."""
        self.type(size, INK)
        return float(
            self.pdf.multi_cell(
                width, line, self.shown(text), dry_run=True, output=MethodReturnValue.HEIGHT
            )
        )

    def origin(self) -> None:
        pdf = self.pdf
        top = pdf.get_y()
        side = 34.0
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=1)
        code.add_data(self.face.verify_url)
        code.make(fit=True)
        _squares(pdf, code.get_matrix(), LEFT + WIDTH - side, top, side)
        pdf.set_xy(LEFT + WIDTH - side, top + side + 1)
        self.type(8, SOFT)
        pdf.cell(side, 5, "扫码核验本件", align="C")
        pdf.set_y(top)
        for label, value in self.face.origins:
            self.type(8.5, SOFT)
            pdf.cell(26, 5.6, label, new_x=XPos.RIGHT, new_y=YPos.TOP)
            self.type(8, INK)
            pdf.multi_cell(WIDTH - side - 34, 5.6, self.shown(value), align="L", **NEXT_LINE)


def _squares(pdf: Any, matrix: list[list[bool]], left: float, top: float, side: float) -> None:
    """The code as vector squares: sharp in print, small in the file."""
    step = side / len(matrix)
    pdf.set_fill_color(*INK)
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                pdf.rect(left + x * step, top + y * step, (run - x) * step, step, style="F")
            x = run + 1
