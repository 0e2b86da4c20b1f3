"""Anything with a Singer tap: run it, read its messages, keep its state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from connectors.messages import Messages
from connectors.protocol import Client
from connectors.reading import load
from connectors.tap import program, running, tap_folders
from kernel.batch import Batch
from kernel.errors import PersonMustAct
from kernel.secrets import Secrets
from registry.contract import SingerTransport, Stream, System

#: What a tap may take to list its streams, seconds; what the list may hold, bytes.
DISCOVERY, LONGEST_CATALOG = 120.0, 64 << 20
MINUTES = 60


class SingerClient(Client):
    """One tap. A stream's `path` is the tap's name of it."""

    def __init__(self, system: System, transport: SingerTransport, secrets: Secrets) -> None:
        super().__init__(system)
        self.transport = transport
        folders = tap_folders(secrets.folder.parent)
        self.file = program(system.code, transport.command, folders)
        hidden = {name: secrets.get(secret) for name, secret in transport.secrets.items()}
        self.config = {**transport.config, **hidden}
        self._catalog: dict[str, Any] | None = None

    def check(self) -> None:
        """Ask the tap for its list; every stream of the contract is on it."""
        for stream in self.system.streams.values():
            self._selected(stream)

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Rows from the tap's own state on. Raises RetryLater when it fails or is killed."""
        again = full or stream.mode == "full"
        inputs = {"config": self.config, "catalog": self._selected(stream)}
        state = load(self.system.code, stream, cursor, again).get("state")
        if state is not None:
            inputs["state"] = state
        seconds = 60.0 * (self.transport.minutes or MINUTES)
        with running(self.system.code, self.file, inputs, seconds) as tap:
            yield from Messages(self.system.code, stream).batches(tap.lines())

    def _selected(self, stream: Stream) -> dict[str, Any]:
        """The catalog with this one stream chosen, its columns all."""
        catalog = self._discovered()
        found = [one for one in catalog["streams"] if _name(one) == stream.path]
        if not found:
            raise PersonMustAct(
                f"the tap of {self.system.code} has no stream {stream.path}: it has "
                f"{', '.join(sorted(map(_name, catalog['streams']))) or 'none'}",
                system=self.system.code,
                stream=stream.name,
            )
        return {"streams": [_chosen(found[0], stream)]}

    def _discovered(self) -> dict[str, Any]:
        if self._catalog is None:
            inputs = {"config": self.config}
            code, size, text = self.system.code, 0, []
            with running(code, self.file, inputs, DISCOVERY, "--discover") as tap:
                for line in tap.lines():
                    size += len(line)
                    if size > LONGEST_CATALOG:
                        raise self._no_catalog()
                    text.append(line)
            try:
                catalog = json.loads(b"\n".join(text))
            except (ValueError, RecursionError):
                catalog = None
            streams = catalog.get("streams") if isinstance(catalog, dict) else None
            if not isinstance(streams, list) or not all(isinstance(one, dict) for one in streams):
                raise self._no_catalog()
            self._catalog = {"streams": streams}
        return self._catalog

    def _no_catalog(self) -> PersonMustAct:
        return PersonMustAct(
            f"the tap of {self.system.code} does not list its streams with --discover: "
            "look whether its settings are complete",
            system=self.system.code,
        )


def _name(entry: dict[str, Any]) -> str:
    return str(entry.get("tap_stream_id") or entry.get("stream"))


def _chosen(entry: dict[str, Any], stream: Stream) -> dict[str, Any]:
    """A catalog entry as the Singer specification marks one that is wanted.

    The tap's own replication key stands; the contract's cursor only where it names none.
    """
    method = "INCREMENTAL" if stream.mode == "incremental" else "FULL_TABLE"
    wanted: dict[str, Any] = {"selected": True, "replication-method": method}
    keys = {"replication_method": method}
    if stream.mode == "incremental":
        key = str(entry.get("replication_key") or stream.cursor)
        keys["replication_key"] = wanted["replication-key"] = key
    marks = [one for one in entry.get("metadata", ()) if isinstance(one, dict)]
    top: dict[str, Any] = next(
        (one.get("metadata", {}) for one in marks if not one.get("breadcrumb")), {}
    )
    columns = [
        {**one, "metadata": {**one.get("metadata", {}), "selected": True}}
        for one in marks
        if one.get("breadcrumb")
    ]
    chosen = {"breadcrumb": [], "metadata": {**top, **wanted}}
    return {**entry, **keys, "metadata": [*columns, chosen]}
