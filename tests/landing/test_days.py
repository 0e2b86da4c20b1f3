"""Days of a whole column are read as one by one."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing import parse
from landing.columns import column

WRITTEN = {
    "iso": "{:04}-{:02}-{:02}",
    "compact": "{:04}{:02}{:02}",
    "slash": "{:04}/{:02}/{:02}",
    "chinese": "{:04}年{:02}月{:02}日",
}
PARTS = st.tuples(st.integers(0, 9999), st.integers(0, 14), st.integers(0, 33))
DATES = st.dates(date(1, 1, 1)).map(lambda day: (day.year, day.month, day.day))


@pytest.mark.parametrize("form", WRITTEN)
@given(data=st.data())
def test_a_column_is_read_as_its_cells(form: str, data: st.DataObject) -> None:
    written = st.one_of(DATES, PARTS).map(lambda day: WRITTEN[form].format(*day))
    good = DATES.map(lambda day: WRITTEN[form].format(*day))
    odd = st.sampled_from(["", " ", "2024-1-1", "２０２４-01-01", "2024-01-01\n", "x"])
    cells = st.one_of(
        st.lists(st.one_of(st.none(), good)), st.lists(st.one_of(st.none(), written, odd))
    )
    values = column(data.draw(cells))
    found, wrong = parse.days(values, form)
    want, bad = parse.each(values, parse.day_parser(form), pa.date32())
    assert found.to_pylist() == want.to_pylist()
    assert wrong.to_pylist() == bad.to_pylist()
