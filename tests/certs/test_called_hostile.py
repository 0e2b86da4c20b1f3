"""Signed calls with any JSON in them: an answer of ours, never a fault, and no number repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline import gbt36906
from registry.callers import OPERATIONS
from tests.certs.test_callers import CASE, STANDARD, WANTED, Line, line
from tests.certs.town import WANG

__all__ = ["line"]
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
FIELDS = sorted({*WANTED, *STANDARD, "holder", "fields", "question", "file", "certTypeCode"})
BODIES = VALUES | st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4)
GENTLE = settings(
    max_examples=60, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate],
)  # fmt: skip


@pytest.fixture
def free(line: Line) -> Line:
    """With a quota that the examples do not use up."""
    line.grant(per_minute=6000, per_day=100_000)
    return line


@GENTLE
@given(body=BODIES, base=st.sampled_from([{}, CASE, WANTED]), operation=st.sampled_from(OPERATIONS))
def test_the_plain_api_never_fails(free: Line, body: Any, base: Any, operation: str) -> None:
    sent = {**base, **body} if isinstance(body, dict) else body
    answer = free.call(f"/calls/{operation}", sent)
    assert answer.status_code in {200, 400, 403}, answer.text


@GENTLE
@given(
    body=BODIES, whole=st.booleans(), flat=st.booleans(),
    operation=st.sampled_from(sorted(gbt36906.NAMES)),
)  # fmt: skip
def test_the_standards_operations_answer_in_their_shape(
    free: Line, body: Any, whole: bool, flat: bool, operation: str
) -> None:
    data = {**STANDARD, **body} if whole and isinstance(body, dict) else body
    head = {"accessId": "kiosk", "accessToken": free.token()}
    flattened = {**head, **data} if isinstance(data, dict) else data
    answer = free.call(
        f"/gbt36906/{operation}", flattened if flat else {"head": head, "data": data}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["head"]["status"] in {"0", "100", "103", "400"}
    if answer.json()["head"]["status"] != "0":
        assert WANG not in answer.text


@pytest.mark.parametrize("odd", ["\0", "C1\0", "\ud800", "￿", "x" * 101, "../C1", "'; --"])
@pytest.mark.parametrize("field", ["userCode", "businessCode", "itemCode", "holderCode"])
def test_text_that_is_none_is_answered(free: Line, field: str, odd: str) -> None:
    data = {**STANDARD, "certTypeCode": "食品经营许可证", "useCause": "办理许可", field: odd}
    body = {"head": {"accessId": "kiosk", "accessToken": free.token()}, "data": data}
    sent = json.dumps(body).encode()  # escaped, so that half a pair can be sent at all
    answer = free.raw("/gbt36906/queryCertInfo", sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["head"]["status"] in {"100", "400"}
