"""A Singer tap as a child process: no shell, no inherited secrets, bounded lines and time.

Its settings lie in a folder of its own (0700, files 0600) that goes with it. What it writes to its
standard error may hold anything, personal values too: only the name of the last error is taken.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

from kernel.errors import PersonMustAct, RetryLater

#: No message is longer; no tap is silent for longer, seconds.
LONGEST_MESSAGE, MOST_SILENT = 16 << 20, 600.0
BLOCK = 1 << 16
#: A tap that is told to end gets so many seconds to do so.
GRACE = 5.0
_ERROR = re.compile(
    rb"^(?:[a-z_]\w{0,40}\.){0,6}([A-Z]\w{0,60}(?:Error|Exception))\b", re.MULTILINE
)


def program(system: str, command: str, folders: list[Path]) -> Path:
    """The tap's program: only from this environment's own folder or the taps' folder."""
    for folder in folders:
        file = folder / command
        if file.is_file() and os.access(file, os.X_OK):
            return file
    places = " nor ".join(map(str, folders))
    raise PersonMustAct(
        f"the tap {command} of {system} is neither in {places}: install it, or put a link there",
        system=system,
    )


def tap_folders(home: Path) -> list[Path]:
    """Where taps may lie: beside this Python, and in `taps/` of the state folder."""
    return [Path(sys.executable).parent, home / "taps"]


class Tap:
    """One run of a tap. `lines` gives its messages; leaving `running` ends it in any case."""

    def __init__(self, system: str, process: subprocess.Popen[bytes], until: float) -> None:
        if process.stdout is None or process.stderr is None:
            raise ValueError("a tap is started with pipes for what it says")
        self.out, self.said = process.stdout.fileno(), process.stderr.fileno()
        self.system, self.process, self.until = system, process, until
        self.error = b""
        self.listener = Thread(target=self._listen, daemon=True)
        self.listener.start()

    def lines(self) -> Iterator[bytes]:
        """Whole lines. Raises RetryLater: out of time, a line too long, or an end by failure."""
        held = bytearray()
        while block := self._read():
            held += block
            *whole, rest = held.split(b"\n") if b"\n" in block else [held]
            yield from map(bytes, whole)
            held = bytearray(rest)
            if len(held) > LONGEST_MESSAGE:
                raise self._failed(f"writes a line of over {LONGEST_MESSAGE >> 20} MB")
        self._end()
        if held:
            raise self._failed("ended in the middle of a message")

    def _read(self) -> bytes:
        left = min(self.until - time.monotonic(), MOST_SILENT)
        ready, _, _ = select.select([self.out], [], [], max(left, 0))
        if not ready:
            raise self._failed("does not come to its end in the time that it has")
        return os.read(self.out, BLOCK)

    def _end(self) -> None:
        try:
            code = self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            raise self._failed("closed its output and does not end") from None
        self.listener.join(GRACE)
        if code:
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            named = _ERROR.findall(self.error)
            why = f" ({named[-1].decode()})" if named else ""
            raise self._failed(f"ended {how}{why}")

    def _listen(self) -> None:
        """Keep the end of what it says, so that it never waits for a reader."""
        while block := os.read(self.said, BLOCK):
            self.error = (self.error + block)[-BLOCK:]

    def _failed(self, what: str) -> RetryLater:
        return RetryLater(
            f"the tap of {self.system} {what}: what came before it is kept; try again later, "
            "or run it by hand to see why",
            system=self.system,
        )

    def stop(self) -> None:
        """End it and whatever it started."""
        if self.process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):  # then it is killed with the rest
                self.process.wait(GRACE)
        self._signal(signal.SIGKILL)
        self.process.wait()
        self.listener.join(GRACE)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # all of them have ended
            os.killpg(self.process.pid, number)


@contextmanager
def running(
    system: str, file: Path, inputs: Mapping[str, Any], seconds: float, *flags: str
) -> Iterator[Tap]:
    """Run the tap. `inputs`: option → what its JSON file holds (config, catalog, state)."""
    with tempfile.TemporaryDirectory(prefix="tap-") as folder:
        arguments = [str(file), *flags]
        for name, content in inputs.items():
            path = Path(folder) / f"{name}.json"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                json.dump(content, out)
            arguments += [f"--{name}", str(path)]
        environment = {
            "PATH": f"{file.parent}:/usr/bin:/bin",
            "HOME": folder,
            "TMPDIR": folder,
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        }
        with subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            start_new_session=True,
        ) as process:
            tap = Tap(system, process, time.monotonic() + seconds)
            try:
                yield tap
            finally:
                tap.stop()
