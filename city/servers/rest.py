"""Lists over REST: page number, offset, cursor and next link; JSON or XML."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from starlette.responses import Response

from city.servers.call import Call, Handler, Routes, answer_json, answer_xml
from city.servers.distort import Distorted
from city.servers.errors import Answer
from city.world.clock import read_time

Row = dict[str, str | None]
MOST_ROWS = 2000
MOST_PAGES = 10**9


class Listing:
    """One stream of one system, given in pages."""

    def __init__(self, world: Distorted, system: str, stream: str, base: str) -> None:
        self.world, self.system, self.stream = world, system, stream
        shape = world.wire[system]["streams"][stream]
        self.times: str = shape["times"]
        self.id_column: str = shape["columns"]["id"]
        self.updated_column: str = shape["columns"]["updated"]
        self.address = f"{base}/sys/{system}{shape['path']}"

    def total(self, since: str | None) -> int:
        """How many rows there are."""
        return self.world.total(self.system, self.stream, since)

    def page(self, offset: int, limit: int, since: str | None) -> list[Row]:
        """Rows from an offset on."""
        return self.world.page(self.system, self.stream, offset, limit, since)

    def go_on(
        self, token: str | None, limit: int, since: str | None
    ) -> tuple[list[Row], str | None]:
        """Rows past a token, and the next token unless these were the last."""
        after = None if token is None else open_token(token)
        rows, last = self.world.rows(self.system, self.stream, since, after, limit)
        return rows, None if last is None else self._token(last)

    def _token(self, row: Row) -> str:
        updated = read_time(self.times, row[self.updated_column] or "")
        text = json.dumps([updated, row[self.id_column]])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def open_token(token: str) -> tuple[str, str]:
    """(updated, id) of a cursor. Raises Answer 400."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        updated, key = json.loads(text)
    except (ValueError, TypeError):
        raise Answer(400, "the cursor is not one of ours") from None
    return str(updated), str(key)


def by_page(listing: Listing, call: Call) -> Response:
    """`pageNo`, `pageSize` → `data.total`, `data.rows`."""
    total, rows = _numbered(listing, call)
    return answer_json({"code": 200, "message": "success", "data": {"total": total, "rows": rows}})


def by_page_xml(listing: Listing, call: Call) -> Response:
    """The same in XML."""
    total, rows = _numbered(listing, call)
    body = "".join(row_xml(row, "row") for row in rows)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return answer_xml(
        f"{head}<response><code>200</code><total>{total}</total><rows>{body}</rows></response>"
    )


def _numbered(listing: Listing, call: Call) -> tuple[int, list[Row]]:
    number = call.whole("pageNo", 1, 1, MOST_PAGES)
    size = call.whole("pageSize", 100, 1, MOST_ROWS)
    since = call.query.get("since")
    return listing.total(since), listing.page((number - 1) * size, size, since)


def row_xml(row: Row, tag: str) -> str:
    """One row as XML; a null is an absent element."""
    cells = (f"<{k}>{escape(v)}</{k}>" for k, v in row.items() if v is not None)
    return f"<{tag}>{''.join(cells)}</{tag}>"


def by_offset(listing: Listing, call: Call) -> Response:
    """`offset`, `limit` → `total`, `items`."""
    offset = call.whole("offset", 0, 0, MOST_PAGES)
    limit = call.whole("limit", 100, 1, MOST_ROWS)
    since = call.query.get("since")
    items = listing.page(offset, limit, since)
    return answer_json({"total": listing.total(since), "items": items})


def by_cursor(listing: Listing, call: Call) -> Response:
    """`cursor`, `limit` → `data.list`, `data.nextCursor`."""
    limit = call.whole("limit", 100, 1, MOST_ROWS)
    rows, token = listing.go_on(call.query.get("cursor") or None, limit, call.query.get("since"))
    return answer_json({"code": 0, "data": {"list": rows, "nextCursor": token}})


def by_next_link(listing: Listing, call: Call) -> Response:
    """`limit` → `results`, `next`: an absolute address."""
    limit, since = call.whole("limit", 100, 1, MOST_ROWS), call.query.get("since")
    rows, token = listing.go_on(call.query.get("after") or None, limit, since)
    link = None
    if token is not None:
        query = {"limit": str(limit), "after": token, **({"since": since} if since else {})}
        link = f"{listing.address}?{urlencode(query)}"
    return answer_json({"results": rows, "next": link})


PAGERS: dict[tuple[str, str], Callable[[Listing, Call], Response]] = {
    ("page", "json"): by_page,
    ("page", "xml"): by_page_xml,
    ("offset", "json"): by_offset,
    ("cursor", "json"): by_cursor,
    ("next_link", "json"): by_next_link,
}


def routes(world: Distorted, code: str, base: str) -> Routes:
    """The list addresses of one REST system."""
    system: dict[str, Any] = world.wire[code]
    pager = PAGERS[system["paging"], system["body"]]
    return {
        ("GET", stream["path"]): _handler(pager, Listing(world, code, name, base))
        for name, stream in system["streams"].items()
    }


def _handler(pager: Callable[[Listing, Call], Response], listing: Listing) -> Handler:
    return lambda call: pager(listing, call)
