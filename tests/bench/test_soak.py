"""What the soak says of syncs: the longest gap of any system, and whether it held."""

from __future__ import annotations

from bench.soak.run import of_gaps
from bench.soak.syncs import longest_gaps


def test_a_gap_counts_from_the_beginning_and_to_the_end() -> None:
    gaps = longest_gaps({"a": [100.0, 200.0], "b": [500.0], "c": []}, 0.0, 600.0)
    assert gaps == {"a": 400.0, "b": 500.0, "c": 600.0}


def test_a_system_that_waited_for_more_than_ten_minutes_misses_the_goal() -> None:
    assert of_gaps({"a": 20.0, "b": 599.0})["holds"] is True
    missed = of_gaps({"a": 20.0, "b": 601.0})
    assert (missed["value"], missed["goal"], missed["holds"]) == (601.0, "<= 600", False)
