"""Lists over REST: complete, in order, and no row lost while the list moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors import open_connector
from connectors.protocol import Connector
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import Disagrees, PersonMustAct, RetryLater
from tests.connectors.gateway import Answers, Gateway, Reply, Request, gateway
from tests.connectors.made import ids, made_rows, made_secrets, made_stream, made_system

Row = dict[str, str | None]
KINDS = ["page", "offset", "cursor", "next_link"]


def opened(home: Path, url: str, kind: str, size: int = 10, **stream: Any) -> Connector:
    """A client of the gateway."""
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": "json",
        "auth": {"kind": "api_key", "token": "XX_TOKEN"},
        "paging": {"kind": kind, "size": size},
    }
    secrets = made_secrets(home, URL=url, TOKEN="t0ken-secret")
    return open_connector(made_system(transport, made_stream(**stream)), secrets, system_clock)


def read(client: Connector, cursor: str | None = None, full: bool = False) -> list[Batch]:
    """Every batch of the first stream."""
    stream = client.system.streams["licence"]  # type: ignore[attr-defined]
    return list(client.rows(stream, cursor, full))


def listing(rows: list[Row], kind: str, running: list[Gateway]) -> Answers:
    """A gateway's list of that paging kind. `rows` may change between requests."""

    def answer(request: Request) -> Reply:
        asked = request.query
        found = [row for row in rows if str(row["updated"]) >= asked.get("since", "")]
        if kind == "page":
            size = int(asked["pageSize"])
            part = found[(int(asked["pageNo"]) - 1) * size :][:size]
            data = {"total": len(found), "rows": part}
            return Reply({"code": 200, "message": "success", "data": data})
        start, size = int(asked.get("offset") or asked.get("cursor") or 0), int(asked["limit"])
        part, after = found[start : start + size], start + size
        if kind == "offset":
            return Reply({"total": len(found), "items": part})
        more = after < len(found)
        if kind == "cursor":
            return Reply(
                {"code": 0, "data": {"list": part, "nextCursor": str(after) if more else None}}
            )
        link = f"{running[0].url}/licences?offset={after}&limit={size}"
        return Reply({"results": part, "next": link if more else None})

    return answer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 10, 11, 97])
def test_every_row_comes_in_order_and_the_cursor_is_the_last_time(
    tmp_path: Path, kind: str, count: int
) -> None:
    rows, running = made_rows(count), []  # type: ignore[var-annotated]
    with gateway(listing(rows, kind, running)) as server:
        running.append(server)
        batches = read(opened(tmp_path, server.url, kind))
        assert sorted(set(ids(batches))) == [row["id"] for row in rows]
        assert bool(batches) == bool(count)
        if count and kind != "next_link":
            again = read(opened(tmp_path, server.url, kind), batches[-1].cursor)
            assert {row["id"] for row in rows if row["updated"] == rows[-1]["updated"]} == set(
                ids(again)
            )


@pytest.mark.parametrize("kind", ["page", "offset"])
def test_a_row_that_moves_to_the_end_while_reading_takes_no_other_with_it(
    tmp_path: Path, kind: str
) -> None:
    rows, running = made_rows(40, a_second=1), []  # type: ignore[var-annotated]
    plain = listing(rows, kind, running)
    moved: list[Row] = []

    def moving(request: Request) -> Reply:
        reply = plain(request)
        if not moved:
            moved.append({**rows.pop(3), "updated": "2026-11-21 00:00:00"})
            rows.append(moved[0])
        return reply

    with gateway(moving) as server:
        got = ids(read(opened(tmp_path, server.url, kind)))
    assert set(got) == {row["id"] for row in rows}


@pytest.mark.parametrize("kind", ["page", "offset"])
def test_more_rows_of_one_second_than_a_page_are_all_read(tmp_path: Path, kind: str) -> None:
    rows = made_rows(95, a_second=40)
    with gateway(listing(rows, kind, [])) as server:
        assert set(ids(read(opened(tmp_path, server.url, kind)))) == {row["id"] for row in rows}


def test_a_full_list_by_offset_is_read_anew_when_it_moves(tmp_path: Path) -> None:
    rows = made_rows(40)
    plain, calls = listing(rows, "offset", []), []

    def moving(request: Request) -> Reply:
        calls.append(1)
        if len(calls) == 3:
            del rows[0]
        return plain(request)

    with gateway(moving) as server:
        client = opened(
            tmp_path, server.url, "offset", mode="full", cursor=None, deletes={"sign": "absence"}
        )
        batches = read(client)
    assert {row["id"] for row in rows} <= set(ids(batches))
    assert all(batch.cursor is None for batch in batches)


def test_a_cut_page_is_asked_for_again(tmp_path: Path) -> None:
    rows = made_rows(25)
    plain, calls = listing(rows, "page", []), []

    def cutting(request: Request) -> Reply:
        reply = plain(request)
        calls.append(1)
        if len(calls) == 1:
            reply.body["data"]["rows"] = reply.body["data"]["rows"][:4]
        reply.cut = len(calls) == 3
        return reply

    with gateway(cutting) as server:
        assert len(set(ids(read(opened(tmp_path, server.url, "page"))))) == 25


def test_rows_out_of_order_give_no_place_to_go_on_before_the_end(tmp_path: Path) -> None:
    rows = made_rows(12000)
    rows[0], rows[11999] = rows[11999], rows[0]
    with gateway(listing(rows, "cursor", [])) as server:
        batches = read(opened(tmp_path, server.url, "cursor", size=2000))
    assert [batch.cursor is None for batch in batches] == [True] * (len(batches) - 1) + [False]
    assert "00:28:34" in str(batches[-1].cursor)


def test_a_next_link_to_another_origin_is_not_followed(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        return Reply({"results": [], "next": "http://127.0.0.2:1/licences"})

    with gateway(answer) as server, pytest.raises(PersonMustAct, match="another origin"):
        read(opened(tmp_path, server.url, "next_link"))


def test_a_link_named_twice_ends_the_read(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        return Reply({"code": 0, "data": {"list": [], "nextCursor": "same"}})

    with gateway(answer) as server, pytest.raises(RetryLater, match="twice"):
        read(opened(tmp_path, server.url, "cursor"))


def test_xml_pages_read_like_json_ones_and_absent_cells_are_null(tmp_path: Path) -> None:
    body = (
        "<response><code>200</code><total>2</total><rows><row><id>a</id><number>1</number>"
        "</row><row><id>b</id><number/></row></rows></response>"
    )
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": "xml",
        "auth": {"kind": "bearer", "token": "XX_TOKEN"},
        "paging": {"kind": "page", "size": 10},
    }
    with gateway(lambda request: Reply(body.encode())) as server:
        secrets = made_secrets(tmp_path, URL=server.url, TOKEN="t")
        frame = read(open_connector(made_system(transport), secrets, system_clock))[0].frame
    assert frame["number"].tolist() == ["1", ""]
    assert frame["updated"].isna().all()
    assert {str(kind) for kind in frame.dtypes} == {"string"}


def lying(rows: list[Row], kind: str, total: int) -> Answers:
    """A list that says it has `total` rows."""
    plain = listing(rows, kind, [])

    def answer(request: Request) -> Reply:
        reply = plain(request)
        (reply.body["data"] if kind == "page" else reply.body)["total"] = total
        return reply

    return answer


@pytest.mark.parametrize("kind", ["page", "offset"])
@pytest.mark.parametrize(("total", "finding"), [(60, "fewer"), (25, "more")])
def test_a_total_that_does_not_hold_is_a_finding(
    tmp_path: Path, kind: str, total: int, finding: str
) -> None:
    whole: dict[str, Any] = {"mode": "full", "cursor": None, "deletes": {"sign": "absence"}}
    with (
        gateway(lying(made_rows(40), kind, total)) as server,
        pytest.raises(Disagrees, match=r"xx_test .* /licences of licence, row \d+ on") as caught,
    ):
        read(opened(tmp_path, server.url, kind, **whole))
    assert (caught.value.kind, caught.value.subject) == (f"{finding} rows than told", "licence")


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_a_page_given_again_under_another_number_is_a_finding(tmp_path: Path, mode: str) -> None:
    whole: dict[str, Any] = {"mode": "full", "cursor": None, "deletes": {"sign": "absence"}}
    plain = listing(made_rows(40), "page", [])

    def stuck(request: Request) -> Reply:
        return plain(Request("GET", request.path, {"pageNo": "1", "pageSize": "10"}, {}, b""))

    with gateway(stuck) as server, pytest.raises(Disagrees, match="page 1 of licence again"):
        read(opened(tmp_path, server.url, "page", **(whole if mode == "full" else {})))


def test_a_page_given_again_under_another_token_is_a_finding(tmp_path: Path) -> None:
    rows = made_rows(10)

    def stuck(request: Request) -> Reply:
        after = str(int(request.query.get("cursor", 0)) + 1)
        return Reply({"code": 0, "data": {"list": rows, "nextCursor": after}})

    with gateway(stuck) as server, pytest.raises(Disagrees, match="again as page 2"):
        read(opened(tmp_path, server.url, "cursor"))


@pytest.mark.parametrize("part", [b'["a", "b"]', b"[" * 200000])
def test_rows_that_are_no_objects_and_deep_nesting_are_named(tmp_path: Path, part: bytes) -> None:
    body = b'{"code": 200, "data": {"total": 2, "rows": ' + part + b"}}"
    with (
        gateway(lambda request: Reply(body)) as server,
        pytest.raises(
            RetryLater, match=r"xx_test gave an answer that cannot be read at .*licences"
        ),
    ):
        read(opened(tmp_path, server.url, "page"))


def test_half_a_surrogate_pair_spoils_its_row_and_no_name_marks_one(tmp_path: Path) -> None:
    rows = rb'[{"id": "a", "number": "x\ud800", "updated": null}, {"id": "b", "+bad": "no"}]'
    body = b'{"code": 200, "data": {"total": 2, "rows": ' + rows + b"}}"
    with gateway(lambda request: Reply(body)) as server:
        [batch] = read(opened(tmp_path, server.url, "page"))
    why = "the column number holds half a surrogate pair, which is no text"
    assert batch.frame["number"][0] == "x\ufffd"
    assert [one if isinstance(one, str) else None for one in batch.frame["+bad"]] == [why, None]
    assert batch.frame["bad"][1] == "no"
