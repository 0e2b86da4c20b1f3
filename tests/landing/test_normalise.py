"""Raw text → one form; what is not written as declared is refused with a reason without it."""

from __future__ import annotations

import pytest

from kernel.house import House
from landing import parse
from landing.land import land_batch
from landing.normalise import normalise
from landing.read import open_quarantine
from tests.landing.frames import batch_of, citizen, raw, rows_of, stream_of
from tests.landing.state import live

DAYS = [
    ("iso", "2024-01-31", "2024-01-31"),
    ("iso", "2024-1-31", None),
    ("iso", "2024-02-30", None),
    ("iso", "20240131", None),
    ("compact", "20240131", "2024-01-31"),
    ("compact", "20241331", None),
    ("slash", "2024/01/31", "2024-01-31"),
    ("slash", "2024/1/3", "2024-01-03"),
    ("slash", "2024/1/32", None),
    ("chinese", "2024年01月31日", "2024-01-31"),
    ("chinese", "2024年1月3日", "2024-01-03"),
    ("chinese", "二〇二四年一月三日", None),
]
TIMES = [
    ("text", "2024-01-31 09:30:00", "2024-01-31T09:30:00+08:00"),
    ("text", "2024-01-31T09:30:00", None),
    ("text", "2024-01-31 25:30:00", None),
    ("iso", "2024-01-31T09:30:00", "2024-01-31T09:30:00+08:00"),
    ("iso", "2024-01-31T01:30:00Z", "2024-01-31T01:30:00+00:00"),
    ("iso", "2024-01-31 09:30:00", None),
    ("epoch_ms", "1706664600000", "2024-01-31T01:30:00+00:00"),
    ("epoch_ms", "-1", None),
]


@pytest.mark.parametrize(("form", "text", "want"), DAYS)
def test_a_day_is_read_as_declared_or_not_at_all(form: str, text: str, want: str | None) -> None:
    assert parse.day_parser(form)(text) == want


@pytest.mark.parametrize(("form", "text", "want"), TIMES)
def test_a_time_without_a_zone_is_city_time(form: str, text: str, want: str | None) -> None:
    assert parse.time_parser(form)(text) == want


FAULTS = [
    ("holder_number", "360700199003078819", "holder", "check character is wrong"),
    ("holder_number", "36070019901332881X", "holder", "date of birth is not a day"),
    ("holder_number", "3607001990", "holder", "18 characters"),
    ("holder_number", "", "required", "is empty"),
    ("co_holder_number", "360700199003078819", "holder", "is wrong"),
    ("number", None, "required", "is empty"),
    ("type", "某某证", "category", "not mapped"),
    ("holder_kind", "9", "category", "not mapped"),
    ("holder_kind", None, "required", "is empty"),
    ("issued", "2024-02-30", "date", "written like 2024-01-31"),
    ("valid_to", "2019-12-31", "date_order", "lies before valid_from"),
    ("updated", "yesterday", "time", "written like 2024-01-31 09:30:00"),
]


def test_every_fault_has_its_rule_and_a_reason_that_does_not_repeat_it(house: House) -> None:
    stream = stream_of("zr_realestate", "licence")
    rows = [raw(stream, f"k{n}", **{f: text}) for n, (f, text, _, _) in enumerate(FAULTS)]
    got = land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(*rows, raw(stream, "ok")))
    assert (got.stored, got.quarantined) == (1, len(FAULTS))
    entries = reversed(open_quarantine(house, "zr_realestate", 50))
    for (name, text, rule, words), entry in zip(FAULTS, entries, strict=True):
        assert (entry.rule, entry.column) == (rule, stream.column(name)), name
        assert words in entry.reason
        assert not text or text not in entry.reason


def test_a_licence_is_typed_and_its_secrets_open_again(house: House) -> None:
    stream = stream_of("zr_realestate", "licence")
    both = raw(stream, "k1", co_holder_name="乙", co_holder_number=citizen(5), valid_to=None)
    land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(both))
    [row] = live(house, "licence").values()
    assert row["issued"].isoformat() == "2020-03-09"
    assert (row["holder_kind"], row["status"], row["valid_to"]) == ("person", "valid", None)
    assert row["co_holder_hash"] == house.holder_hash("person", citizen(5))
    assert row["co_holder_number"] == citizen(5)
    assert row["details"] == {"坐落": "zl k1", "用途": "yt k1", "面积": "mj k1"}


def test_a_category_of_the_whole_stream_is_in_every_row(house: House) -> None:
    stream = stream_of("sc_enterprise", "licence")
    fields = {name: one for name, one in stream.fields.items() if name != "type"}
    poorer = stream.model_copy(update={"fields": fields, "always": {"type": "营业执照"}})
    rows = [raw(stream, "k1"), raw(stream, "k2")]
    for row in rows:
        del row[stream.fields["type"].column]
    got = land_batch(house, "sc_enterprise", poorer, "r1", 0, batch_of(*rows))
    assert got.outcomes == ("stored", "stored")
    assert [one["type"] for one in live(house, "licence").values()] == ["营业执照"] * 2


def test_an_old_number_of_15_digits_and_the_new_one_are_the_same_holder(house: House) -> None:
    stream = stream_of("sc_enterprise", "licence")
    new = citizen(7)
    old = new[:6] + new[8:17]
    numbers = [new, old, f" {new.lower()} "]
    frame = rows_of(*(raw(stream, f"k{n}", holder_number=x) for n, x in enumerate(numbers)))
    hashes = normalise(house, stream, frame).plain["holder_hash"].to_pylist()
    assert set(hashes) == {house.holder_hash("person", new)}


def test_a_second_holder_may_be_of_the_other_kind(house: House) -> None:
    stream = stream_of("zr_realestate", "licence")
    code = "91350100M000100Y43"
    row = raw(stream, "k1", co_holder_name="某公司", co_holder_number=code)
    got = land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(row))
    assert got.stored == 1
    [stored] = live(house, "licence").values()
    assert stored["co_holder_hash"] == house.holder_hash("organisation", code)


def test_text_that_copy_must_escape_comes_back_as_it_was(house: House) -> None:
    stream = stream_of("xzsp_items", "item")
    name = 'a\\b\tc\nd"e\r\\N'
    land_batch(house, "xzsp_items", stream, "r1", 0, batch_of(raw(stream, "k1", name=name)))
    [row] = live(house, "item").values()
    assert row["name"] == name
    assert (row["limit_days"], row["fee"], row["level"]) == (20, True, "implementation")
