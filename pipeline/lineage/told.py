"""Telling a run: START when it begins; COMPLETE, FAIL or ABORT when it ends, with what it did.

Each try is a run of its own to OpenLineage; tries, and the tasks of one DAG run, have one parent.
Nothing is told where the setting `lineage` is empty, and no failure to tell ends a run.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, select

from kernel import logs
from kernel.errors import Resting, ZhongtaiError
from kernel.house import House
from landing.checks import checks_of
from landing.reasons import source_column
from landing.tables import batch
from pipeline.lineage import facets
from pipeline.lineage.datasets import Dataset, Names
from pipeline.lineage.sending import send
from registry.applied import read as read_registry
from registry.contract import Stream, System

Sets = tuple[list[Dataset], list[Dataset]]


@contextmanager
def told(
    house: House, job: tuple[str, str], run: str, sets: Callable[[Names, bool], Sets]
) -> Iterator[None]:
    """Tell the run of a job. `job`: the DAG's name and the step's. `sets`: inputs and outputs,
    before it ran and (true) after it."""
    if not house.settings.lineage:
        yield
        return
    names, number = Names(house.settings), str(uuid.uuid4())

    def tell(kind: str, error: str | None = None) -> None:
        try:
            found = sets(names, kind == "COMPLETE")
            send(house, _event(house, names, kind, (job, run, number), found, error))
        except Exception as wrong:  # noqa: BLE001 - whatever is wrong with telling, the run goes on
            logs.warning(f"lineage was not told: {type(wrong).__name__}")

    tell("START")
    try:
        yield
    except Resting as rest:
        tell("ABORT", str(rest))
        raise
    except ZhongtaiError as error:
        tell("FAIL", str(error))
        raise
    except BaseException as error:
        tell("FAIL", f"ended by {type(error).__name__}")
        raise
    tell("COMPLETE")


def _event(
    house: House,
    names: Names,
    kind: str,
    which: tuple[tuple[str, str], str, str],
    found: Sets,
    error: str | None,
) -> dict[str, Any]:
    (dag, step), run, number = which
    whole = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{names.namespace}/{dag}/{run}"))
    about = {
        "parent": facets.parent(names.namespace, dag, whole),
        "zhongtai_run": facets.our_run(run),
    }
    if error is not None:
        about["errorMessage"] = facets.failure(error)
    return {
        "eventType": kind,
        "eventTime": house.clock().isoformat(),
        "producer": facets.PRODUCER,
        "schemaURL": facets.EVENT,
        "run": {"runId": number, "facets": about},
        "job": {
            "namespace": names.namespace,
            "name": f"{dag}.{step}",
            "facets": {"jobType": facets.batch_job()},
        },
        "inputs": found[0],
        "outputs": found[1],
    }


def syncing(
    house: House, system: System, run: str, streams: Sequence[Stream]
) -> Callable[[Names, bool], Sets]:
    """What a sync reads and writes. A look-up stream is read and leaves nothing."""

    def sets(names: Names, after: bool) -> Sets:
        inputs, outputs = [], []
        for stream in streams:
            came, went = names.source(system, stream), names.landed(system, stream, lineage=True)
            if after:
                rows = _batches(house, system.code, stream.name, run)
                came["inputFacets"] = {
                    "inputStatistics": facets.rows_in(sum(row.rows for row in rows)),
                    "dataQualityAssertions": facets.assertions(_checked(stream, rows)),
                }
                count = facets.rows_out(sum(row.stored for row in rows))
                went["outputFacets"] = {"outputStatistics": count}
            inputs.append(came)
            if stream.mode != "lookup":
                outputs.append(went)
        return inputs, outputs

    return sets


def _batches(house: House, system: str, stream: str, run: str) -> Sequence[Row[Any, Any, Any]]:
    c = batch.c
    these = (c.system == system, c.stream == stream, c.run == run)
    with house.engine.connect() as conn:
        return conn.execute(select(c.rows, c.stored, c.facts).where(*these)).all()


def _checked(stream: Stream, rows: Sequence[Row[Any, Any, Any]]) -> list[facets.Facet]:
    """Each check that great-expectations ran over the run's rows, and how many rows broke it."""
    failed: Counter[str] = Counter()
    for row in rows:
        failed.update((row.facts or {}).get("failed", {}))
    if not rows:
        return []
    found = []
    for check in checks_of(stream):
        name = f"{check.rule} {check.field}".strip()
        one: facets.Facet = {
            "assertion": check.rule,
            "name": name,
            "success": not failed[name],
            "severity": "error",
            "actual": f"{failed[name]} rows refused",
        }
        column = source_column(stream, check)
        found.append(one | ({"column": column} if column else {}))
    return found


def sealing(house: House, code: str, counted: Callable[[], int]) -> Callable[[Names, bool], Sets]:
    """What a system's sealing reads and writes. `counted`: licences sealed, once it ended."""

    def sets(names: Names, after: bool) -> Sets:
        system = read_registry(house.settings.home)[code]
        streams = [one for one in system.streams.values() if one.kind == "licence"]
        outputs = [names.licences(system, one) for one in streams]
        if after and len(outputs) == 1:
            outputs[0]["outputFacets"] = {"outputStatistics": facets.rows_out(counted())}
        return [names.landed(system, one) for one in streams], outputs

    return sets


def unifying(house: House) -> Callable[[Names, bool], Sets]:
    """What unify reads and writes."""

    def sets(names: Names, after: bool) -> Sets:
        del after
        inputs = [
            names.landed(system, stream)
            for system in read_registry(house.settings.home).values()
            for stream in system.streams.values()
            if stream.kind in ("item", "material")
        ]
        return inputs, [names.catalogue("unified")]

    return sets


def publishing(names: Names, after: bool) -> Sets:
    """What publishing the catalogue reads and writes."""
    del after
    return [names.catalogue("unified")], [names.catalogue("published")]
