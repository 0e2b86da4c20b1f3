"""Numbers of a whole column are judged as `kernel.numbers` judges each."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from kernel.errors import SkipRow
from kernel.house import House
from kernel.numbers import ORGANISATION, PERSON, normalise_holder
from landing.columns import column
from landing.holders import hash_all, held_by_form
from tests.landing.frames import citizen

digits = st.text("0123456789", min_size=17, max_size=17)
years = st.integers(1795, 2205).map(lambda year: f"{year:04d}")
days = st.tuples(years, st.integers(0, 13), st.integers(0, 32)).map(
    lambda day: f"{day[0]}{day[1]:02d}{day[2]:02d}"
)
bodies = st.tuples(digits, days).map(lambda both: both[0][:6] + both[1] + both[0][14:17])
right = bodies.map(lambda body: body + str(mod_11_2.calc_check_digit(body)))
codes = st.tuples(st.text("0123456789", min_size=8, max_size=8),
                  st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9)).map(
    lambda parts: parts[0] + parts[1] + str(uscc.calc_check_digit(parts[0] + parts[1]))
)  # fmt: skip
numbers = st.one_of(right, right.map(str.lower), codes, codes.map(str.lower), digits, st.text())
holders = st.lists(st.tuples(st.sampled_from([PERSON, ORGANISATION]), numbers), max_size=30)


@settings(max_examples=300, deadline=None, database=None)
@given(holders)
def test_what_is_good_at_once_is_good_by_the_rules_and_stands_as_they_write_it(
    given_ones: list[tuple[str, str]],
) -> None:
    kinds = column([kind for kind, _ in given_ones])
    good = held_by_form(kinds, column([number for _, number in given_ones])).to_pylist()
    for (kind, number), at_once in zip(given_ones, good, strict=True):
        try:
            by_rule = normalise_holder(kind, number)
        except SkipRow:
            assert not at_once
        else:
            assert at_once == (len(number.encode()) == 18)
            assert not at_once or by_rule == number.upper()


def test_hashes_are_those_of_single_numbers_and_reasons_stand_at_their_rows(house: House) -> None:
    new = citizen(3)
    given_ones = [new, new[:6] + new[8:17], None, "x", f" {citizen(4)} ", new[:17] + "?"]
    kinds = column([PERSON] * len(given_ones))
    hashes, reasons = hash_all(house, kinds, column(given_ones))
    mine = house.holder_hash(PERSON, new)
    assert hashes.to_pylist() == [
        mine, mine, None, None, house.holder_hash(PERSON, citizen(4)), None,
    ]  # fmt: skip
    assert sorted(reasons) == [3, 5]
    assert not [why for why in reasons.values() if new[:17] in why]


def test_a_sliced_column_is_read_from_its_own_start(house: House) -> None:
    two = pa.array([citizen(1), citizen(2)], pa.large_string())
    hashes, _ = hash_all(house, column([PERSON]), two[1:])
    assert hashes.to_pylist() == [house.holder_hash(PERSON, citizen(2))]
