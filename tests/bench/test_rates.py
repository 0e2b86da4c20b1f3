"""What the bench of bytes counts a second."""

from __future__ import annotations

import threading
import time

import pytest

from bench.bytes.rates import rate


def test_the_calls_of_all_threads_count_over_the_time_that_passed() -> None:
    made: list[int] = []

    def one() -> None:
        made.append(threading.get_ident())
        time.sleep(0.01)

    began = time.monotonic()
    found = rate([one, one], 0.3)
    passed = time.monotonic() - began
    assert len(set(made)) == 2
    assert len(made) / passed <= found <= len(made) / 0.3


def test_a_call_that_fails_is_no_rate() -> None:
    def fails() -> None:
        raise ConnectionError("closed")

    with pytest.raises(ConnectionError):
        rate([lambda: time.sleep(0.01), fails], 0.1)
