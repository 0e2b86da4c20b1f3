"""Facets of OpenLineage 2-0-2, each under the version of its schema that it is written by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Facet = dict[str, Any]
#: Who made an event. A name, not an address: a city's network reaches none of ours.
PRODUCER = "urn:zhongtai:platform"
EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_RUN = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet"
_PLACE = "https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}"


def _facet(name: str, version: str, **values: Any) -> Facet:
    url = _PLACE.format(version=version, name=name)
    return {"_producer": PRODUCER, "_schemaURL": url, **values}


def schema(fields: Iterable[tuple[str, str]]) -> Facet:
    """Columns: name and type, in order."""
    listed = [
        {"name": name, "type": kind, "ordinal_position": place}
        for place, (name, kind) in enumerate(fields, 1)
    ]
    return _facet("SchemaDatasetFacet", "1-2-0", fields=listed)


def symlink(namespace: str, name: str) -> Facet:
    """The table in which the dataset lies."""
    one = {"namespace": namespace, "name": name, "type": "TABLE"}
    return _facet("SymlinksDatasetFacet", "1-0-1", identifiers=[one])


def owner(name: str) -> Facet:
    """The department whose data it is."""
    return _facet("OwnershipDatasetFacet", "1-0-1", owners=[{"name": name, "type": "OWNER"}])


def columns(fields: Mapping[str, list[Facet]]) -> Facet:
    """For each column the source columns that it is made of."""
    made = {name: {"inputFields": inputs} for name, inputs in fields.items()}
    return _facet("ColumnLineageDatasetFacet", "1-2-0", fields=made)


def source_column(
    dataset: tuple[str, str], column: str, subtype: str, *, masking: bool = False
) -> Facet:
    """One source of a column. `masking`: hashed or encrypted on the way."""
    way = {"type": "DIRECT", "subtype": subtype, "masking": masking}
    namespace, name = dataset
    return {"namespace": namespace, "name": name, "field": column, "transformations": [way]}


def assertions(found: list[Facet]) -> Facet:
    """What was checked, and whether every row held."""
    return _facet("DataQualityAssertionsDatasetFacet", "1-1-0", assertions=found)


def rows_in(count: int) -> Facet:
    """Rows read."""
    return _facet("InputStatisticsInputDatasetFacet", "1-0-0", rowCount=count)


def rows_out(count: int) -> Facet:
    """Rows written."""
    return _facet("OutputStatisticsOutputDatasetFacet", "1-0-2", rowCount=count)


def parent(namespace: str, job: str, run: str) -> Facet:
    """The DAG's run of which this is a task."""
    values = {"run": {"runId": run}, "job": {"namespace": namespace, "name": job}}
    return _facet("ParentRunFacet", "1-2-0", **values)


def failure(message: str) -> Facet:
    """Why a run failed: the sentence of its record."""
    return _facet("ErrorMessageRunFacet", "1-0-1", message=message, programmingLanguage="PYTHON")


def batch_job() -> Facet:
    """A job that ends."""
    kind = {"processingType": "BATCH", "integration": "ZHONGTAI", "jobType": "TASK"}
    return _facet("JobTypeJobFacet", "2-0-4", **kind)


def our_run(run: str) -> Facet:
    """Our own facet: the run's id here, by which `zhongtai logs` and the tables know it."""
    return {"_producer": PRODUCER, "_schemaURL": _RUN, "run": run}
