"""Memory that is given back: large blocks of a long run must not stay with the process.

glibc raises its own limits with each large block that is freed, and keeps an arena for every
thread: a sync of many batches then holds twice what it uses.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# mallopt(3): numbers of glibc's malloc.h, and what they are set to.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
SETTINGS = {MMAP_THRESHOLD: 1 << 20, TRIM_THRESHOLD: 8 << 20, ARENA_MAX: 2}


@cache
def steady() -> bool:
    """Fix glibc's limits for this process, once. False where there is no glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all(mallopt(number, value) == 1 for number, value in SETTINGS.items())


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: work on many objects that make none, and that soon go.

    What they refer to is freed as ever. In a process of several threads it holds for all of them.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
