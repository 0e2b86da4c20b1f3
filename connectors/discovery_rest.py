"""Lists of an HTTP gateway that has no contract yet: which envelope and which paging answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from connectors.auth import Fixed, make_auth
from connectors.discovery import SAMPLE, Place, Row, Target
from connectors.discovery_files import columns_of
from connectors.discovery_shape import shape_of
from connectors.envelopes import described, page_of, page_of_xml, parameters, parse_json
from connectors.frames import text_of
from connectors.http import Http
from connectors.openapi import DOCUMENTS, lists_of
from connectors.paging import Page
from connectors.retry import Patience
from connectors.xmlbody import XmlBodies
from kernel.clock import Clock
from kernel.errors import BadInput, NotAuthorised, PersonMustAct, RetryLater
from kernel.secrets import Secrets
from registry.shapes import TOKENS, Body, Kind, whole

#: Rows a page that are asked for, and that the contract proposes.
SIZE: Final = 500
#: In this order: a gateway takes parameters that it does not know, its envelope tells them apart.
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


Rows = Sequence[Mapping[str, object]]


class RestExplorer:
    """One gateway. Its lists are named, or those of its OpenAPI document."""

    def __init__(self, target: Target, secrets: Secrets, clock: Clock) -> None:
        for path in target.paths:
            if not path.startswith("/"):
                raise BadInput(f"the path {path} must begin with /")
        self.target = target
        self.http = Http(target.code, target.address, clock, Patience(attempts=2))
        auth = target.signed()
        self.http.auth = make_auth(auth, secrets, clock, self.http.ask_token) if auth else Fixed({})
        self.body: Body = "json"
        self.kind = ""
        self.shape: dict[str, Any] = {}
        self._rows: dict[str, list[Row]] = {}

    def places(self) -> list[Place]:
        """Each list that is named or documented; one with no known envelope has a note."""
        named = [path for path in self.target.paths if path not in DOCUMENTS]
        found = [self._list(path) for path in named]
        if not named or len(named) < len(self.target.paths):
            found += [self._tried(*one) for one in self._documented() if one[0] not in named]
        return found

    def rows(self, place: Place) -> list[Row]:
        """The rows of its first page."""
        return self._rows[place.path]

    def transport(self) -> dict[str, Any]:
        """What answered."""
        made: dict[str, Any] = {
            "kind": "rest",
            "address": f"{self.target.code.upper()}_URL",
            "body": self.body,
        }
        if self.target.auth:
            made["auth"] = dict(self.target.auth)
        if self.kind:
            made["paging"] = {"kind": self.kind, "size": SIZE}
        return made | ({"shape": self.shape} if self.shape else {})

    def close(self) -> None:
        """End connections."""
        self.http.close()

    def _documented(self) -> list[tuple[str, str]]:
        """The lists of the gateway's own document. Raises BadInput where it has none."""
        refused: NotAuthorised | None = None
        for path in [one for one in self.target.paths if one in DOCUMENTS] or DOCUMENTS:
            try:
                content = self._given(path)
                return lists_of(parse_json(content), self.target.address)
            except NotAuthorised as error:
                refused = error
            except (PersonMustAct, ValueError):  # not there, or something else
                continue
        raise refused or BadInput(
            "an HTTP gateway does not say what lists it has: it has no OpenAPI document at "
            f"{', '.join(DOCUMENTS)}. Name its lists behind its address, like /licences"
        )

    def _tried(self, path: str, summary: str) -> Place:
        """A list of the document; one that does not answer has a note, the others go on."""
        try:
            return replace(self._list(path), comment=summary)
        except PersonMustAct as error:
            return Place(path, summary, note=error.message)

    def _list(self, path: str) -> Place:
        """Of the ways of paging the first that answers; where none does, a shape that is found."""
        shapes: list[str] = []
        strange: PersonMustAct | None = None
        rows = None
        try:
            rows = None if self.shape else self._common(path, shapes)
        except NotAuthorised:
            raise
        except PersonMustAct as error:  # its code may be a good one of its own
            strange = error
        if rows is None:
            rows = self._other(path)
        if rows is not None:
            self._rows[path] = [_text(row) for row in rows[:SAMPLE]]
            return Place(path, columns=columns_of(self._rows[path]))
        if strange is not None:
            raise strange
        said = f"; it answers {shapes[0]}" if shapes else ""
        return Place(path, note=f"no known envelope of {', '.join(KINDS)} answers{said}")

    def _common(self, path: str, shapes: list[str]) -> Rows | None:
        for kind in KINDS:
            content = self._asked(path, kind)
            if content is None:
                continue
            page = self._page(path, kind, content)
            if page is not None:
                self.kind = self.kind or kind
                return page.rows
            shapes.append(_shape(content))
        return None

    def _other(self, path: str) -> Rows | None:
        """A gateway has one shape: that of the first list which has one."""
        bodies = XmlBodies()
        found = shape_of(lambda params: self._answer(path, params, bodies), lambda: self.body)
        if found is None or (self.kind, self.shape) not in (("", {}), (found.kind, found.shape)):
            return None
        self.kind, self.shape = found.kind, found.shape
        return found.rows

    def _answer(self, path: str, params: Mapping[str, str], bodies: XmlBodies) -> Any:
        """What an answer holds, None where the gateway does not take these parameters."""
        try:
            content = self._given(path, params)
            if is_xml(content):
                self.body = "xml"
                return bodies.body(content)
            return parse_json(content)
        except NotAuthorised:
            raise
        except (PersonMustAct, RetryLater, ValueError):
            return None

    def _asked(self, path: str, kind: Kind) -> bytes | None:
        """The body of one page, None when the gateway does not take these parameters."""
        try:
            return self._given(path, parameters(kind, whole(kind, None).ask, SIZE))
        except NotAuthorised:
            raise
        except PersonMustAct:
            if kind == KINDS[-1]:
                raise
            return None

    def _given(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """A good answer's body. Raises NotAuthorised saying how to sign in, where nobody said."""
        try:
            return self.http.call("GET", path, lambda content: content, params)
        except NotAuthorised:
            if self.target.auth is None:
                raise NotAuthorised(
                    f"{self.target.code} wants a sign-in at {path}: say with --auth how",
                    system=self.target.code,
                ) from None
            raise

    def _page(self, path: str, kind: Kind, content: bytes) -> Page | None:
        try:
            if is_xml(content):
                return self._xml_page(path, kind, content)
            return page_of(self.target.code, path, kind, parse_json(content), whole(kind, None))
        except ValueError:
            return None

    def _xml_page(self, path: str, kind: Kind, content: bytes) -> Page | None:
        """A common page in XML; None where its rows have another name, or what follows has none."""
        page = page_of_xml(self.target.code, path, kind, content, whole(kind, None, "xml"))
        if kind in TOKENS or (page.total and not page.rows):
            return None
        self.body = "xml"
        return page


def is_xml(content: bytes) -> bool:
    """Whether an answer begins as XML does, after a byte order mark or blanks."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _text(row: Any) -> Row:
    return {str(name): text_of(value) for name, value in row.items()}


def _shape(content: bytes) -> str:
    """The keys of an answer, never its values."""
    try:
        body = XmlBodies().body(content) if is_xml(content) else parse_json(content)
    except ValueError:
        return "neither JSON nor XML"
    return described(body)
