"""Large blocks go back to the system when they are freed."""

from __future__ import annotations

import ctypes

import psutil

from kernel.memory import steady


def test_a_large_block_that_is_freed_is_no_longer_held() -> None:
    assert steady()
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    size = 64 << 20
    for _ in range(3):  # glibc by itself would keep blocks of this size from the second on
        block = libc.malloc(size)
        ctypes.memset(block, 1, size)
        held = psutil.Process().memory_info().rss
        libc.free(block)
        assert psutil.Process().memory_info().rss < held - size // 2
