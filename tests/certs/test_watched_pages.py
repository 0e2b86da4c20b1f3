"""Pages of looks that are watched: by an order, and the alarms that looks raise."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from sqlalchemy import text

from certs.rights.alarms import Which, listed
from tests.certs import test_refusals
from tests.certs.signed import Signed
from tests.certs.test_refusals import FOOD, Desk, confirm, order, reported
from tests.certs.town import LI, NAMES, WANG

desk = test_refusals.desk
ORDERS, ALARMS = "/rights/orders", "/rights/alarms"


def test_one_of_the_two_looks_by_an_order_and_sees_all_once(desk: Desk) -> None:
    order(desk)
    first = Signed(desk, "bureau")
    assert "/look" not in first.text(ORDERS)  # nobody has confirmed it
    confirm("bureau2")(desk)
    reported(desk)
    (number,) = desk.town.query("SELECT id FROM certs.look_order")[0]
    at = f"{ORDERS}/{number}/look"
    assert at in first.text(ORDERS)
    given = first.post(ORDERS, at, kind="person", person=WANG, licence_type=FOOD)
    assert given.status_code == 200
    for said in (NAMES[WANG], WANG, "章贡区某路1号", "数据核验结果", "校核中"):
        assert said in given.text
    assert (desk.last()["event"], desk.last()["kind"]) == ("alarm.raised", "order_look")
    other = first.post(ORDERS, at, kind="person", person=LI, licence_type=FOOD)
    assert (other.status_code, "文书未列明该对象" in other.text) == (403, True)
    assert LI not in other.text
    wrong = first.post(ORDERS, at, kind="person", person=LI[:-1], licence_type=FOOD)
    assert (wrong.status_code, "号码不对" in wrong.text) == (400, True)
    assert first.post(ORDERS, f"{ORDERS}/999/look", person=WANG).status_code == 400


def test_an_alarm_of_looks_is_seen_and_closed_with_what_it_was(desk: Desk) -> None:
    ops = Signed(desk, "ops")
    assert "没有未结束的告警" in ops.text(ALARMS)
    assert "还没有结束过告警" in ops.text(ALARMS)
    order(desk)
    confirm("bureau2")(desk)
    text = ops.text(ALARMS)
    assert "调取文书生效" in text
    assert "rights/orders" not in text  # orders are the bureau's
    (number,) = desk.town.query("SELECT id FROM certs.alarm")[0]
    empty = ops.post(ALARMS, f"{ALARMS}/{number}/close", why=" ")
    assert (empty.status_code, f'href="#why-{number}"' in empty.text) == (400, True)
    done = ops.post(ALARMS, f"{ALARMS}/{number}/close", why="核对过文书原件")
    assert done.headers["location"] == f"{ALARMS}?done=closed"
    assert "核对过文书原件" in Signed(desk, "bureau").text(ALARMS)


MANY = text(
    "INSERT INTO certs.alarm (kind, subject, detail, raised_at, closed_at, closed_by, closed_why)"
    " SELECT 'burst', 'a' || n, '一小时内查看', now(), gone, 'ops', '核对过' FROM"
    " (SELECT n, CASE WHEN n BETWEEN :first AND :last AND n % :each = 0 THEN now() END AS gone"
    " FROM generate_series(1, :count) n) x"
)


def many(desk: Desk, count: int, first: int, last: int, each: int = 1) -> None:
    """So many alarms; each so manieth from the first to the last is closed."""
    closed = {"count": count, "first": first, "last": last, "each": each}
    with desk.town.house.engine.begin() as conn:
        conn.execute(MANY, closed)


def test_older_alarms_are_a_page_further_each_once(desk: Desk) -> None:
    many(desk, 450, 1, 450, 2)
    ops = Signed(desk, "ops")
    first = ops.text(ALARMS)
    assert first.count("100+") == 2
    for name, odd in (("still", 1), ("closed", 0)):
        path, seen = ALARMS, []
        while path:
            shown = ops.text(path)
            shown = shown if path != ALARMS else parts(shown)[name]
            seen += [int(one) for one in re.findall(r"\ba(\d+)(?:</b>)? · ", shown)]
            onward = re.search(rf'href="(/rights/alarms\?{name}=\d+)" rel="next"', shown)
            path = onward[1] if onward else ""
        assert seen == [n for n in range(450, 0, -1) if n % 2 == odd]
    for wrong in ("x", "-1", str(10**20)):
        assert ops.client.get(f"{ALARMS}?still={wrong}").status_code == 400


def parts(page: str) -> dict[str, str]:
    """The two lists of the first page."""
    still, closed = page.split('id="ended"')
    return {"still": still, "closed": closed}


def test_a_reason_that_lacks_on_an_older_page_is_said_there(desk: Desk) -> None:
    many(desk, 150, 1, 0)
    ops = Signed(desk, "ops")
    (older,) = re.findall(r"/rights/alarms\?still=\d+", ops.text(ALARMS))
    last = re.findall(r'id="a-(\d+)"', ops.text(older))[-1]
    mark = re.findall(r'name="still" value="(\d+)"', ops.text(older))[0]
    empty = ops.post(older, f"{ALARMS}/{last}/close", why=" ", still=mark)
    assert empty.status_code == 400
    assert f'id="why-{last}"' in empty.text
    assert f'href="#why-{last}"' in empty.text


def test_the_api_gives_alarms_a_page_at_a_time(desk: Desk) -> None:
    many(desk, 5, 4, 5)
    path, seen = "/alarms?everything=true&limit=2", list[dict[str, Any]]()
    for more in ("", "&before={}", "&before={}"):
        page = desk.call("ops", "GET", path + more.format(seen[-1]["id"] if seen else "")).json()
        seen += page
    assert [one["subject"] for one in seen] == ["a5", "a4", "a3", "a2", "a1"]
    still = desk.call("ops", "GET", "/alarms").json()
    assert [one["subject"] for one in still] == ["a3", "a2", "a1"]


@pytest.mark.parametrize("closed", [(1, 100_000), (1, 99_990), (11, 100_000), (1, 100_000, 2)])
def test_a_page_of_a_hundred_thousand_alarms_reads_an_index(
    desk: Desk, closed: tuple[int, ...]
) -> None:
    """With none open, the newest or the oldest few, or every other one."""
    many(desk, 100_000, *closed)
    with desk.town.house.engine.begin() as conn:
        conn.execute(text("ANALYZE certs.alarm"))
        first = conn.execute(text("SELECT min(id) FROM certs.alarm")).scalar_one()
        for which in get_args(Which):
            for before in (None, first + 99_000, first + 500):
                asked = listed(which, before, 101)
                said = asked.compile(conn.engine, compile_kwargs={"literal_binds": True})
                plan = "\n".join(conn.exec_driver_sql(f"EXPLAIN {said}").scalars())
                assert "Seq Scan" not in plan, (which, before, plan)
