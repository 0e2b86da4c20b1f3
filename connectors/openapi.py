"""What an HTTP gateway says of itself: the lists in its OpenAPI document, where it has one.

Of version 2 (Swagger) and 3. Nothing else of the document is believed: each list is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

#: Where frameworks put it (FastAPI, springdoc, springfox, Swagger's own).
DOCUMENTS: Final = ("/openapi.json", "/v3/api-docs", "/v2/api-docs", "/swagger.json")
#: Lists of a document that are tried at most, and characters of a summary that are shown.
MOST, LONGEST = 40, 100


def lists_of(document: Any, base: str) -> list[tuple[str, str]]:
    """The lists that can be read under an address, in the document's order: path and summary.

    A GET whose path has nothing to fill in. `base`: the gateway's address. Raises ValueError for
    what is no such document.
    """
    match document:
        case {"openapi": _, "paths": dict(paths)} | {"swagger": _, "paths": dict(paths)}:
            own, before = urlsplit(base).path.rstrip("/"), _before(document)
            found = [(_under(own, before, path), said) for path, said in _gets(paths)]
            return [(path, said) for path, said in dict(found).items() if path][:MOST]
    raise ValueError("no OpenAPI document")


def _gets(paths: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    for path, operations in paths.items():
        match operations:
            case {"get": dict(get)} if str(path).startswith("/") and "{" not in path:
                yield str(path), " ".join(str(get.get("summary") or "").split())[:LONGEST]


def _before(document: Any) -> str:
    """What stands before every path at the server."""
    match document:
        case {"basePath": str(path)}:
            return path.rstrip("/")
        case {"servers": [{"url": str(url)}, *_]}:
            return urlsplit(url).path.rstrip("/")
    return ""


def _under(own: str, before: str, path: str) -> str:
    """A document's path as it is behind the gateway's own address; "" where it is not under it.

    Documents tell their paths from the server's top, or from where the document lies.
    """
    if own and path.startswith(f"{own}/"):
        return path.removeprefix(own)
    whole = (before or own) + path
    return whole.removeprefix(own) if whole.startswith(f"{own}/") else ""
