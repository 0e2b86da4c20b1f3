"""Gateways whose XML has names and places of its own: read whole, found by looking, or an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from connectors import open_connector
from connectors.discovery import Target
from connectors.discovery_rest import RestExplorer
from connectors.protocol import Connector
from kernel.clock import system_clock
from kernel.errors import NotAuthorised, PersonMustAct
from kernel.secrets import Secrets
from tests.connectors.gateway import Answers, Reply, Request, gateway
from tests.connectors.made import ids, made_rows, made_secrets, made_stream, made_system
from tests.connectors.test_paging import read

PAGE: dict[str, Any] = {
    "rows": "body.licence", "total": "body.totalNum", "code": "head.state", "good": ["OK"],
    "ask": {"page": "current", "size": "size"},
}  # fmt: skip
SHAPES: dict[str, dict[str, Any]] = {
    "page": PAGE,
    "offset": {"rows": "entry", "total": "count", "ask": {"offset": "start", "size": "rows"}},
    "cursor": {
        "rows": "list.licence", "next": "after", "ask": {"cursor": "after", "size": "first"},
    },
    "next_link": {"rows": "list.licence", "next": "links.next", "ask": {"size": "size"}},
}  # fmt: skip
NS = 'xmlns="urn:example:licences"'


def opened(home: Path, url: str, kind: str, shape: dict[str, Any] | None) -> Connector:
    """A client of a gateway of that shape, ten rows a part."""
    transport = {
        "kind": "rest", "address": "XX_URL", "body": "xml",
        "auth": {"kind": "api_key", "token": "XX_TOKEN"}, "paging": {"kind": kind, "size": 10},
    }  # fmt: skip
    transport |= {"shape": shape} if shape else {}
    secrets = made_secrets(home, URL=url, TOKEN="t0ken-secret")
    return open_connector(made_system(transport, made_stream()), secrets, system_clock)


def cells(tag: str, row: dict[str, Any]) -> str:
    """A row as an element."""
    inner = "".join(f"<{name}>{escape(str(text))}</{name}>" for name, text in row.items())
    return f"<{tag}>{inner}</{tag}>"


def answered(body: str) -> Reply:
    """As XML with a namespace and a declaration."""
    return Reply(f'<?xml version="1.0" encoding="UTF-8"?>\n<answer {NS}>{body}</answer>'.encode())


def always(reply: Reply) -> Answers:
    """The same answer to whatever is asked."""
    return lambda _: reply


def served(kind: str, rows: list[dict[str, Any]], here: list[str]) -> Answers:
    """A list in the shape above; without parameters its first nine rows."""

    def answer(request: Request) -> Reply:
        asked = request.query
        size = int(asked.get(SHAPES[kind]["ask"]["size"]) or 9)
        found = [row for row in rows if str(row["updated"]) >= asked.get("since", "")]
        start = int(asked.get("start") or asked.get("after") or 0)
        if kind == "page":
            start = (int(asked.get("current", 1)) - 1) * size
        part = found[start : start + size]
        after = str(start + size) if start + size < len(found) else ""
        if kind == "page":
            listed = "".join(cells("licence", row) for row in part)
            head = "<head><state>OK</state></head>"
            return answered(f"{head}<body><totalNum>{len(found)}</totalNum>{listed}</body>")
        if kind == "offset":
            listed = "".join(cells("entry", row) for row in part)
            return answered(f"<count>{len(found)}</count>{listed}")
        listed = "<list>" + "".join(cells("licence", row) for row in part) + "</list>"
        if kind == "cursor":
            return answered(f"{listed}<after>{after}</after>")
        link = f"{here[0]}/licences?start={after}&size={size}" if after else ""
        return answered(f"{listed}<links><next>{escape(link)}</next></links>")

    return answer


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("count", [0, 1, 11, 20, 97])
def test_a_list_of_any_shape_is_read_whole(tmp_path: Path, kind: str, count: int) -> None:
    rows, here = made_rows(count), list[str]()
    with gateway(served(kind, rows, here)) as server:
        here.append(server.url)
        client = opened(tmp_path, server.url, kind, SHAPES[kind])
        client.check()
        assert sorted(set(ids(read(client)))) == [row["id"] for row in rows]


@pytest.mark.parametrize("kind", SHAPES)
def test_the_shape_is_found_by_asking(tmp_path: Path, kind: str) -> None:
    rows, here = made_rows(27), list[str]()
    with gateway(served(kind, rows, here)) as server:
        here.append(server.url)
        target = Target("xx_test", server.url, None, ("/licences",))
        explorer = RestExplorer(target, Secrets(tmp_path), system_clock)
        [place] = explorer.places()
        assert place.note == ""
        said = explorer.transport()
        explorer.close()
    wanted = {name: one for name, one in SHAPES[kind].items() if name not in ("code", "good")}
    assert (said["body"], said["paging"]["kind"], said["shape"]) == ("xml", kind, wanted)


def test_a_place_without_rows_is_named_with_the_names_that_are_there(tmp_path: Path) -> None:
    with gateway(served("page", made_rows(3), [])) as server:
        for wrong in ("body.row", "data.licence"):
            client = opened(tmp_path, server.url, "page", {**PAGE, "rows": wrong})
            with pytest.raises(PersonMustAct) as caught:
                read(client)
            said = caught.value.message
            assert f"has no rows at {wrong} of its answer at /licences" in said
            assert said.endswith("it answers answer with head, body and within head state")


def test_a_wrong_place_of_what_follows_is_no_last_page(tmp_path: Path) -> None:
    with gateway(served("cursor", made_rows(25), [])) as server:
        wrong = opened(tmp_path, server.url, "cursor", {**SHAPES["cursor"], "next": "list.next"})
        with pytest.raises(PersonMustAct, match=r"nothing at list\.next"):
            read(wrong)


def test_a_code_that_is_not_good_is_the_gateways_error(tmp_path: Path) -> None:
    for state, error in (("401", NotAuthorised), ("FAIL", PersonMustAct)):
        reply = answered(f"<head><state>{state}</state></head><body><totalNum>0</totalNum></body>")
        with gateway(always(reply)) as server, pytest.raises(error):
            read(opened(tmp_path, server.url, "page", PAGE))


def test_rows_of_another_name_are_no_empty_list_when_a_gateway_is_looked_at(tmp_path: Path) -> None:
    """The common XML with a total and rows called otherwise: a shape, or a note; never no rows."""
    same = answered("<code>200</code><total>9</total><licence><id>1</id></licence>")
    with gateway(always(same)) as server:
        target = Target("xx_test", server.url, None, ("/licences",))
        explorer = RestExplorer(target, Secrets(tmp_path), system_clock)
        [place] = explorer.places()
        explorer.close()
    assert "no known envelope" in place.note
