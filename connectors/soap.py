"""SOAP services: operations of a WSDL that answer XML text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import zeep
import zeep.exceptions
import zeep.transports

from connectors import attachments, xml
from connectors.answers import Answer, judge, refusal
from connectors.auth import Fixed
from connectors.frames import Row, frame_of
from connectors.http import Http
from connectors.pace import pace_of
from connectors.paging import Page, Short, by_time, by_watch, disagreement, expect
from connectors.protocol import Client, Question
from connectors.reading import batches, load
from connectors.rest import LOOKUP_PATIENCE, LOOKUP_SECONDS
from connectors.retry import Busy, Patience
from connectors.times import in_period, moment_of
from kernel.batch import Batch
from kernel.clock import Clock
from kernel.errors import NotAuthorised, PersonMustAct, RetryLater, ZhongtaiError
from kernel.secrets import Secrets
from registry.contract import SoapTransport, Stream, System, TokenAuth

#: Rows a call, where the YAML says nothing.
SIZE = 500
SETTINGS = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)

#: An answer that is broken, or holds what no answer may hold.
UNREADABLE = (
    ValueError,
    zeep.exceptions.XMLSyntaxError,
    zeep.exceptions.TransportError,
    zeep.exceptions.DTDForbidden,
    zeep.exceptions.EntitiesForbidden,
)


class Wire(zeep.transports.Transport):
    """zeep's way out, through our bounded one: the WSDL and calls at the address, nothing else."""

    def __init__(self, http: Http) -> None:
        self.http, self._close_session = http, False

    def load(self, url: str) -> bytes:
        """The WSDL. Raises PersonMustAct for a document elsewhere."""
        answer = self.http.send("GET", self.http.link(url), {})
        return judge(self.http.system, urlsplit(url).path, answer, self.http.clock)

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Answer:
        """One call. A SOAP fault comes with status 500 and is zeep's to read."""
        answer = self.http.send("POST", self.http.link(address), headers, None, message)
        path = urlsplit(address).path
        if answer.status_code in (401, 403):
            raise refusal(self.http.system, path, answer, self.http.clock)
        if answer.status_code == 500 and b"Fault" in answer.content:
            return answer
        judge(self.http.system, path, answer, self.http.clock)
        attachments.check(answer)
        return answer


class SoapClient(Client):
    """One service. The WSDL is read at the first call; calls go to the address only."""

    def __init__(
        self, system: System, transport: SoapTransport, secrets: Secrets, clock: Clock
    ) -> None:
        super().__init__(system)
        if not isinstance(transport.auth, TokenAuth):
            raise self._cannot(f"sign in with {transport.auth.kind}")
        self.token = secrets.get(transport.auth.token)
        address = secrets.get(transport.address)
        self.http = Http(system.code, address, clock, Patience())
        self.live = Http(system.code, address, clock, LOOKUP_PATIENCE, LOOKUP_SECONDS)
        self.http.auth = self.live.auth = Fixed({})
        self.http.pace = pace_of(transport.rate)
        self.size = transport.paging.size if transport.paging else SIZE
        self._services: dict[Http, Any] = {}

    def metered(self, spend: Callable[[], None]) -> bool:
        """Every call of lists is counted; a look-up's are counted with its question."""
        self.http.spend = spend
        return True

    def check(self) -> None:
        """One row of every list, or the look-up's probe."""
        if self.system.is_lookup:
            self.probe()
            return
        for stream in self.system.streams.values():
            self._fetch(stream, None, 0, 1)

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """The list from the cursor's time on."""
        since = load(self.system.code, stream, cursor, full).get("since")

        def at(since: str | None, skip: int) -> Page:
            return self._fetch(stream, since, skip, self.size)

        if stream.cursor is None:
            pages = by_watch(self.system.code, stream.name, at, self.size)
        else:
            pages = by_time(self.system.code, stream, at, since, self.size)
        return batches(stream, since, pages, stream.known_columns())

    def period(self, stream: Stream, since: str, until: str) -> Iterator[Batch]:
        """The list from `since` on, until it is behind `until`."""
        if stream.cursor is None:
            raise PersonMustAct(
                f"{self.system.code} cannot be read by period: {stream.name} has no cursor",
                system=self.system.code,
                stream=stream.name,
            )
        first, last = moment_of(stream, since), moment_of(stream, until)

        def at(since: str | None, skip: int) -> Page:
            return self._fetch(stream, since, skip, self.size)

        pages = in_period(
            stream, by_time(self.system.code, stream, at, first, self.size), first, last
        )
        for batch in batches(stream, None, pages, stream.known_columns()):
            yield replace(batch, cursor=None)

    def ask(self, stream: Stream, question: Question) -> pd.DataFrame:
        """The source's rows for one holder."""
        asked = {
            "number": question.number,
            "caseNumber": question.case_number,
            "itemCode": question.item_code,
            "purpose": question.purpose,
        }
        page = self._call(self.live, stream.path, asked)
        return frame_of(page.rows, stream.known_columns() if page.rows else ())

    def probe(self) -> None:
        """The source's test subject. Raises PersonMustAct when it is not found."""
        if not self._call(self.http, "probe", {}).rows:
            raise PersonMustAct(
                f"{self.system.code} does not find its own test subject: ask its contact",
                system=self.system.code,
            )

    def close(self) -> None:
        """End connections."""
        self.http.close()
        self.live.close()

    def _fetch(self, stream: Stream, since: str | None, skip: int, size: int) -> Page:
        place = {"pageNo": str(skip // size + 1), "pageSize": str(size)}
        asked = place if since is None else {"since": since, **place}
        code, where = self.system.code, f"{stream.path} of {stream.name}, row {skip + 1} on"

        def once() -> Page:
            page = self._once(self.http, stream.path, asked)
            return expect(code, stream.name, where, page, skip, size)

        try:
            return self.http.patiently(once)
        except Short as short:
            raise disagreement(short, code, stream.name) from None

    def _call(self, http: Http, operation: str, asked: dict[str, str]) -> Page:
        """The operation's rows, with patience."""
        return http.patiently(lambda: self._once(http, operation, asked))

    def _once(self, http: Http, operation: str, asked: dict[str, str]) -> Page:
        code = self.system.code
        try:
            said = self._open(http)[operation](token=self.token, **asked)
            return page_in(said)
        except ZhongtaiError:
            raise
        except zeep.exceptions.Fault as fault:
            raise fault_of(code, operation, fault) from None
        except UNREADABLE:
            raise Busy(
                f"{code} gave an answer that cannot be read from {operation}: try again later",
                system=code,
            ) from None
        except (AttributeError, TypeError, zeep.exceptions.Error) as error:
            raise PersonMustAct(
                f"the WSDL of {code} does not offer {operation} as its YAML says "
                f"({type(error).__name__}): check path and address",
                system=code,
            ) from None

    def _open(self, http: Http) -> Any:
        if http not in self._services:
            open_wsdl: Any = zeep.Client  # untyped
            client = open_wsdl(f"{http.base}?wsdl", transport=Wire(http), settings=SETTINGS)
            binding = str(client.service._binding.name)
            self._services[http] = client.create_service(binding, http.base)
        return self._services[http]


def page_in(said: object) -> Page:
    """The rows in an answer's text or attachment: `<ROWS total="N"><ROW>…`. Raises ValueError."""
    root = attachments.rows_root(said)
    rows: list[Row] = xml.rows_of(root, "row")
    return Page(rows, int(root.get("total") or len(rows)))


def fault_of(code: str, operation: str, fault: zeep.exceptions.Fault) -> ZhongtaiError:
    """What a fault means. Its text is not repeated: it may hold what was asked."""
    said = f"{fault.code or ''} {fault.message or ''}"
    if "TOKEN_INVALID" in said:
        return NotAuthorised(
            f"{code} refuses our token (fault of {operation}): check its secret and our grant",
            system=code,
        )
    if "QUOTA" in said:
        return RetryLater(f"{code} takes no more calls now: its quota is used up", system=code)
    if "HOURS" in said or "40301" in said:
        return RetryLater(f"{code} rests now: ask it within its hours", system=code)
    return Busy(f"{code} failed (fault of {operation}): try again later", system=code)
