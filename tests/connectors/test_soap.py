"""SOAP answers: rows in the text, in MTOM's bytes, in an attachment; hostile ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from connectors import open_connector
from connectors.protocol import Connector
from kernel.clock import system_clock
from kernel.errors import PersonMustAct, RetryLater
from tests.connectors.gateway import Reply, gateway
from tests.connectors.made import ids, made_secrets, made_stream, made_system
from tests.connectors.soap_service import envelope, parts, service
from tests.connectors.test_paging import read

ROWS = (
    b'<ROWS total="1"><ROW><id>a</id><number>n</number>'
    b"<updated>2026-11-20 00:00:00</updated></ROW></ROWS>"
)
XOP = '<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:r"/>'
MULTI = {"Content-Type": 'multipart/related; type="text/xml"; boundary="b"'}
LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {n} "{f"&{m};" * 10}">' for m, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def opened(home: Path, url: str) -> Connector:
    transport = {
        "kind": "soap",
        "address": "XX_URL",
        "auth": {"kind": "token", "token": "XX_TOKEN"},
        "paging": {"kind": "page", "size": 10},
    }
    secrets = made_secrets(home, URL=url, TOKEN="t0ken-secret")
    return open_connector(made_system(transport, made_stream(path="list")), secrets, system_clock)


def answered(home: Path, body: bytes, headers: dict[str, str], kind: str = "string") -> list[str]:
    """The ids that a read gives when every call is answered so."""
    with gateway(service(lambda: Reply(body, 200, headers), kind)) as server:
        return ids(read(opened(home, server.url)))


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (envelope(escape(ROWS.decode())), {}, "string"),
        (envelope(f"<![CDATA[{ROWS.decode()}]]>"), {}, "string"),
        (parts(("e", envelope("cid:r")), ("r", ROWS)), MULTI, "string"),
        (parts(("e", envelope("cid:r")), ("x", b"no"), ("r", ROWS)), MULTI, "string"),
        (parts(("e", envelope("see the attachment")), ("x", ROWS)), MULTI, "string"),
        (parts(("e", envelope(XOP)), ("r", ROWS)), MULTI, "base64Binary"),
    ],
    ids=["text", "cdata", "named attachment", "named of two", "the only attachment", "mtom"],
)
def test_rows_are_read_wherever_the_answer_holds_them(
    tmp_path: Path, body: bytes, headers: dict[str, str], kind: str
) -> None:
    assert answered(tmp_path, body, headers, kind) == ["a"]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (parts(("e", envelope("two")), ("x", ROWS), ("y", ROWS)), MULTI),
        (parts(("e", envelope("cid:z")), ("x", ROWS)), MULTI),
        (parts(("e", envelope(XOP)), ("x", ROWS)), MULTI),
        (parts(("e", envelope("cid:r")), ("r", ROWS), end=b""), MULTI),
        (parts(("e", envelope("cid:r")), ("r", ROWS[:40])), MULTI),
        (parts(*[("e", b"")] * 500_000), MULTI),
        (b"--b\r\nno headers\r\n--b--", MULTI),
        (parts(("e", envelope("cid:r")), ("r", ROWS)), {"Content-Type": "multipart/related"}),
        (parts(("e", envelope("cid:r")), ("r", LAUGHS.encode() + b"<ROWS>&i;</ROWS>")), MULTI),
        (parts(("e", envelope("cid:r", LAUGHS)), ("r", ROWS)), MULTI),
        (envelope("&i;", LAUGHS), {}),
        (envelope("", '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r">'), {}),
        (envelope(escape(LAUGHS + "<ROWS>&i;</ROWS>")), {}),
        (envelope("<a>" * 400 + "</a>" * 400), {}),
    ],
    ids=[
        "which of two",
        "a name that is not there",
        "mtom without its part",
        "cut before the end",
        "cut rows",
        "half a million parts",
        "a part without headers",
        "no boundary",
        "entities in the attachment",
        "entities beside an attachment",
        "entities",
        "an outside document type",
        "entities in the text",
        "nesting",
    ],
)
def test_an_answer_that_cannot_be_trusted_is_refused_in_one_sentence(
    tmp_path: Path, body: bytes, headers: dict[str, str], memory: Callable[[], int]
) -> None:
    with pytest.raises((RetryLater, PersonMustAct)) as raised:
        answered(tmp_path, body, headers)
    assert "xx_test gave an answer that cannot be read from list" in str(raised.value)
    assert memory() < 100
