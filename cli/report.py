"""The report of one round. Source rows come from the city's truth, never from the platform."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from certs.licences import read as certs_read
from cli.truth import Truth
from kernel.house import House
from landing import read as landing_read
from landing.tables import probe
from landing.tables import run as run_table
from ledger.verify import verify
from pipeline import view
from registry.contract import System

Json = dict[str, Any]


def make_report(
    house: House, systems: dict[str, System], truth: Truth, seconds: float, example: Json
) -> Json:
    """The JSON of `--report`, as the README lists it."""
    with house.engine.connect() as conn:
        stored = {(c.system, c.stream): c for c in landing_read.counts(conn)}
        rounds = last_runs(conn)
        probes = [row._mapping for row in conn.execute(select(probe))]
        licences = certs_read.counts(conn)
    source = {(one["system"], one["stream"]): one["live"] for one in truth.get("/streams")}
    checked = verify(house)
    return {
        "seconds": round(seconds, 1),
        "systems": [
            _system(system, rounds.get(code), source, stored, probes)
            for code, system in systems.items()
        ],
        "catalogue": asdict(view.catalogue(house)),
        "licences": asdict(licences),
        "ledger": {"entries": checked.entries, "verified": checked.verified},
        "example": {key: example[key] for key in ("case", "materials", "waived")},
    }


def last_runs(conn: Connection) -> dict[str, Any]:
    """Each system's last run that has ended; one that goes on only where there is no other.

    Its schedule may just have begun the next one.
    """
    query = select(run_table).order_by(run_table.c.state != "running", run_table.c.started)
    return {row.system: row for row in conn.execute(query)}


def _system(
    system: System, run: Any, source: dict[Any, int], stored: dict[Any, Any], probes: list[Any]
) -> Json:
    head: Json = {
        "code": system.code,
        "state": "never" if run is None else "ok" if run.state == "done" else run.state,
        "seconds": float(run.seconds or 0) if run is not None else 0.0,
    }
    if all(stream.mode == "lookup" for stream in system.streams.values()):
        mine = [one for one in probes if one["system"] == system.code]
        asked = {"probes": len(mine), "answered": sum(one["answered"] for one in mine)}
        streams = [{"kind": stream.kind, **asked} for stream in system.streams.values()]
        return {**head, **asked, "streams": streams}
    streams = [_stream(system.code, name, s.kind, source, stored) for name, s in _items(system)]
    totals = {key: _total([one[key] for one in streams]) for key in COUNTED}
    return {**head, **totals, "streams": streams}


def _total(counts: list[int | None]) -> int | None:
    """The sum; None where the sandbox does not serve a stream, hence knows no truth of it."""
    known = [one for one in counts if one is not None]
    return sum(known) if len(known) == len(counts) else None


COUNTED = ("source_rows", "stored_rows", "quarantined")


def _items(system: System) -> list[tuple[str, Any]]:
    return list(system.streams.items())


def _stream(
    code: str, name: str, kind: str, source: dict[Any, int], stored: dict[Any, Any]
) -> Json:
    mine = stored.get((code, name))
    return {
        "kind": kind,
        "source_rows": source.get((code, name)),
        "stored_rows": mine.stored if mine else 0,
        "quarantined": mine.quarantined if mine else 0,
    }


def problems(report: Json) -> list[str]:
    """What does not hold in a report, a sentence each."""
    found = []
    for system in report["systems"]:
        if system["state"] == "resting":  # by its contract or a person's word: no fault
            continue
        if system["state"] != "ok":
            found.append(f"{system['code']} is {system['state']}")
        for stream in system["streams"]:
            if "probes" in stream:
                if stream["probes"] != stream["answered"]:
                    found.append(f"{system['code']}: a probe was not answered")
            elif stream["source_rows"] not in (
                None,
                stream["stored_rows"] + stream["quarantined"],
            ):
                found.append(
                    f"{system['code']} {stream['kind']}: {stream['source_rows']} at the source, "
                    f"stored are {stream['stored_rows']}, quarantined {stream['quarantined']}"
                )
    if not report["ledger"]["verified"]:
        found.append("the ledger does not verify")
    return found
