"""The time that the systems go by, in Asia/Shanghai; a test may set it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))


class Clock:
    """Now, moved by what the truth interface was told."""

    def __init__(self) -> None:
        self._moved = timedelta()

    def now(self) -> datetime:
        """The wall clock in Shanghai, with its zone."""
        return datetime.now(SHANGHAI) + self._moved

    def set(self, at: str | None) -> None:
        """Go on from this Shanghai time (ISO), or with the real one. Raises ValueError."""
        self._moved = timedelta()
        if at is not None:
            wanted = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
            self._moved = wanted - datetime.now(SHANGHAI)
