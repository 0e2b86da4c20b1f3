"""Work on one system's rows in two processes, each with a half of the keys.

Row keys are keyed hashes, spread evenly, so the halves are equal. The second process is a fork: it
makes connections of its own and holds a lock of its own, by which whoever comes after a killed
first process waits for the second.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from kernel.db import session_lock
from kernel.errors import RetryLater, ZhongtaiError
from kernel.house import House


class Keys(NamedTuple):
    """Row keys (hex) from `low` on, below `high`."""

    low: str
    high: str


ALL: Final = Keys("", "g")
FIRST: Final = Keys("", "8")
SECOND: Final = Keys("8", "g")
Work = Callable[[Keys], Counter[str]]


def can_fork() -> bool:
    """A process with several threads is not forked: their locks would stay locked in the fork."""
    return (os.cpu_count() or 1) > 1 and threading.active_count() == 1


def wait_for_second(house: House, name: str) -> None:
    """Until no second process of a killed first one works on that name."""
    with session_lock(house.engine, _second(name)):
        pass


def in_halves(house: House, name: str, work: Work) -> Counter[str]:
    """`work` on both halves; the counts together. Raises what either raises, the first's first."""
    # A fork keeps every connection open that it inherits: the server would not notice the death of
    # the first process, and its locks would stay. None but the session lock's own goes along.
    house.engine.pool.dispose()
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    other = context.Process(target=_work_second, args=(house, name, work, sending, os.getpid()))
    other.start()
    sending.close()
    try:
        counts = work(FIRST)
    except BaseException:
        other.terminate()  # the batch it is at is rolled back
        other.join()
        raise
    try:
        told: Counter[str] | ZhongtaiError = receiving.recv()
    except EOFError:
        raise RetryLater(f"the second process of {name} was ended: run it again") from None
    finally:
        other.join()
    if isinstance(told, ZhongtaiError):
        raise told
    return counts + told


def orphaned(parent: int) -> bool:
    """Whether the process that forked this one is gone."""
    return os.getppid() != parent


def _work_second(house: House, name: str, work: Work, sending: Connection, parent: int) -> None:
    house.engine.dispose(close=False)  # the first process's connections stay its own
    told: Counter[str] | ZhongtaiError
    try:
        with session_lock(house.engine, _second(name)):
            told = Counter() if orphaned(parent) else work(SECOND)
    except ZhongtaiError as error:
        told = error
    with suppress(BrokenPipeError):  # the first one is gone: nobody waits
        sending.send(told)


def _second(name: str) -> str:
    return f"{name}/second"
