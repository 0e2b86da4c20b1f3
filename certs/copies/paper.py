"""Draws the face of an annotated copy: A4, the Chinese font embedded, one page where it fits.

A character that the font does not have is shown as 〓 with its code, never as an empty box.
"""

from __future__ import annotations

import qrcode

from certs.copies.glyphs import shown
from certs.copies.lines import wrap
from certs.copies.pdf import Colour, Pdf
from certs.licences.face import Face

INK, SOFT, LINE, TINT, ACCENT = (
    (28, 32, 38),
    (92, 100, 110),
    (190, 197, 206),
    (244, 246, 249),
    (23, 78, 140),
)
WATERMARK = (226, 231, 238)
LEFT, WIDTH, LABEL = 20.0, 170.0, 36.0
TOP, BOTTOM = 20.0, 280.0
QR_SIDE = 30.0
#: Which of the eight masks a code uses is written in it; trying them all costs more than the page.
QR_MASK = 4
FOOTER = "本件带有平台电子签章，以电子文件为准；纸质件请扫描二维码核验。"


def draw(face: Face, keywords: str) -> bytes:
    """The pages as PDF, not yet signed. `keywords` go into the file's information, as they are."""
    page = _Page(face)
    page.heading()
    page.licence_rows()
    page.purpose()
    page.origin()
    page.footers()
    return page.pdf.output(shown(face.title), keywords)


class _Page:
    """The page being drawn, from top to bottom; `y` is where the next thing begins."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.pdf = Pdf()
        self.y = TOP
        self.new()

    def new(self) -> None:
        """A page with its frame."""
        pdf = self.pdf
        pdf.add_page()
        text = shown(self.face.watermark)
        for row in range(7):
            for column in range(2):
                x, y = 16 + column * 96 + (row % 2) * 28, 56 + row * 38
                pdf.turned(x, y, text, 14, WATERMARK, 28)
        pdf.rect(0, 0, 210, 4, ACCENT)
        pdf.text(LEFT, 14.5, "政务数据共享 · 一件一用", 9, SOFT)
        self.right(LEFT + WIDTH, 14.5, f"{self.face.called}编号 {self.face.copy_id}", 9, SOFT)
        pdf.line(LEFT, 17.5, LEFT + WIDTH, 17.5, LINE)
        self.y = TOP

    def room(self, height: float) -> None:
        """Begin a new page where the rest of this one is lower than that."""
        if self.y + height > BOTTOM:
            self.new()

    def right(self, x: float, y: float, text: str, size: float, colour: Colour) -> None:
        self.pdf.text(x - self.pdf.width(text, size), y, text, size, colour)

    def centred(self, text: str, size: float, colour: Colour, *, bold: bool = False) -> None:
        left = LEFT + (WIDTH - self.pdf.width(text, size)) / 2
        self.pdf.text(left, self.y, text, size, colour, bold=bold)

    def heading(self) -> None:
        self.y = 36.0
        for line in wrap(self.pdf, shown(self.face.title), 22, WIDTH):
            self.centred(line, 22, INK, bold=True)
            self.y += 10
        self.y -= 1.5
        self.centred(shown(self.face.subtitle), 11, SOFT)
        self.y += 7

    def licence_rows(self) -> None:
        """A table: label, value; a row is as high as its value, and stays on one page."""
        self.pdf.line(LEFT, self.y, LEFT + WIDTH, self.y, LINE, 0.8)
        for label, value in self.face.rows:
            lines = wrap(self.pdf, shown(value), 10.5, WIDTH - LABEL - 7)
            height = 5.4 * len(lines) + 2.6
            self.room(height)
            top = self.y
            self.pdf.rect(LEFT, top, LABEL, height, TINT)
            self.pdf.text(LEFT + 3, top + 5.3, shown(label), 10, SOFT)
            for number, line in enumerate(lines):
                self.pdf.text(LEFT + LABEL + 4, top + 5.3 + 5.4 * number, line, 10.5, INK)
            self.y = top + height
            self.box(top, self.y)
        self.y += 7

    def box(self, top: float, bottom: float) -> None:
        """The lines of one row of the table."""
        for x in (LEFT, LEFT + LABEL, LEFT + WIDTH):
            self.pdf.line(x, top, x, bottom, LINE)
        for y in (top, bottom):
            self.pdf.line(LEFT, y, LEFT + WIDTH, y, LINE)

    def purpose(self) -> None:
        """The notice and what the copy is for, on a tinted ground as high as they need."""
        pdf = self.pdf
        notice = wrap(pdf, shown(self.face.notice), 10.5, WIDTH - 12)
        uses = [
            (label, wrap(pdf, shown(value), 9.5, WIDTH - 46)) for label, value in self.face.uses
        ]
        height = 6 * len(notice) + 5.6 * sum(len(lines) for _, lines in uses) + 7
        self.room(height)
        pdf.rect(LEFT, self.y, WIDTH, height, TINT)
        pdf.rect(LEFT, self.y, 1.4, height, ACCENT)
        y = self.y + 6.5
        for line in notice:
            pdf.text(LEFT + 6, y, line, 10.5, ACCENT, bold=True)
            y += 6
        y += 1
        for label, lines in uses:
            pdf.text(LEFT + 6, y, label, 9, SOFT)
            for line in lines:
                pdf.text(LEFT + 40, y, line, 9.5, INK)
                y += 5.6
        self.y += height + 7

    def origin(self) -> None:
        """Where the data comes from, beside the code that leads to the verify page."""
        pdf, wide = self.pdf, WIDTH - QR_SIDE - 36
        origins = [
            (label, wrap(pdf, shown(value), 8.5, wide)) for label, value in self.face.origins
        ]
        self.room(max(QR_SIDE + 6, 5.2 * sum(len(lines) for _, lines in origins)))
        self.code(LEFT + WIDTH - QR_SIDE, self.y)
        y = self.y + 3.5
        for label, lines in origins:
            pdf.text(LEFT, y, label, 8.5, SOFT)
            for line in lines:
                pdf.text(LEFT + 27, y, line, 8.5, INK)
                y += 5.2

    def code(self, left: float, top: float) -> None:
        """The code as rectangles: sharp in print, small in the file."""
        made = qrcode.QRCode(
            error_correction=qrcode.constants.ERROR_CORRECT_M, border=1, mask_pattern=QR_MASK
        )
        made.add_data(self.face.verify_url)
        made.make(fit=True)
        self.pdf.rects(_boxes(made.get_matrix(), left, top, QR_SIDE), INK)
        text = "扫码核验本件"
        middle = left + (QR_SIDE - self.pdf.width(text, 8.5)) / 2
        self.pdf.text(middle, top + QR_SIDE + 3.5, text, 8.5, SOFT)

    def footers(self) -> None:
        """The last line of each page, when their number is known."""
        pages = len(self.pdf.pages)
        for number in range(pages):
            self.pdf.on(number)
            self.pdf.line(LEFT, 284, LEFT + WIDTH, 284, LINE)
            self.pdf.text(LEFT, 289, FOOTER, 8, SOFT)
            self.right(LEFT + WIDTH, 289, f"第 {number + 1} 页，共 {pages} 页", 8, SOFT)


def _boxes(
    matrix: list[list[bool]], left: float, top: float, side: float
) -> list[tuple[float, float, float, float]]:
    """The dark runs of the code's rows."""
    step = side / len(matrix)
    boxes = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                boxes.append((left + x * step, top + y * step, (run - x) * step, step))
            x = run + 1
    return boxes
