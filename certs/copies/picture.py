"""A thumbnail of an annotated copy: its first page, watermark and all, as PNG."""

from __future__ import annotations

import io
from typing import Final

import pypdfium2

#: Pixels of the longer side: legible at a glance, no replacement for the copy.
SIDE: Final = 640


def thumbnail(pdf: bytes) -> bytes:
    """The first page. Only for copies that we made: nothing is tried on a stranger's file."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        scale = SIDE / max(page.get_size())
        picture = page.render(scale=scale, draw_annots=False).to_pil()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
