"""Gateways with names and places of their own: what a contract says of them, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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

SHAPES: dict[str, dict[str, Any]] = {
    "page": {
        "rows": "result.records",
        "total": "result.totalCount",
        "code": "head.status",
        "good": ["SUCCESS"],
        "ask": {"page": "current", "size": "rows", "since": "modifiedAfter"},
    },
    "offset": {
        "rows": "body",
        "total": "count",
        "code": "ok",
        "good": ["true"],
        "ask": {"offset": "$skip", "size": "$top"},
    },
    "cursor": {
        "rows": "payload.list",
        "next": "payload.meta.after",
        "ask": {"cursor": "after", "size": "first"},
    },
    "next_link": {"rows": "value", "next": "@odata.nextLink", "ask": {"size": "$top"}},
}


def opened(home: Path, url: str, kind: str, shape: dict[str, Any], size: int = 10) -> Connector:
    """A client of a gateway of that shape."""
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": "json",
        "auth": {"kind": "api_key", "token": "XX_TOKEN"},
        "paging": {"kind": kind, "size": size},
        "shape": shape,
    }
    secrets = made_secrets(home, URL=url, TOKEN="t0ken-secret")
    return open_connector(made_system(transport, made_stream()), secrets, system_clock)


def served(kind: str, rows: list[Any], here: list[str]) -> Answers:
    """A list in the shape above, for whoever asks with its own parameters."""

    def answer(request: Request) -> Reply:
        asked = request.query
        if kind == "page":
            found = [row for row in rows if str(row["updated"]) >= asked.get("modifiedAfter", "")]
            size = int(asked["rows"])
            part = found[(int(asked["current"]) - 1) * size :][:size]
            told = {"totalCount": str(len(found)), "records": part}
            return Reply({"head": {"status": "SUCCESS"}, "result": told})
        size = int(asked["first" if kind == "cursor" else "$top"])
        start = int(asked.get("$skip") or asked.get("after") or 0)
        found = [row for row in rows if str(row["updated"]) >= asked.get("since", "")]
        part, after = found[start : start + size], start + size
        more = after < len(found)
        if kind == "offset":
            return Reply({"ok": True, "count": len(found), "body": part})
        if kind == "cursor":
            meta = {"after": str(after) if more else None}
            return Reply({"payload": {"list": part, "meta": meta}})
        link = {"@odata.nextLink": f"{here[0]}/licences?$skip={after}&$top={size}"}
        return Reply({"value": part} | (link if more else {}))

    return answer


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("count", [0, 1, 11, 20, 97])
def test_a_list_of_any_shape_is_read_whole(tmp_path: Path, kind: str, count: int) -> None:
    rows, here = made_rows(count), list[str]()
    with gateway(served(kind, rows, here)) as server:
        here.append(server.url)
        client = opened(tmp_path, server.url, kind, SHAPES[kind])
        client.check()
        batches = read(client)
        assert sorted(set(ids(batches))) == [row["id"] for row in rows]
        if count and kind != "next_link":
            again = read(opened(tmp_path, server.url, kind, SHAPES[kind]), batches[-1].cursor)
            assert set(ids(again)) == {
                row["id"] for row in rows if row["updated"] == rows[-1]["updated"]
            }


def test_a_code_that_is_not_good_is_the_gateways_error(tmp_path: Path) -> None:
    def refused(_: Request) -> Reply:
        return Reply({"head": {"status": "401"}, "result": None})

    def odd(_: Request) -> Reply:
        return Reply({"head": {"status": "FAIL"}, "result": None})

    for answers, error in ((refused, NotAuthorised), (odd, PersonMustAct)):
        with gateway(answers) as server, pytest.raises(error):
            read(opened(tmp_path, server.url, "page", SHAPES["page"]))


def test_a_place_without_a_list_is_named_with_the_keys_that_are_there(tmp_path: Path) -> None:
    wrong = {**SHAPES["page"], "rows": "result.items"}
    with (
        gateway(served("page", made_rows(3), [])) as server,
        pytest.raises(PersonMustAct) as caught,
    ):
        read(opened(tmp_path, server.url, "page", wrong))
    said = caught.value.message
    assert "has no list at result.items of its answer at /licences" in said
    assert said.endswith("it answers an object with head, result and within it status")


@pytest.mark.parametrize("kind", ["cursor", "next_link"])
def test_a_wrong_place_of_what_follows_is_no_last_page(tmp_path: Path, kind: str) -> None:
    """Else a slip in the contract would read the first page and call it the whole list."""
    rows, here = made_rows(25), list[str]()
    with gateway(served(kind, rows, here)) as server:
        here.append(server.url)
        wrong = opened(tmp_path, server.url, kind, {**SHAPES[kind], "next": "paging.next"})
        with pytest.raises(PersonMustAct, match=r"nothing at paging\.next"):
            read(wrong)
        short = opened(tmp_path, server.url, kind, {**SHAPES[kind], "next": "paging.next"}, 30)
        assert len(ids(read(short))) == 25


#: What gateways of common frameworks call things: kind, parameters, answer, and what is proposed.
FRAMEWORKS: dict[str, tuple[str, tuple[str, str], dict[str, Any]]] = {
    "mybatis": (
        "page",
        ("current", "size"),
        {"rows": "data.records", "ask": {"page": "current", "size": "size"}, "good": ["20000"]},
    ),
    "ruoyi": (
        "page",
        ("pageNum", "pageSize"),
        {"rows": "rows", "total": "total", "ask": {"page": "pageNum"}},
    ),
    "odata": (
        "offset",
        ("$skip", "$top"),
        {"rows": "value", "total": "@odata.count", "ask": {"offset": "$skip", "size": "$top"}},
    ),
    "token": (
        "cursor",
        ("pageToken", "pageSize"),
        {
            "rows": "items",
            "next": "nextPageToken",
            "ask": {"cursor": "pageToken", "size": "pageSize"},
        },
    ),
    "link": (
        "next_link",
        ("start", "size"),
        {"rows": "content", "next": "links.next", "ask": {"size": "size"}},
    ),
}


def framework(name: str, rows: list[Any], here: list[str]) -> Answers:
    """Its list; without parameters its first ten rows."""
    kind, (which, size_name), _ = FRAMEWORKS[name]

    def answer(request: Request) -> Reply:
        size = int(request.query.get(size_name) or 10)
        said = request.query.get(which) or ("1" if kind == "page" else "0")
        start = (int(said) - 1) * size if kind == "page" else int(said)
        part, after = rows[start : start + size], start + size
        more = str(after) if after < len(rows) else None
        match name:
            case "mybatis":
                data = {"records": part, "total": len(rows), "pages": 3}
                return Reply({"code": 20000, "data": data})
            case "ruoyi":
                return Reply({"code": 200, "msg": "查询成功", "rows": part, "total": len(rows)})
            case "odata":
                return Reply({"@odata.count": len(rows), "value": part})
            case "token":
                return Reply({"items": part} | ({"nextPageToken": more} if more else {}))
        link = f"{here[0]}/licences?start={more}&size={size}" if more else None
        return Reply({"content": part, "links": {"next": link}})

    return answer


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_shape_that_is_found_reads_the_whole_list(tmp_path: Path, name: str) -> None:
    rows, here = made_rows(27), list[str]()
    with gateway(framework(name, rows, here)) as server:
        here.append(server.url)
        target = Target("xx_test", server.url, None, ("/licences",))
        explorer = RestExplorer(target, Secrets(tmp_path), system_clock)
        [place] = explorer.places()
        assert place.note == ""
        said = explorer.transport()
        kind, _, shape = FRAMEWORKS[name]
        assert (said["paging"]["kind"], said["shape"]) == (kind, shape)
        assert len(explorer.rows(place)) == 10
        explorer.close()
        client = opened(tmp_path, server.url, kind, shape)
        assert sorted(set(ids(read(client)))) == [row["id"] for row in rows]


@pytest.mark.parametrize("count", [20, 30])
def test_a_last_page_that_is_whole_may_leave_the_place_out(tmp_path: Path, count: int) -> None:
    with gateway(framework("token", made_rows(count), [])) as server:
        client = opened(tmp_path, server.url, "cursor", FRAMEWORKS["token"][2])
        assert len(set(ids(read(client)))) == count


#: Numbers that stand before the total and are none, for a page of that size.
OTHER_NUMBERS: dict[str, Callable[[list[Any], int], dict[str, int]]] = {
    "count": lambda part, size: {"count": len(part)},
    "rows": lambda part, size: {"rows": size},
    "total": lambda part, size: {"total": -(-97 // size)},  # pages
}


@pytest.mark.parametrize("name", OTHER_NUMBERS)
def test_a_number_that_is_not_of_all_rows_is_no_total(tmp_path: Path, name: str) -> None:
    """Else the first page would be taken for the whole list."""
    rows = made_rows(97)

    def answer(request: Request) -> Reply:
        size, number = int(request.query.get("size") or 9), int(request.query.get("page") or 1)
        part = rows[(number - 1) * size :][:size]
        return Reply({**OTHER_NUMBERS[name](part, size), "list": part, "totalCount": len(rows)})

    shape = {"rows": "list", "total": "totalCount", "ask": {"page": "page", "size": "size"}}
    with gateway(answer) as server:
        target = Target("xx_test", server.url, None, ("/licences",))
        explorer = RestExplorer(target, Secrets(tmp_path), system_clock)
        assert [place.note for place in explorer.places()] == [""]
        assert explorer.transport()["shape"] == shape
        explorer.close()
        assert len(set(ids(read(opened(tmp_path, server.url, "page", shape))))) == 97
        if name != "total":
            with pytest.raises(PersonMustAct, match=f"says at {name} how many rows"):
                read(opened(tmp_path, server.url, "page", {**shape, "total": name}))


def test_parameters_that_nobody_obeys_are_no_shape(tmp_path: Path) -> None:
    """A list that gives the same rows whatever is asked cannot be read in parts."""
    same = Reply({"result": {"list": made_rows(5), "total": 9}})
    with gateway(lambda _: same) as server:
        target = Target("xx_test", server.url, None, ("/licences",))
        explorer = RestExplorer(target, Secrets(tmp_path), system_clock)
        [place] = explorer.places()
        assert "no known envelope" in place.note
        assert "an object with result and within it list, total" in place.note
        explorer.close()
