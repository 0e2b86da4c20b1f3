"""REST gateways: lists in parts, and look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pandas as pd

from connectors.answers import judge_code
from connectors.auth import make_auth
from connectors.envelopes import objects, page_of, page_of_xml, parameters, parse_json
from connectors.frames import Row, frame_of
from connectors.http import Http
from connectors.pace import pace_of
from connectors.paging import (
    Page,
    Short,
    by_overlap,
    by_time,
    by_token,
    by_watch,
    disagreement,
    expect,
)
from connectors.protocol import Client, Question
from connectors.reading import batches, load
from connectors.retry import Patience
from connectors.times import in_period, moment_of
from kernel.batch import Batch
from kernel.clock import Clock
from kernel.errors import PersonMustAct
from kernel.secrets import Secrets
from registry.contract import Paging, RestTransport, Stream, System
from registry.shapes import whole

#: A person waits for a look-up's answer (STANDARDS: clients of the field give up after 3 s).
LOOKUP_SECONDS = 3.0
#: How a server says that it has a record no more. 404 may be a wrong path as well.
GONE, NOT_FOUND = 410, 404
LOOKUP_PATIENCE = Patience(attempts=2, first=0.2, longest=1.0)


class RestClient(Client):
    """One gateway."""

    def __init__(
        self, system: System, transport: RestTransport, secrets: Secrets, clock: Clock
    ) -> None:
        super().__init__(system)
        self.transport = transport
        address = secrets.get(transport.address)
        self.http = Http(system.code, address, clock, Patience())
        self.http.auth = make_auth(transport.auth, secrets, clock, self.http.ask_token)
        self.live = Http(system.code, address, clock, LOOKUP_PATIENCE, LOOKUP_SECONDS)
        self.live.auth = self.http.auth
        self.http.pace = pace_of(transport.rate)
        kind = transport.paging.kind if transport.paging is not None else "page"
        self.shape = whole(kind, transport.shape, transport.body)

    def metered(self, spend: Callable[[], None]) -> bool:
        """Every request of lists is counted; a look-up's are counted with its question."""
        self.http.spend = spend
        return True

    def check(self) -> None:
        """One row of every list, or the look-up's probe."""
        if self.system.is_lookup:
            self.probe()
            return
        for stream in self.system.streams.values():
            self._fetch(stream, None, 1)

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """The list from the cursor's time on. A list without a time is always read whole."""
        since = load(self.system.code, stream, cursor, full).get("since")
        columns = stream.known_columns() if self.transport.body == "xml" else ()
        return batches(stream, since, self._pages(stream, since), columns)

    def period(self, stream: Stream, since: str, until: str) -> Iterator[Batch]:
        """The list from `since` on, until it is behind `until`."""
        if stream.cursor is None:
            raise PersonMustAct(
                f"{self.system.code} cannot be read by period: {stream.name} has no cursor",
                system=self.system.code,
                stream=stream.name,
            )
        first, last = moment_of(stream, since), moment_of(stream, until)
        pages = in_period(stream, self._pages(stream, first), first, last)
        columns = stream.known_columns() if self.transport.body == "xml" else ()
        for batch in batches(stream, None, pages, columns):
            yield replace(batch, cursor=None)

    def one(self, stream: Stream, key: Mapping[str, str]) -> pd.DataFrame:
        """The record's own address, `record` of the YAML with the key in it."""
        if stream.record is None:
            raise PersonMustAct(
                f"{self.system.code} cannot be asked for one record of {stream.name}: "
                "its YAML names no path of a record (record)",
                system=self.system.code,
                stream=stream.name,
            )
        columns = stream.known_columns() if self.transport.body == "xml" else ()
        try:
            return frame_of(self._recorded(record_path(stream.record, key)), columns)
        except PersonMustAct as error:
            status = error.facts.get("status")
            if status == GONE or (status == NOT_FOUND and self._finds(stream, stream.record)):
                return frame_of([], columns)
            raise

    def ask(self, stream: Stream, question: Question) -> pd.DataFrame:
        """The source's rows for one holder. The number goes in the body, never in the address."""
        body = {
            "number": question.number,
            "case": question.case_number,
            "item": question.item_code,
            "purpose": question.purpose,
        }
        return frame_of(self._asked(self.live, "POST", stream.path, body))

    def probe(self) -> None:
        """The source's test subject. Raises PersonMustAct when it is not found."""
        if not self._asked(self.http, "GET", "/probe", None):
            raise PersonMustAct(
                f"{self.system.code} does not find its own test subject: ask its contact",
                system=self.system.code,
            )

    def close(self) -> None:
        """End connections."""
        self.http.close()
        self.live.close()

    def _pages(self, stream: Stream, since: str | None) -> Iterator[list[Row]]:
        paging, code = self._paging(), self.system.code

        def at(since: str | None, skip: int) -> Page:
            page = self._fetch(stream, since, paging.size, skip)
            if self.shape.said and not skip and page.total == len(page.rows) == paging.size > 1:
                self._total_of_all(stream, since)
            return page

        def after(token: str | None) -> Page:
            if token is not None and paging.kind == "next_link":
                return self._fetch(stream, None, 0, link=token)
            page = self._fetch(stream, since, paging.size, token=token)
            first = token is None and self.shape.said
            if first and not page.says_next and len(page.rows) >= paging.size:
                raise PersonMustAct(
                    f"{code} gives a whole page of {stream.name} and has nothing at "
                    f"{self.shape.next}, where its YAML says what follows: mend shape.next, or "
                    "take another paging.size where the list has just that many rows",
                    system=code,
                    stream=stream.name,
                )
            return page

        if paging.kind in ("cursor", "next_link"):
            return by_token(code, stream.name, after)
        if stream.cursor is not None:
            return by_time(code, stream, at, since, paging.size)
        if paging.kind == "offset" and paging.size > 1:
            return by_overlap(code, at)
        return by_watch(code, stream.name, at, paging.size)

    def _total_of_all(self, stream: Stream, since: str | None) -> None:
        """Raises PersonMustAct where the total is that of a page: one row asked for says 1."""
        if self._fetch(stream, since, 1).total == 1:
            code, place = self.system.code, self.shape.total
            raise PersonMustAct(
                f"{code} says at {place} how many rows of {stream.name} are in a page, not in all: "
                "mend shape.total of its YAML",
                system=code,
                stream=stream.name,
            )

    def _fetch(
        self,
        stream: Stream,
        since: str | None,
        size: int,
        skip: int = 0,
        token: str | None = None,
        link: str | None = None,
    ) -> Page:
        """`link`: it says itself what is asked."""
        kind, path, code = self._paging().kind, stream.path, self.system.code

        def parse(content: bytes) -> Page:
            if self.transport.body == "xml":
                page = page_of_xml(code, path, kind, content, self.shape)
            else:
                page = page_of(code, path, kind, parse_json(content), self.shape)
            if kind in ("page", "offset"):
                return expect(code, stream.name, where, page, skip, size)
            return page

        ask = self.shape.ask
        params = {} if link else parameters(kind, ask, size, skip, token)
        params |= {ask["since"]: since} if since is not None else {}
        where = f"{path} of {stream.name}, row {skip + 1} on"
        try:
            return self.http.call("GET", link or path, parse, params)
        except Short as short:
            raise disagreement(short, code, stream.name) from None

    def _finds(self, stream: Stream, record: str) -> bool:
        """Whether the path of a record is right: it finds the list's first row."""
        rows = self._fetch(stream, None, 1).rows[:1]
        if not rows or not all(rows[0].get(column) for column in stream.key):
            return False
        key = {column: str(rows[0][column]) for column in stream.key}
        try:
            return bool(self._recorded(record_path(record, key)))
        except PersonMustAct as error:
            if error.facts.get("status") in (GONE, NOT_FOUND):
                return False
            raise

    def _recorded(self, path: str) -> list[Row]:
        """A list of one row or none, in the envelope of the gateway's lists."""
        kind, code = self._paging().kind, self.system.code

        def parse(content: bytes) -> list[Row]:
            if self.transport.body == "xml":
                return page_of_xml(code, path, kind, content, self.shape).rows
            return page_of(code, path, kind, parse_json(content), self.shape).rows

        return self.http.call("GET", path, parse)

    def _asked(self, http: Http, method: str, path: str, body: dict[str, str] | None) -> list[Row]:
        def parse(content: bytes) -> list[Row]:
            answer: Any = parse_json(content)
            match answer:
                case {"code": code, **rest}:
                    judge_code(self.system.code, path, code)
                    rows = rest.get("data") or []
                    if isinstance(rows, list):
                        return objects(rows)
            raise ValueError("not a look-up's envelope")

        return http.call(method, path, parse, None, body)

    def _paging(self) -> Paging:
        if self.transport.paging is None:
            raise self._cannot("be read as a list without transport.paging")
        return self.transport.paging


def record_path(record: str, key: Mapping[str, str]) -> str:
    """The path of one record: `record` of the YAML with the key in it."""
    for column, value in key.items():
        record = record.replace(f"{{{column}}}", quote(value, safe=""))
    return record
