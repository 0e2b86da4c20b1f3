"""The holder's page of an offer: scan it, or open it in the wallet of the same telephone."""

from __future__ import annotations

import qrcode
from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.render import page, portal_of

router = APIRouter(include_in_schema=False)
LONGEST = 64


@router.get("/wallet/{code}")
def offer(request: Request, code: str) -> Response:
    """What is offered, until when, and the code to scan."""
    plain = code.isascii() and len(code) <= LONGEST
    found = portal_of(request).platform.wallets.waiting(code) if plain else None
    if found is None:
        return page(request, "wallet.html", 404, offer=None, rows=(), side=0)
    rows = boxes(found.offer)
    return page(request, "wallet.html", offer=found, rows=rows[1:], side=rows[0][0])


def boxes(text: str) -> list[tuple[int, int, int]]:
    """The dark runs of a QR code: left, top, width in modules; before them the code's side."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=2)
    made.add_data(text)
    made.make(fit=True)
    matrix = made.get_matrix()
    runs = [(len(matrix), 0, 0)]
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x] == row[start]:
                x += 1
            if row[start]:
                runs.append((start, y, x - start))
    return runs
