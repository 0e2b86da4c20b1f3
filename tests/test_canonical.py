"""Canonical JSON: one form, whichever way it is written."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.canonical import canonical

SINGLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
JSON = st.recursive(
    SINGLE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(JSON)
@example({"\U00020000": 1, "\ufb33": 2})  # UTF-16 sorts these otherwise than code points do
@example({"": "", '\x00\x1f\x7f\u2028"\\/\b\f\n\r\t': '\x00\x1f\x7f\u2028"\\/\b\f\n\r\t'})
@example([1e30, 1.0, -0.0, 5e-324, True, 0])
def test_both_ways_of_writing_canonical_json_are_one(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800"])
def test_what_canonical_json_cannot_say_is_refused(value: Any) -> None:
    for one in (value, [value], {"a": value}):
        with pytest.raises((ValueError, UnicodeError)):
            rfc8785.dumps(one)
        with pytest.raises((ValueError, UnicodeError)):
            canonical(one)


@pytest.mark.parametrize("value", [{"\ud800": 1}, {1: 2}, b"", {"a": object()}])
def test_a_key_or_a_value_that_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        canonical(value)
