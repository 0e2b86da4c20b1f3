"""Pages of looks that are watched: by an order, and the alarms that looks raise."""

from __future__ import annotations

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
