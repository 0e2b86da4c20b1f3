"""What each page shows when it is full, empty, loading, wrong, refused or stale, and which test
shows it: `python -m tests.portal.states` writes docs/states.md out of the tables beside this file.

A table has a page a line: `page`: the route (`POST …` where a page is the answer to a form; words
behind it tell pages of one route apart), `template`: the templates that make it, `who`: the
accounts that it is for (none: it needs no account), `try`: an address of it, and a cell a state:
tests, or the reason why that state cannot be.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from portal.app import create_app
from tests.portal.fake import FakePlatform
from tests.portal.serving import KEY

HERE: Final = Path(__file__).parent
TESTS: Final = HERE.parents[1]
DOCUMENT: Final = TESTS.parent / "docs" / "states.md"
STATES: Final = ("full", "empty", "loading", "error", "refused", "stale")
ROOMS: Final = {
    "anybody": "Anybody",
    "applicant": "The applicant",
    "clerk": "A clerk",
    "department": "A department's officer",
    "operations": "Operations",
    "connecting": "Connecting a system",
    "bureau": "The bureau",
    "catalogue": "The catalogue",
    "rights": "Who may ask what",
    "administrators": "Administrators",
}
#: Not pages: what programs ask for, files, a stream, and what only leads on.
NOT_PAGES: Final = ("/api/v1/", "/openapi", "/health", "/metrics", "/favicon", "/.well-known")
FILES: Final = (".csv", ".xlsx", "/export", "/package")
LEAD_ON: Final = frozenset({
    "/", "/catalog", "/rights", "/language/{to}", "/login/oidc", "/ops/live",
    "/wallet/statuses/{number}",
})  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A line of a table. `cells`: state → tests (`file::function` below tests/) or a reason."""

    page: str
    room: str
    templates: tuple[str, ...]
    who: tuple[str, ...]
    address: str
    cells: dict[str, tuple[str, ...]]

    @property
    def route(self) -> str:
        """The route that gives it."""
        return self.page.removeprefix("POST ").partition(" ")[0].rstrip(",")

    @property
    def is_asked_for(self) -> bool:
        """Whether it is come to by its address, and not by a form."""
        return self.page.startswith("/")


@cache
def pages() -> tuple[Page, ...]:
    """Every line of every table."""
    return tuple(one for room in ROOMS for one in _of(room))


def _of(room: str) -> list[Page]:
    rows = yaml.safe_load((HERE / f"{room}.yml").read_text("utf-8"))
    return [_page(room, row) for row in rows]


def _page(room: str, row: dict[str, str | list[str]]) -> Page:
    unknown = set(row) - {"page", "who", "try", "template", *STATES}
    if unknown:
        raise ValueError(f"{room}.yml, {row['page']}: {sorted(unknown)[0]} is no state")
    name = str(row["page"])
    address = str(row.get("try", name.partition(" ")[0]))
    cells = {str(state): _cell(row[state]) for state in STATES if state in row}
    words = str(row["template"]).split(), str(row.get("who", "")).split()
    return Page(name, room, tuple(words[0]), tuple(words[1]), address, cells)


def _cell(said: str | list[str]) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, list) else (said,)


def routes(method: str = "GET") -> set[str]:
    """The routes of a method, without those for programs."""
    every = {
        str(getattr(one, "path", ""))
        for one in create_app(FakePlatform(), KEY).routes
        if method in (getattr(one, "methods", None) or ())
    }
    return {one for one in every if not one.startswith(NOT_PAGES)}


def page_routes() -> set[str]:
    """The routes that give pages."""
    return {one for one in routes() - LEAD_ON if not one.endswith(FILES)}


def is_test(said: str) -> bool:
    """Whether a cell's word names a test; else it is a reason."""
    return "::" in said


@cache
def functions(file: str) -> frozenset[str]:
    """The tests that a file below tests/ has."""
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def document() -> str:
    """docs/states.md."""
    parts = [(HERE / "head.md").read_text("utf-8")]
    for room, title in ROOMS.items():
        parts.append(f"\n## {title}\n")
        parts += [_written(one) for one in pages() if one.room == room]
    return "".join(parts)


def _written(one: Page) -> str:
    who = f" ({', '.join(one.who)})" if one.who else ""
    lines = [f"\n### `{one.page}`{who}\n\n| state | shown by, or why it cannot be |\n|---|---|\n"]
    for state, said in one.cells.items():
        shown = "<br>".join(f"`{test}`" if is_test(test) else test for test in said)
        lines.append(f"| {state} | {shown} |\n")
    return "".join(lines)
