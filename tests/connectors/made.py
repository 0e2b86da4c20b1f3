"""Contracts and secrets made for tests, without files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kernel.batch import Batch
from kernel.secrets import Secrets
from registry.contract import Stream, System

STREAM: dict[str, Any] = {
    "kind": "licence",
    "path": "/licences",
    "mode": "incremental",
    "key": ["id"],
    "cursor": "updated",
    "catalogue": "3607X001",
    "share": "conditional",
    "basis": "a law",
    "authorisation": {"document": "a document", "until": "2028-12-31"},
    "complete_since": "2001-01-01",
    "longest_age": "26h",
    "drift": "evolve",
    "dates": "iso",
    "times": "text",
    "fields": {"number": {"column": "number"}, "updated": {"column": "updated"}},
    "ignore": ["id"],
}


def made_stream(name: str = "licence", **changed: Any) -> Stream:
    """A licence stream with columns id, number, updated; `changed` keys replace its own."""
    return Stream.model_validate({**STREAM, "name": name, **changed})


def made_system(transport: dict[str, Any], *streams: Stream) -> System:
    """A system `xx_test` of that transport."""
    return System(
        code="xx_test",
        name="试验系统",
        department="市试验局",
        level="municipal",
        contact="联络员",
        schedule="0 * * * *",
        transport=transport,  # type: ignore[arg-type]
        streams={one.name: one for one in streams or (made_stream(),)},
    )


def made_secrets(home: Path, **values: str) -> Secrets:
    """Secrets `XX_<name>` in a folder."""
    secrets = Secrets(home)
    for name, value in values.items():
        secrets.put(f"XX_{name}", value)
    return secrets


def made_rows(count: int, a_second: int = 7) -> list[dict[str, str | None]]:
    """Rows in the order of (updated, id), `a_second` of them in each second."""
    return [
        {"id": f"r{i:06}", "number": f"n{i}", "updated": time_at(i // a_second)}
        for i in range(count)
    ]


def time_at(second: int) -> str:
    """`second` seconds after the start of a day, as the source writes it."""
    return f"2026-11-20 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def ids(batches: list[Batch]) -> list[str]:
    """The ids of all rows, in order."""
    return [one for batch in batches for one in batch.frame["id"]]
