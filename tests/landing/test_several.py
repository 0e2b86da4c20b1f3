"""Several holders in one cell: who they are, and why a row is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.house import House
from landing.erase import blank_rows
from landing.land import land_batch
from landing.normalise import normalise
from landing.read import open_quarantine
from landing.several import holders_of
from registry.content import content_of
from tests.landing.frames import batch_of, citizen, raw, rows_of, stream_of
from tests.landing.state import live

ESTATE = "zr_realestate"
FIRM = "91350100M000100Y43"
MARKS = ("、", "，", ",", "；", "; ", " / ", "|", "\n")


def landed(house: House, **cells: str | None) -> dict[str, Any]:
    """The row that is stored of these cells."""
    stream = stream_of(ESTATE, "licence")
    got = land_batch(house, ESTATE, stream, "r1", 0, batch_of(raw(stream, "k1", **cells)))
    assert (got.stored, got.quarantined) == (1, 0)
    [row] = live(house, "licence").values()
    return row


def hashed(house: House, *numbers: str) -> list[str]:
    return [house.holder_hash("person", one) for one in numbers]


@pytest.mark.parametrize("mark", MARKS)
def test_a_second_cell_may_hold_several(house: House, mark: str) -> None:
    numbers = [citizen(n) for n in (5, 6, 7)]
    row = landed(house, co_holder_name=mark.join("乙丙丁"), co_holder_number=mark.join(numbers))
    assert row["co_holder_hash"] == " ".join(hashed(house, *numbers))
    assert (row["co_holder_name"], row["co_holder_number"]) == ("乙、丙、丁", "、".join(numbers))


@pytest.mark.parametrize("names", ["甲某，乙某，丙某", "甲某 乙某 丙某"])
def test_the_first_cell_may_hold_all(house: House, names: str) -> None:
    numbers = [citizen(n) for n in (5, 6, 7)]
    row = landed(house, holder_name=names, holder_number=",".join(numbers))
    first, second, third = hashed(house, *numbers)
    assert (row["holder_hash"], row["co_holder_hash"]) == (first, f"{second} {third}")
    assert (row["holder_name"], row["holder_number"]) == ("甲某", numbers[0])
    assert (row["co_holder_name"], row["co_holder_number"]) == (
        "乙某、丙某",
        f"{numbers[1]}、{numbers[2]}",
    )


def test_both_cells_may_hold_several_and_firms_among_them(house: House) -> None:
    one, two, three = (citizen(n) for n in (5, 6, 7))
    row = landed(
        house, holder_name="甲、乙", holder_number=f"{one}、{two}",
        co_holder_name="某公司；丙", co_holder_number=f"{FIRM}；{three}",
    )  # fmt: skip
    firm = house.holder_hash("organisation", FIRM)
    first, second, last = hashed(house, one, two, three)
    assert (row["holder_hash"], row["co_holder_hash"]) == (first, f"{second} {firm} {last}")


def test_who_is_named_twice_is_one_holder(house: House) -> None:
    one, two = citizen(5), citizen(6)
    row = landed(house, holder_number=one, co_holder_number=f"{two}、{one}、{two.lower()}")
    assert [row["holder_hash"], row["co_holder_hash"]] == hashed(house, one, two)
    assert (row["holder_number"], row["co_holder_number"]) == (one, two)


FAULTS = [
    ({"holder_number": "{5}、{6}", "holder_name": "甲、乙、丙"}, "2 numbers, beside 3 names"),
    ({"holder_number": None, "co_holder_number": "{5}、{6}"}, "no first one"),
    ({"co_holder_number": "{5}、36070019900101001"}, "number 3 of 3: a citizen number has 18"),
    ({"co_holder_number": "、".join(["{5}"] * 65)}, "it holds 66 numbers; at most 64"),
    ({"holder_number": f"{FIRM}、{{5}}", "holder_name": "甲、乙"}, "number 1 of 2: a citizen"),
]


@pytest.mark.parametrize(("cells", "words"), FAULTS)
def test_a_row_that_cannot_be_read_says_which_number(
    house: House, cells: dict[str, str | None], words: str
) -> None:
    stream = stream_of(ESTATE, "licence")
    numbers = {str(n): citizen(n) for n in range(10)}
    filled = {
        name: one and one.replace("{5}", numbers["5"]).replace("{6}", numbers["6"])
        for name, one in cells.items()
    }
    batch = batch_of(raw(stream, "k1", **filled), raw(stream, "k2"))
    got = land_batch(house, ESTATE, stream, "r1", 0, batch)
    assert (got.stored, got.quarantined) == (1, 1)
    [entry] = open_quarantine(house, ESTATE, 5)
    assert entry.rule == ("holder" if cells.get("holder_number", "") is not None else "required")
    assert words in entry.reason
    assert not any(one in entry.reason for one in numbers.values())


def test_rows_of_one_holder_beside_them_stay_as_they_are(house: House) -> None:
    stream = stream_of(ESTATE, "licence")
    rows = [raw(stream, "k1"), raw(stream, "k2", co_holder_number=f"{citizen(5)}、{citizen(6)}")]
    found = normalise(house, stream, rows_of(*rows))
    alone = normalise(house, stream, rows_of(rows[0]))
    for name, values in alone.plain.items():
        assert found.plain[name][0].as_py() == values[0].as_py()
    both = " ".join(hashed(house, citizen(5), citizen(6)))
    assert found.plain["co_holder_hash"].to_pylist() == [None, both]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    picked=st.lists(st.integers(1, 40), min_size=2, max_size=6, unique=True),
    marks=st.lists(st.sampled_from(MARKS), min_size=5, max_size=5),
    apart=st.integers(1, 5),
)
def test_however_they_are_written_the_holders_are_the_same(
    house: House, picked: list[int], marks: list[str], apart: int
) -> None:
    """The law: neither the mark nor which cell a number stands in changes who holds it."""
    stream = stream_of(ESTATE, "licence")
    numbers = [citizen(one) for one in picked]
    cut = min(apart, len(numbers) - 1)

    def joined(parts: list[str]) -> str:
        return "".join(
            one + (mark if at + 1 < len(parts) else "")
            for at, (one, mark) in enumerate(zip(parts, [*marks, "、"], strict=False))
        )

    names = [f"某{one}" for one in picked]
    row = raw(
        stream, "k1", holder_number=joined(numbers[:cut]), holder_name=joined(names[:cut]),
        co_holder_number=joined(numbers[cut:]), co_holder_name=joined(names[cut:]),
    )  # fmt: skip
    found = normalise(house, stream, rows_of(row))
    assert not found.reasons
    held = [found.plain[name][0].as_py() for name in ("holder_hash", "co_holder_hash")]
    assert holders_of(*held) == hashed(house, *numbers)


def test_erasing_one_of_many_leaves_the_others_in_their_order(house: House) -> None:
    numbers = [citizen(n) for n in (5, 6, 7, 8)]
    landed(house, holder_number="、".join(numbers), holder_name="甲、乙、丙、丁")
    left = hashed(house, *numbers)
    for gone in (left[1], left[0], left[3]):
        assert erased(house, gone) == 0
        left.remove(gone)
        [row] = live(house, "licence").values()
        assert holders_of(str(row["holder_hash"]), row["co_holder_hash"]) == left
    assert erased(house, left[0]) == 1
    assert live(house, "licence") == {}


def erased(house: House, holder: str) -> int:
    with house.engine.begin() as conn:
        return blank_rows(conn, holder, house.clock())


def test_a_column_of_several_numbers_is_known_for_one_of_numbers() -> None:
    cells = [f"{citizen(n)}、{citizen(n + 1)}" for n in range(20)]
    found = content_of(cells)
    assert "person" in found.shapes
    assert "person" not in content_of([f"{one}、1" for one in cells]).shapes
