"""The datasets of a run: a system's streams, what landed of them, the licences, the catalogue.

A dataset is one stream of one system, also where many lie in one table: else every system would
seem to feed every licence. The table is named beside it, by a symlink.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Table, make_url

from certs.licences.publish import CARRIED
from certs.tables import licence
from kernel.settings import Settings
from landing.tables import RECORDS
from pipeline.lineage import facets
from registry.contract import Stream, System
from registry.fields import FIELDS

Dataset = dict[str, Any]
#: Numbers of holders, and the keyed hash that each becomes.
HASHES = {
    "holder_number": "holder_hash",
    "co_holder_number": "co_holder_hash",
    "applicant_number": "holder_hash",
}


class Names:
    """How an installation calls its jobs and datasets: under its portal's host."""

    def __init__(self, settings: Settings) -> None:
        self.namespace = f"zhongtai://{urlsplit(settings.portal_url).netloc}"
        url = make_url(settings.database_url)
        self.database = f"postgres://{url.host}:{url.port or 5432}"
        self.name = url.database

    def source(self, system: System, stream: Stream) -> Dataset:
        """What the system has. Its address is a secret and stays one."""
        known = sorted(stream.known_columns())
        made = {
            "schema": facets.schema((name, "text") for name in known),
            "ownership": facets.owner(system.department),
        }
        return self._dataset(f"source.{system.code}.{stream.name}", made)

    def landed(self, system: System, stream: Stream, *, lineage: bool = False) -> Dataset:
        """What landed of it. `lineage`: with the source column of each column."""
        table = RECORDS[stream.kind]
        made = self._table(table)
        if lineage:
            source = (self.namespace, f"source.{system.code}.{stream.name}")
            made["columnLineage"] = facets.columns(landed_from(stream, table, source))
        return self._dataset(f"landing.{stream.kind}.{system.code}.{stream.name}", made)

    def licences(self, system: System, stream: Stream) -> Dataset:
        """The licences sealed of it, with the landed column of each column."""
        made = self._table(licence)
        landed = (self.namespace, f"landing.licence.{system.code}.{stream.name}")
        same = {name: [facets.source_column(landed, name, "IDENTITY")] for name in COPIED}
        same["state"] = [facets.source_column(landed, "status", "TRANSFORMATION")]
        for name in ("sealed", "leaf_hash"):
            same[name] = [facets.source_column(landed, "sealed", "TRANSFORMATION", masking=True)]
        made["columnLineage"] = facets.columns(same)
        return self._dataset(f"certs.licence.{system.code}.{stream.name}", made)

    def catalogue(self, name: str) -> Dataset:
        """A part of the catalogue: the unified one, or its published versions."""
        return self._dataset(f"catalog.{name}", {})

    def _table(self, table: Table) -> dict[str, Any]:
        kinds = ((column.name, str(column.type).lower()) for column in table.columns)
        return {
            "schema": facets.schema(kinds),
            "symlinks": facets.symlink(self.database, f"{self.name}.{table.schema}.{table.name}"),
        }

    def _dataset(self, name: str, made: dict[str, Any]) -> Dataset:
        return {"namespace": self.namespace, "name": name, "facets": made}


#: Columns that a landed row and the licence made of it share. A version is counted anew.
COPIED = tuple(name for name in CARRIED if name != "version")


def landed_from(
    stream: Stream, table: Table, source: tuple[str, str]
) -> dict[str, list[facets.Facet]]:
    """For each column of the landing the source columns that the contract maps to it."""
    made: dict[str, list[facets.Facet]] = {}

    def add(target: str, column: str, subtype: str, *, masking: bool) -> None:
        if target in table.columns:
            found = facets.source_column(source, column, subtype, masking=masking)
            made.setdefault(target, []).append(found)

    for name, mapped in stream.fields.items():
        field = FIELDS[stream.kind][name]
        if field.personal:
            add("sealed", mapped.column, "TRANSFORMATION", masking=True)
            add(HASHES.get(name, ""), mapped.column, "TRANSFORMATION", masking=True)
            continue
        plain = field.holds == "text" and mapped.values is None
        target = "source_time" if name == "updated" else name
        add(target, mapped.column, "IDENTITY" if plain else "TRANSFORMATION", masking=False)
    for column in _once(stream.details.values()):
        add("sealed", column, "TRANSFORMATION", masking=True)
    for column in stream.key:
        add("key_hash", column, "TRANSFORMATION", masking=True)
    return made


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
