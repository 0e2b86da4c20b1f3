"""Events: in order, signed, at least once, and nothing of a person in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, literal, select

from certs.corrections import correct
from certs.events import deliver, pace, readers, stream
from certs.events.kinds import KINDS, Position
from certs.licences.publish import publish_system
from connectors.signatures import national_signature
from kernel.errors import BadInput, Refused
from landing.tables import case, finished
from ledger.verify import verify
from pipeline.events import Events, Wanted
from registry.accounts import Account
from tests.certs.receiver import SECRET, Receiver, receiving
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town

MARKET = "市市场监督管理局"
OPS = Account("ops", "运维", "ops", None, ())
BUREAU = Account("bureau", "审批局", "bureau", None, ())
OFFICER = Account("officer", "数据专员", "officer", MARKET, ())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def wanted(receiver: Receiver, **over: Any) -> Wanted:
    made = Wanted(
        "一件事", MARKET, receiver.url, list(KINDS), [], [], "HOOK", NOW - timedelta(days=1)
    )
    return replace(made, **over)


def subscribe(town: Town, receiver: Receiver, **over: Any) -> int:
    """An approved receiver; its number."""
    town.house.secrets.put("HOOK", SECRET)
    events = Events(town.house)
    number = events.propose(OPS, wanted(receiver, **over))
    events.approve(BUREAU, number, ["127.0.0.1"])
    return number


def publish(town: Town, run: str) -> None:
    publish_system(town.house, "sc_food", run)


def deliver_all(town: Town) -> Any:
    return Events(town.house).deliver()


def finish(town: Town, number: str, state: str = "granted", **over: Any) -> None:
    """A case at its end, noted as the landing does."""
    town.case(number, state=state, closed=NOW, **over)
    with town.house.engine.begin() as conn:
        names = ["case_number", "state", "system", "stream", "key_hash", "item_code"]
        names += ["department", "closed"]
        ended = select(*(case.c[name] for name in names), literal(NOW)).where(
            case.c.case_number == number
        )
        conn.execute(insert(finished).from_select([*names, "at"], ended))


def test_the_life_of_a_licence_is_told_in_its_order(city: Town, receiver: Receiver) -> None:
    subscribe(city, receiver)
    for run, status in enumerate(("valid", "suspended", "valid", "revoked")):
        city.licence("a", status=status, valid_to=date(2029, 1, 1 + run))
        publish(city, f"r{run}")
    city.change("UPDATE landing.licence SET deleted_at = landed_at")
    city.at(NOW + timedelta(minutes=1))
    publish(city, "r9")
    counts = deliver_all(city)
    assert receiver.kinds() == [
        "licence.issued", "licence.suspended", "licence.changed", "licence.revoked",
        "licence.ended",
    ]  # fmt: skip
    states = [one["data"]["state"] for one in receiver.got]
    assert states == ["valid", "suspended", "valid", "revoked", "gone"]
    assert (counts.taken, counts.refused, counts.away) == (5, 0, 0)
    assert receiver.wrong == []
    assert deliver_all(city).taken == 0


def test_an_event_names_no_person_and_one_holder_differently_to_each(
    city: Town, receiver: Receiver
) -> None:
    city.licence("a", holder=WANG)
    city.licence("b", holder=LI, co_holder=WANG)
    publish(city, "r1")
    with receiving() as other:
        first, second = subscribe(city, receiver), subscribe(city, other, name="另一个")
        deliver_all(city)
        said = json.dumps([receiver.got, other.got], ensure_ascii=False)
        for secret in (WANG, LI, *NAMES.values(), "JY1360702", city.holder(WANG)):
            assert secret not in said
        mine, others = (
            {ref for one in r.got for ref in one["data"]["holders"]} for r in (receiver, other)
        )
        assert len(mine) == len(others) == 2
        assert not mine & others
        events = Events(city.house)
        assert events.reference(city.account(), "C1", first) in mine
        assert events.reference(city.account(), "C1", second) in others
        with pytest.raises(Refused):
            events.reference(city.account("clerk2"), "C1", first)
        assert city.events()[-1]["event"] == "right.refused"


def test_ended_cases_waiver_lists_and_corrections_are_told(city: Town, receiver: Receiver) -> None:
    city.material("M1", ["食品经营许可证"])
    city.licence("a")
    publish(city, "r1")
    subscribe(city, receiver, kinds=["approval.finished", "correction.answered"])
    finish(city, "C2")
    finish(city, "C3", "refused")
    number = correct.report(city.house, city.account(), "C1", "M1", "经营场所", "门牌号不对")
    correct.answer(city.house, OFFICER, number, "refused", "现场核实无误")
    counts = deliver_all(city)
    assert counts.finished == 2
    assert receiver.kinds() == ["correction.answered", "approval.finished", "approval.finished"]
    told = [(one["data"]["case"], one["data"]["outcome"]) for one in receiver.got]
    assert told == [("C1", "refused"), ("C2", "granted"), ("C3", "refused")]
    assert verify(city.house).verified


def test_types_departments_and_times_are_kept_apart(city: Town, receiver: Receiver) -> None:
    city.licence("a")
    city.licence("b", type="营业执照", holder=FIRM, holder_kind="organisation")
    publish(city, "r1")
    subscribe(city, receiver, types=["营业执照"])
    with receiving() as later, receiving() as others:
        subscribe(city, later, name="以后的", since=NOW + timedelta(seconds=1))
        subscribe(city, others, name="别部门的", departments=["市公安局"])
        deliver_all(city)
        assert [one["data"]["licence_type"] for one in receiver.got] == ["营业执照"]
        assert later.got == others.got == []


def test_nobody_answers_then_everything_comes_in_order(city: Town, receiver: Receiver) -> None:
    subscribe(city, receiver)
    for number in range(40):
        city.licence(f"k{number}")
    publish(city, "r1")
    receiver.answer = lambda _: 503 if len(receiver.got) == 35 else 204
    counts = deliver_all(city)
    assert (counts.taken, counts.away) == (35, 1)
    (one,) = Events(city.house).receivers()
    assert (one.state, one.tries) == ("failing", 1)
    assert one.next_at is not None
    assert one.next_at > NOW
    receiver.answer = lambda _: 204
    assert deliver_all(city).taken == 0  # its time has not come
    city.at(one.next_at)
    assert deliver_all(city).taken == 5
    assert len(set(receiver.ids())) == len(receiver.ids()) == 40
    assert Events(city.house).receivers()[0].state == "active"


def test_a_refused_event_holds_its_own_licence_only_and_dies_at_last(
    city: Town, receiver: Receiver
) -> None:
    number = subscribe(city, receiver)
    for run in range(2):
        for key in "ab":
            city.licence(key, valid_to=date(2029, 1, 1 + run))
        publish(city, f"r{run}")
    with city.house.engine.connect() as conn:
        found, _ = stream.read(conn, Position(0, 0))
    bad = found[0].id
    receiver.answer = lambda event: 422 if event["id"] == bad else 204
    counts = deliver_all(city)
    assert (counts.taken, counts.refused) == (2, 1)
    waiting = Events(city.house).letters(OPS, number)
    assert [one.reason for one in waiting] == ["http_422", "behind_another"]
    assert waiting[0].event == bad
    city.at(NOW + timedelta(days=3, minutes=1))
    deliver_all(city)
    dead, behind = Events(city.house).letters(OPS, number)
    assert dead.dead_at is not None
    assert behind.dead_at is None
    kinds = "SELECT kind, subject FROM landing.finding WHERE closed_at IS NULL"
    assert city.query(kinds) == [("webhook_dead", bad)]
    deliver_all(city)
    assert len(receiver.got) == 3
    assert bad not in receiver.ids()
    receiver.answer = lambda _: 204
    Events(city.house).replay(OPS, number, dead.at.entry)
    deliver_all(city)
    assert bad in receiver.ids()
    assert city.query(kinds) == []
    assert Events(city.house).letters(OPS, number) == []


def test_a_receiver_that_is_away_for_days_is_given_up_until_replayed(
    city: Town, receiver: Receiver
) -> None:
    number = subscribe(city, receiver)
    city.licence("a")
    publish(city, "r1")
    receiver.answer = lambda _: 503
    deliver_all(city)
    city.at(NOW + timedelta(days=3))
    deliver_all(city)
    events = Events(city.house)
    assert events.receivers()[0].state == "stopped"
    assert ("webhook_stopped",) in city.query("SELECT kind FROM landing.finding")
    receiver.answer = lambda _: 204
    assert deliver_all(city).receivers == 0
    events.replay(BUREAU, number, NOW - timedelta(hours=1))
    assert deliver_all(city).taken == 1


def test_a_receiver_that_is_gone_for_good_is_given_up_at_once(
    city: Town, receiver: Receiver
) -> None:
    subscribe(city, receiver)
    city.licence("a")
    publish(city, "r1")
    receiver.answer = lambda _: 410
    deliver_all(city)
    assert Events(city.house).receivers()[0].state == "stopped"
    assert "http_410" in city.query("SELECT detail FROM landing.finding")[0][0]


def test_who_refuses_very_much_counts_as_away(
    city: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "MOST_LETTERS", 3)
    number = subscribe(city, receiver)
    receiver.answer = lambda _: 400
    for key in range(6):
        city.licence(f"k{key}")
    publish(city, "r1")
    deliver_all(city)
    assert len(Events(city.house).letters(OPS, number)) == 3
    assert Events(city.house).receivers()[0].state == "failing"
    receiver.answer = lambda _: 204
    city.at(NOW + timedelta(hours=1))
    deliver_all(city)
    city.at(NOW + timedelta(hours=2))
    deliver_all(city)
    assert len(set(receiver.ids())) == len(receiver.ids()) == 6


def test_two_deliveries_at_a_time_tell_each_event_once(city: Town, receiver: Receiver) -> None:
    subscribe(city, receiver)
    for key in range(60):
        city.licence(f"k{key}")
    publish(city, "r1")
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: deliver_all(city), range(4)))
    assert sum(one.taken for one in counts) == 60
    assert len(set(receiver.ids())) == len(receiver.ids()) == 60


def test_what_is_told_again_keeps_its_ids(city: Town, receiver: Receiver) -> None:
    number = subscribe(city, receiver)
    for key in "abc":
        city.licence(key)
    publish(city, "r1")
    deliver_all(city)
    first = list(receiver.got)
    Events(city.house).replay(OPS, number, 0)
    deliver_all(city)
    assert receiver.got == first + first


def test_many_events_of_one_entry_are_read_by_pages(
    city: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "PAGE", 7)
    number = subscribe(city, receiver)
    for key in range(20):
        city.licence(f"k{key}")
    publish(city, "r1")
    city.change("UPDATE landing.licence SET deleted_at = landed_at")
    city.at(NOW + timedelta(minutes=1))
    publish(city, "r2")
    assert deliver.tell(city.house, number, 3).more
    assert len(receiver.got) == 3
    deliver_all(city)
    assert len(set(receiver.ids())) == len(receiver.ids()) == 40


def test_only_whom_the_rules_name_may_and_each_step_is_on_record(
    city: Town, receiver: Receiver
) -> None:
    events, new = Events(city.house), wanted(receiver)
    city.house.secrets.put("HOOK", SECRET)
    clerk = city.account()
    with pytest.raises(Refused):
        events.propose(clerk, new)
    with pytest.raises(Refused):
        events.propose(OFFICER, replace(new, department="市公安局"))
    number = events.propose(OFFICER, new)
    assert deliver_all(city).receivers == 0
    for who in (OFFICER, OPS):
        with pytest.raises(Refused):
            events.approve(who, number, ["127.0.0.1"])
    with pytest.raises(BadInput, match=r"127\.0\.0\.1"):
        events.approve(BUREAU, number, ["10.0.0.1"])
    events.approve(BUREAU, number, ["127.0.0.1"])
    with pytest.raises(Refused):
        events.replay(OFFICER, number, 0)
    with pytest.raises(BadInput):
        events.replay(OPS, number, 10_000)
    with pytest.raises(BadInput, match="was approved for"):
        events.replay(OPS, number, NOW - timedelta(days=2))
    events.end(OFFICER, number)
    assert events.receivers()[0].state == "ended"
    told = [one["event"] for one in city.events() if one["event"].startswith(("sub", "right"))]
    assert told == [
        "right.refused", "right.refused", "subscription.proposed", "right.refused",
        "right.refused", "subscription.approved", "right.refused", "subscription.ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("over", "has"),
    [
        ({"url": "ftp://a/b"}, "http or https"),
        ({"url": "http://user:x@a/b"}, "without user"),
        ({"url": "http://a/b?x=1"}, "without user"),
        ({"url": "http://a:99999/"}, "no URL"),
        ({"url": "http://a/b c"}, "without user"),
        ({"kinds": []}, "at least one kind"),
        ({"kinds": ["licence.sold"]}, "no kind of event licence.sold"),
        ({"types": ["驾照"]}, "no licence type 驾照"),
        ({"department": "没有这个局"}, "no such department"),
        ({"secret": "whsec_abc"}, "named in capitals"),
        ({"name": "360702198503071234"}, "long number"),
    ],
)
def test_a_wrong_receiver_is_one_sentence(
    city: Town, receiver: Receiver, over: dict[str, Any], has: str
) -> None:
    with pytest.raises(BadInput, match=has):
        Events(city.house).propose(OPS, wanted(receiver, **over))


def test_a_secret_of_another_form_approves_nothing(city: Town, receiver: Receiver) -> None:
    events = Events(city.house)
    city.house.secrets.put("HOOK", "short")
    number = events.propose(OPS, wanted(receiver))
    with pytest.raises(BadInput, match="whsec_") as told:
        events.approve(BUREAU, number, ["127.0.0.1"])
    assert "short" not in str(told.value)


def test_a_redirect_is_not_followed(city: Town, receiver: Receiver) -> None:
    subscribe(city, receiver)
    city.licence("a")
    publish(city, "r1")
    with receiving() as elsewhere:
        receiver.headers = {"Location": elsewhere.url}
        receiver.answer = lambda _: 307
        assert deliver_all(city).refused == 1
        assert elsewhere.got == []


def test_a_name_that_leads_elsewhere_by_now_is_not_called(city: Town, receiver: Receiver) -> None:
    subscribe(city, receiver)
    city.licence("a")
    publish(city, "r1")
    city.change("UPDATE certs.subscription SET addresses = ARRAY['10.1.2.3']")
    assert deliver_all(city).away == 1
    assert receiver.got == []
    said = city.query("SELECT detail FROM landing.finding")
    assert "address_not_approved" in said[0][0]


def test_the_wait_doubles_and_differs() -> None:
    for tries in range(1, 12):
        whole = min(3600.0, 5.0 * 2**tries)
        waits = {pace.wait(tries).total_seconds() for _ in range(50)}
        assert all(whole / 2 <= one <= whole for one in waits)
        assert len(waits) > 1


def test_a_time_finds_its_entry(city: Town) -> None:
    for minute in range(5):
        city.at(NOW + timedelta(minutes=minute))
        city.licence(f"k{minute}")
        publish(city, f"r{minute}")
    times = [datetime.fromisoformat(one["at"]) for one in city.events()]
    with city.house.engine.connect() as conn:
        assert [stream.first_since(conn, at) for at in times] == list(range(5))
        assert stream.first_since(conn, datetime(2020, 1, 1, tzinfo=UTC)) == 0
        assert stream.first_since(conn, datetime(2030, 1, 1, tzinfo=UTC)) == 5


SID = "s_113607000000000000_77"


def in_exchange_mode(town: Town, receiver: Receiver, own: str = "") -> None:
    """The town behind an exchange that stands where the receiver is."""
    house = town.house
    house.secrets.put("EXCHANGE_ID", "gz")
    house.secrets.put("EXCHANGE_SECRET", "exchange-key")
    base = receiver.url.removesuffix("/events")
    mode = replace(house.settings, exchange="gateway", exchange_gateway=base, exchange_own=own)
    town.house = replace(house, settings=mode)
    receiver.url = f"{base}/{SID}"


def test_in_exchange_mode_a_receiver_is_told_by_the_exchange(
    city: Town, receiver: Receiver
) -> None:
    direct = receiver.url
    in_exchange_mode(city, receiver)
    with pytest.raises(BadInput, match="ends with the service id"):
        subscribe(city, receiver, url=direct)
    subscribe(city, receiver)
    city.licence("a")
    publish(city, "r0")
    assert deliver_all(city).taken == len(receiver.got) > 0
    for one in receiver.carried:
        assert (one["gjgxjhpt_rid"], one["gjgxjhpt_sid"]) == ("gz", SID)
        wanted_sign = national_signature("exchange-key", SID, "gz", one["gjgxjhpt_rtime"])
        assert one["gjgxjhpt_sign"] == wanted_sign
    assert receiver.wrong == []


def test_a_receiver_from_before_exchange_mode_waits_and_misses_nothing(
    city: Town, receiver: Receiver
) -> None:
    subscribe(city, receiver)
    direct = receiver.url
    in_exchange_mode(city, receiver)
    city.licence("a")
    publish(city, "r0")
    assert deliver_all(city).away == 1
    assert receiver.got == []
    city.house = replace(city.house, settings=replace(city.house.settings, exchange="direct"))
    city.at(NOW + timedelta(days=1))
    receiver.url = direct
    assert deliver_all(city).taken == len(receiver.got) > 0


def test_the_own_departments_receiver_is_told_directly(city: Town, receiver: Receiver) -> None:
    direct = receiver.url
    in_exchange_mode(city, receiver, own=MARKET)
    subscribe(city, receiver, url=direct)
    city.licence("a")
    publish(city, "r0")
    assert deliver_all(city).taken == len(receiver.got) > 0
    assert "gjgxjhpt_sid" not in receiver.carried[0]
