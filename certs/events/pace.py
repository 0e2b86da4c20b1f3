"""How long to wait before a receiver is tried again."""

from __future__ import annotations

import secrets
from datetime import timedelta

FIRST, LONGEST = 5.0, 3600.0  # seconds


def wait(tries: int) -> timedelta:
    """How long to wait before the next try: doubled each time, and half of it by chance."""
    whole = min(LONGEST, FIRST * 2.0 ** min(tries, 20))
    return timedelta(seconds=whole / 2 + secrets.randbelow(int(whole * 500) + 1) / 1000)
