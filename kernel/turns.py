"""Threads that read, judge and store in turn, and wait for one another's data.

A thread that comes back from the database or the store waits for the interpreter until the one at
work gives way. Python's own interval, 5 ms, is as long as what most of these threads have to do.
"""

from __future__ import annotations

import sys
from typing import Final

#: Seconds that a thread keeps the interpreter while another one wants it.
TURN: Final = 0.0005


def quick_turns() -> None:
    """Let threads of this process take turns quickly, from now on."""
    if sys.getswitchinterval() > TURN:
        sys.setswitchinterval(TURN)
