"""Work on a stranger's bytes in a process of its own, which ends when it takes too much.

Parsers have bounds of their own; this one holds whatever they forget. The process is a fork, so
nothing is handed over but the answer, and a check costs some milliseconds more.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

#: Seconds of the clock, and bytes beyond what the process has when it begins.
SECONDS: Final = 10.0
BYTES: Final = 300 * 1024 * 1024

Answer = TypeVar("Answer")


class TooMuch(Exception):
    """The work took more time or memory than it may, or ended without an answer."""


def bounded(work: Callable[[], Answer], seconds: float = SECONDS, memory: int = BYTES) -> Answer:
    """What `work` answers, a value that can be pickled. Raises TooMuch."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, write, seconds, memory)
    os.close(write)
    try:
        data = _gathered(read, time.monotonic() + seconds)
    finally:
        os.close(read)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not data:
        raise TooMuch
    answer: Answer = pickle.loads(data)  # noqa: S301 - written by our own fork
    return answer


def _work(work: Callable[[], Answer], out: int, seconds: float, memory: int) -> None:
    """The child's whole life."""
    try:
        limit = _now_used() + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        data = pickle.dumps(work())
        while data:
            data = data[os.write(out, data) :]
    finally:
        os._exit(0)  # no clean-up of what belongs to the parent


def _now_used() -> int:
    """Bytes of address space that the process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _gathered(read: int, deadline: float) -> bytes:
    """All that the child writes until it ends; nothing when it is late."""
    parts: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([read], [], [], left)[0]:
            return b""
        part = os.read(read, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
