"""Singer messages to batches: rows, the source's types, and its state as our cursor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from connectors.chunks import UNFIT, Chunk, chunk_of
from connectors.frames import BATCH, Row
from connectors.reading import dump
from kernel.batch import Batch
from kernel.errors import Disagrees
from registry.contract import Stream

_TYPE = re.compile(r"[A-Z_]{1,40}")


class Messages:
    """Reads the messages of one stream. Rows of other streams are passed over.

    A state counts for the rows before it: it becomes the cursor of the batch that holds them.
    """

    def __init__(self, system: str, stream: Stream) -> None:
        self.system, self.stream = system, stream
        self.types: dict[str, str] | None = None
        self.held: list[Row] = []
        self.safe, self.part = 0, 0
        self.state: Any = None

    def batches(self, lines: Iterable[bytes]) -> Iterator[Batch]:
        """Batches of about BATCH.rows rows. Raises Disagrees for what is no Singer message."""
        for number, line in enumerate(lines, start=1):
            if line.strip():
                self._take(self._message(line, number), line, number)
            if self.safe >= BATCH.rows:
                yield self._batch(self.safe)
            elif len(self.held) - self.safe > BATCH.rows:
                yield self._batch(len(self.held) - 1)  # a state still to come needs a row
        if self.types is None:
            raise self._odd("singer_stream", self.stream.path, "the tap gave no such stream")
        if self.held:
            yield self._batch(len(self.held))

    def _message(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            message = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise self._odd("singer_message", "line", f"line {number} of its tap is no message")
        return message

    def _take(self, message: dict[str, Any], line: bytes, number: int) -> None:
        kind, mine = message.get("type"), message.get("stream") == self.stream.path
        match kind:
            case "SCHEMA":
                if mine:
                    self.types = types_of(message.get("schema"))
            case "RECORD":
                if mine:
                    self._record(message.get("record"), number)
            case "STATE":  # kept as the tap wrote it; numbers stay numbers
                self.safe, self.state = len(self.held), json.loads(line).get("value")
            case "ACTIVATE_VERSION":
                """A full read says so itself here: what is not in it is gone."""
            case _:
                known = kind if isinstance(kind, str) and _TYPE.fullmatch(kind) else "unknown"
                text = f"its tap sends messages of a type that is not known: {known}"
                raise self._odd("singer_message", known, text)

    def _record(self, record: object, number: int) -> None:
        if self.types is None:
            text = "its tap sends rows before their schema"
            raise self._odd("singer_message", "RECORD", text)
        if not isinstance(record, dict):
            raise self._odd("singer_message", "RECORD", f"line {number} of its tap holds no row")
        self.held.append({UNFIT.sub("", name).lstrip("+"): cell for name, cell in record.items()})

    def _batch(self, count: int) -> Batch:
        """The first `count` held rows. The state goes with the batch that holds all before it."""
        rows, self.held = self.held[:count], self.held[count:]
        cursor = None
        if self.state is not None and count >= self.safe:
            cursor, self.state = dump(state=self.state), None
        self.safe = max(0, self.safe - count)
        self.part += 1
        types = self.types or {}
        chunk: Chunk = chunk_of(rows, types)
        return Batch(chunk.frame(types), cursor, facts={"part": self.part}, types=types)

    def _odd(self, kind: str, subject: str, text: str) -> Disagrees:
        return Disagrees(
            f"{self.system} {self.stream.name}: {text}; look whether the tap and its settings "
            "are the right ones",
            kind,
            subject,
            system=self.system,
            stream=self.stream.name,
        )


def types_of(schema: object) -> dict[str, str]:
    """Column → its types and format in one text, like `null|string:date-time`."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {name: _type(one) for name, one in properties.items()}


def _type(said: object) -> str:
    if not isinstance(said, dict):
        return "any"
    kinds = said.get("type", "any")
    text = "|".join(sorted(map(str, kinds))) if isinstance(kinds, list) else str(kinds)
    form = said.get("format")
    return f"{text}:{form}"[:100] if form else text[:100]
