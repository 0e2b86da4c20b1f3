"""Structured logs: one JSON line an event, by which a run is followed from its task to its rows.

A line says what it is about by names of a closed list, then a sentence of ours, then figures. What
`about` binds goes to every line below it, in the same thread; a thread of its own is told by hand.
No value of a record and no holder's number is ever given; a long number that stands in a sentence
all the same (a source's words in an error) is masked.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

#: What a line may be about. `request`: the number of a request, ours or one that we sent.
NAMES = ("run", "system", "stream", "batch", "request", "task", "method", "route", "job")
LONG_NUMBER = re.compile(r"\d{14,}[\dXx]")
#: The Cybersecurity Law (网络安全法) asks that logs be kept for six months at least.
KEEP_DAYS = 190
Where = Literal["folder", "stderr"]

_log = logging.getLogger("zhongtai")
_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**names: str) -> Iterator[None]:
    """Every line of the block is about these: run, system, …"""
    before = _about.set({**_about.get(), **names})
    try:
        yield
    finally:
        _about.reset(before)


def bind(**names: str) -> None:
    """The same for the rest of a task that ends by itself: one request."""
    _about.set({**_about.get(), **names})


def info(words: str, **facts: str | float | None) -> None:
    """Something happened as it should. Texts are among NAMES, all else is a figure."""
    _say(logging.INFO, words, facts)


def warning(words: str, **facts: str | float | None) -> None:
    """Something did not go as it should, and mends itself or waits for a person."""
    _say(logging.WARNING, words, facts)


def error(words: str, **facts: str | float | None) -> None:
    """Something failed."""
    _say(logging.ERROR, words, facts)


def _say(level: int, words: str, facts: Mapping[str, str | float | None]) -> None:
    given = {name: value for name, value in facts.items() if value is not None}
    wrong = [name for name, value in given.items() if isinstance(value, str) and name not in NAMES]
    if wrong:
        raise ValueError(f"a line is not about {wrong[0]}: allowed are {', '.join(NAMES)}")
    if _log.isEnabledFor(level):
        _log.log(level, words, extra={"facts": {**_about.get(), **given}})


class Json(logging.Formatter):
    """A record as a line of JSON: time, level, program, what it is about, words, figures."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self.program = program

    def format(self, record: logging.LogRecord) -> str:
        """Times are UTC. Of an error its name and places, never its message."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", None) or dict(_about.get())
        line = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "program": self.program,
            **{name: facts[name] for name in NAMES if name in facts},
            "words": LONG_NUMBER.sub("[number]", record.getMessage().strip()),
        }
        figures = {name: value for name, value in facts.items() if name not in NAMES}
        if figures:
            line["figures"] = figures
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, places = record.exc_info
            line["fault"] = kind.__name__
            line["places"] = [
                f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(places)
            ]
        return json.dumps(line, ensure_ascii=False)


class Plain(logging.Formatter):
    """A record for a person at a terminal; of an error its name and places, never its message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - its name in the standard library
        """A message may repeat a value."""
        kind, _, places = ei
        return "".join(traceback.format_tb(places)) + (kind.__name__ if kind else "")


class Folder(logging.Handler):
    """Appends to `<folder>/<day>.jsonl`. Processes share the file: a line is one write.

    A disk that is full costs lines, never the work that they tell of.
    """

    def __init__(self, folder: Path, program: str) -> None:
        super().__init__(logging.INFO)
        self.folder = folder
        self._place = -1
        self._day: date | None = None
        self.setFormatter(Json(program))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        line = (self.format(record) + "\n").encode()
        try:
            self._turn(datetime.fromtimestamp(record.created, UTC).date())
            os.write(self._place, line)
        except OSError as wrong:
            with suppress(OSError):
                sys.stderr.write(f"a log line could not be written: {wrong.strerror}\n")

    def _turn(self, day: date) -> None:
        """Have the day's file open; anew where somebody removed it meanwhile."""
        if self._day == day and os.fstat(self._place).st_nlink:
            return
        if self._day is not None:
            os.close(self._place)
            self._day = None
        file = self.folder / f"{day}.jsonl"
        if not file.exists():
            self._begin((day - timedelta(days=KEEP_DAYS)).isoformat())
        self._place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        self._day = day

    def close(self) -> None:
        """Let go of the file; a next line opens it again."""
        if self._day is not None:
            os.close(self._place)
        self._day = None
        super().close()

    def _begin(self, oldest: str) -> None:
        """The folder for a day's first line; files of days before `oldest` are gone then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in self.folder.glob("*.jsonl"):
            if file.stem < oldest:
                file.unlink(missing_ok=True)


def folder_of(home: Path) -> Path:
    """Where the lines of an installation are."""
    return home / "logs" / "lines"


def start(program: str, home: Path, where: Where = "folder") -> None:
    """Let this process write its lines; a second call replaces the first.

    `where` folder: all lines go there; a portal's warnings go to standard error too, in plain words
    where that is a terminal, else as JSON. stderr: all lines go there and none to the folder. What
    Airflow runs hands its lines on to the task's log as well.
    """
    for old in _log.handlers[:]:
        _log.removeHandler(old)
        old.close()
    _log.setLevel(logging.INFO)
    _log.propagate = program == "airflow"
    if where == "folder":
        _log.addHandler(Folder(folder_of(home), program))
    if where == "stderr" or program == "portal":
        _log.addHandler(_shown(program, where))


def _shown(program: str, where: Where) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setLevel(logging.INFO if where == "stderr" else logging.WARNING)
    handler.setFormatter(Plain() if sys.stderr.isatty() else Json(program))
    return handler


def take_over(logger: str) -> None:
    """Let a library's own logger write as we do."""
    other = logging.getLogger(logger)
    other.handlers[:] = _log.handlers
    other.propagate = False
