"""The landing's tables (schema `landing`), by what they are for."""

from landing.tables.base import TIME, metadata
from landing.tables.brought import asked, nonce, pushed
from landing.tables.records import (
    AMONG_HOLDERS,
    CASE_HALVES,
    CASE_LIVE,
    CASE_ORDER,
    RECORDS,
    case,
    finished,
    item,
    licence,
    material,
)
from landing.tables.refused import finding, hold, quarantine
from landing.tables.runs import (
    batch,
    call,
    circuit,
    column_seen,
    cursor,
    measure,
    pause,
    probe,
    run,
    seen,
)

__all__ = [
    "AMONG_HOLDERS",
    "CASE_HALVES",
    "CASE_LIVE",
    "CASE_ORDER",
    "RECORDS",
    "TIME",
    "asked",
    "batch",
    "call",
    "case",
    "circuit",
    "column_seen",
    "cursor",
    "finding",
    "finished",
    "hold",
    "item",
    "licence",
    "material",
    "measure",
    "metadata",
    "nonce",
    "pause",
    "probe",
    "pushed",
    "quarantine",
    "run",
    "seen",
]
