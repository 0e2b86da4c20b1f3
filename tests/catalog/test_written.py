"""Steps and results as guides write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.flow.fields import FIELDS, typed
from catalog.written import LONGEST, MOST, results_of, steps_of, words_of

FLOW = [("受理", 1), ("审查", 5), ("决定", None)]
NAMES = st.text(alphabet="受理审查决定送达现场踏勘公示", min_size=1, max_size=8)
STEPS = st.lists(st.tuples(NAMES, st.none() | st.integers(1, 999)), min_size=2, max_size=12)


def pairs(written: str | None) -> list[tuple[str, Any]]:
    """(name, days) of each step."""
    return [(one["name"], one["days"]) for one in steps_of(written) or ()]


HANDS = """1.受理（1个工作日）；2.审查（5个工作日）；3.决定
受理：1；审查：5；决定
受理(1日)→审查(5日)→决定
第一步：受理（1个工作日）|第二步：审查（5个工作日）|第三步：决定
①受理1个工作日②审查5个工作日③决定
（一）受理（1天）；（二）审查（5天）；（三）决定
（1）受理（1个工作日）（2）审查 5个工作日（3）决定
一、受理1个工作日 二、审查5个工作日 三、决定。
受理（1个工作日）->审查（5个工作日）->决定
1、受理（1个工作日）2、审查（5个工作日）3、决定
受理（１个工作日）－审查（５个工作日）－决定"""


@pytest.mark.parametrize("written", [one.replace("|", "\n") for one in HANDS.split("\n")])
def test_one_flow_in_many_hands(written: str) -> None:
    assert pairs(written) == FLOW


@pytest.mark.parametrize(("written", "names"), [
    ("受理、审查、送达", ["受理", "审查", "送达"]),
    ("申请-受理-办结", ["申请", "受理", "办结"]),
    ("网上申报（登录政务网）—窗口受理", ["网上申报（登录政务网）", "窗口受理"]),
    ("收件、受理；审查", ["收件、受理", "审查"]),
    ("公示7日；现场踏勘（不计时）", ["公示7日", "现场踏勘（不计时）"]),
    ("（5个工作日）", ["（5个工作日）"]),
    ("办结", ["办结"]),
])  # fmt: skip
def test_what_is_no_number_of_days_stays_in_the_name(written: str, names: list[str]) -> None:
    assert pairs(written) == [(name, None) for name in names]


def test_at_once_is_no_day() -> None:
    assert pairs("受理（当场）→办结（即办）") == [("受理", 0), ("办结", 0)]


@pytest.mark.parametrize("written", [None, "", " ", "无", "/", "；；", "\n"])
def test_a_guide_may_say_nothing(written: str | None) -> None:
    assert steps_of(written) is None
    assert results_of(written) is None


def test_words_stand_on_one_line() -> None:
    assert words_of(" 每证\n10 元 ") == "每证 10 元"
    assert words_of("无") is None


def test_a_book_instead_of_a_flow_is_bounded() -> None:
    made = steps_of("；".join(f"受理{n}" for n in range(5000))) or []
    assert len(made) == MOST
    assert [len(name) for name, _ in pairs("受" * 900)] == [LONGEST]


def test_results_stand_once_and_bare() -> None:
    assert results_of("《食品经营许可证》、批复；食品经营许可证") == ["食品经营许可证", "批复"]
    assert results_of("1.《食品经营许可证》 2.批复。") == ["食品经营许可证", "批复"]


@given(STEPS)
def test_what_is_typed_is_read_again(steps: list[tuple[str, int | None]]) -> None:
    value = [{"name": name, "days": days} for name, days in steps]
    said = typed("steps", value)
    assert FIELDS["steps"].read("steps", said) == value
    assert steps_of(said) == value


@given(st.text(max_size=200))
def test_any_text_is_read_and_kept_by_the_field(written: str) -> None:
    value = steps_of(written)
    if value is not None:
        assert FIELDS["steps"].read("steps", typed("steps", value)) == value
