"""Large blocks go back to the system when they are freed; cycles are searched for when asked."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from kernel.memory import uncollected

# In a process of its own: what the other tests left free in this one's heap would serve the block.
THREE_LARGE_BLOCKS = """
import ctypes
import psutil
from kernel.memory import steady

assert not {steady} or steady()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
size = 24 << 20
kept = 0
for _ in range(3):
    block = libc.malloc(size)
    ctypes.memset(block, 1, size)
    held = psutil.Process().memory_info().rss
    libc.free(block)
    kept += psutil.Process().memory_info().rss > held - size // 2
print(kept)
"""


def kept_blocks(steady: bool) -> int:
    program = THREE_LARGE_BLOCKS.format(steady=steady)
    ended = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return int(ended.stdout)


def test_a_large_block_that_is_freed_is_no_longer_held() -> None:
    assert kept_blocks(steady=True) == 0


def test_glibc_by_itself_keeps_blocks_of_this_size() -> None:
    assert kept_blocks(steady=False) > 0


def stopped_half_way() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
        raise ValueError("half way")


def test_cycles_are_searched_for_again_afterwards_whatever_happens() -> None:
    with pytest.raises(ValueError, match="half way"):
        stopped_half_way()
    assert gc.isenabled()
