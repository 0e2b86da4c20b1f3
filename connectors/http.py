"""Calling an HTTP gateway: signed, timed, bounded, tried again.

No redirect is followed, no proxy or netrc of the environment is used, and no answer larger than
`MOST_BYTES` is taken. Errors name system, path and status, never query, header or body.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from connectors.answers import Answer, judge
from connectors.auth import Auth
from connectors.breaker import Breaker
from connectors.pace import Pace
from connectors.retry import Busy, Patience, patiently
from connectors.tls import believed, not_accepted
from kernel.clock import Clock
from kernel.errors import PersonMustAct, ZhongtaiError

T = TypeVar("T")

MOST_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
#: An answer that trickles in is cut after this many times the read timeout.
WHOLE = 4
JSON = {"Content-Type": "application/json"}
#: Sent with each request, so that the source's own log can be asked about it.
REQUEST_ID = "X-Request-Id"


class Http:
    """One gateway. `auth` is set by the owner after construction: OAuth2 asks through us."""

    auth: Auth

    def __init__(
        self,
        system: str,
        address: str,
        clock: Clock,
        patience: Patience,
        seconds: float = READ_SECONDS,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise PersonMustAct(
                f"the address of {system} is not an http address without a query: mend its secret",
                system=system,
            )
        self.system, self.base, self.clock = system, address.rstrip("/"), clock
        self.patience, self.seconds = patience, seconds
        self.pace: Pace | None = None
        self.breaker = Breaker(system, clock)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = believed()
        self.spend: Callable[[], None] = free
        self.request = ""  # the id of the last request, by which the source can find it

    def call(
        self,
        method: str,
        target: str,
        parse: Callable[[bytes], T],
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> T:
        """A good answer's body, parsed. `target`: a path under the address, or a link of it.

        `body` is sent as JSON. A parse that raises ValueError is a broken answer: tried again.
        """
        url = self.link(target) if "://" in target else self.base + target
        path = urlsplit(url).path
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()

        def once() -> T:
            answer = self._signed(method, url, params, data)
            if answer.status_code == 401 and self.auth.renew():
                answer = self._signed(method, url, params, data)
            return self._parsed(parse, judge(self.system, path, answer, self.clock), path)

        return self.patiently(once)

    def patiently(self, once: Callable[[], T]) -> T:
        """The call's answer, tried again while patience lasts and the circuit is closed.

        What is raised carries the last request's id as the fact `request`.
        """
        try:
            return patiently(lambda: self.breaker.through(once), self.patience)
        except ZhongtaiError as error:
            error.facts.setdefault("request", self.request)
            raise

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """One request as it is; any status. Raises Busy when the connection fails, PersonMustAct
        when the server's certificate is not accepted: trying again would not help."""
        self.spend()
        self.request = uuid.uuid4().hex
        try:
            if self.pace is not None:
                self.pace.turn()
            with self.session.request(
                method,
                url,
                params=params,
                headers={**headers, REQUEST_ID: self.request},
                data=data,
                timeout=(CONNECT_SECONDS, self.seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response)
                told = CaseInsensitiveDict(response.headers)
                return Answer(response.status_code, told, content, response.encoding)
        except requests.RequestException as error:
            why = not_accepted(error)
            if why is not None:
                raise PersonMustAct(
                    f"the certificate of {self.system} is not accepted: {why}. Its owner renews "
                    "it; an authority of a city's own stands in the file that SSL_CERT_FILE names",
                    system=self.system,
                ) from None
            raise Busy(
                f"{self.system} cannot be reached ({type(error).__name__}): try again later",
                system=self.system,
            ) from None

    def link(self, url: str) -> str:
        """A link that the gateway gave, absolute. Raises PersonMustAct unless of its origin."""
        whole = urljoin(self.base + "/", url)
        if origin(whole) != origin(self.base):
            raise PersonMustAct(
                f"{self.system} links to another origin than its address: not followed",
                system=self.system,
            )
        return whole

    def ask_token(self, form: Mapping[str, str]) -> Mapping[str, object]:
        """An OAuth2 token answer, from `/oauth/token` under the address."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        path = urlsplit(self.base).path + "/oauth/token"

        def once() -> object:
            url, data = f"{self.base}/oauth/token", urlencode(form).encode()
            answer = self.send("POST", url, headers, None, data)
            return self._parsed(json.loads, judge(self.system, path, answer, self.clock), path)

        read = patiently(once, self.patience)  # inside a call, which the circuit counts
        return read if isinstance(read, dict) else {}

    def close(self) -> None:
        """End connections."""
        self.session.close()

    def _signed(
        self, method: str, url: str, params: Mapping[str, str] | None, data: bytes | None
    ) -> Answer:
        headers = self.auth.headers() | (JSON if data is not None else {})
        return self.send(method, url, headers, params, data)

    def _parsed(self, parse: Callable[[bytes], T], content: bytes, path: str) -> T:
        try:
            return parse(content)
        except ValueError:
            raise Busy(
                f"{self.system} gave an answer that cannot be read at {path}: try again later",
                system=self.system,
            ) from None

    def _read(self, response: requests.Response) -> bytes:
        """The whole body, bounded in bytes and in time."""
        content, deadline = bytearray(), time.monotonic() + WHOLE * self.seconds
        for chunk in response.iter_content(256 * 1024):
            content += chunk
            if len(content) > MOST_BYTES:
                raise PersonMustAct(
                    f"{self.system} gave an answer over {MOST_BYTES >> 20} MB: "
                    "make paging.size smaller in its YAML",
                    system=self.system,
                )
            if time.monotonic() > deadline:
                raise Busy(f"{self.system} answers too slowly: try again later", system=self.system)
        return bytes(content)


def free() -> None:
    """A request that no quota counts."""


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port
