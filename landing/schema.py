"""The schema contract: what a batch's columns are, beside what the contract and the past say.

`evolve` lands the rows and keeps what is new; `freeze` lets nothing of the batch land when a column
that it needs is missing or of another type; `quarantine` refuses the rows of a changed batch until
the contract is brought up to date. In all three each difference is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, select

from kernel.errors import SchemaChanged
from kernel.house import House
from landing import columns_seen, findings, renames, shapes
from landing.columns import cells, is_mask, trimmed
from landing.columns_seen import Seen
from landing.findings import Finding
from landing.judged import Judged
from landing.normalise import DELETE
from landing.place import Place
from landing.reasons import Refusal
from landing.tables import finding
from registry.contract import Stream

SETTLED = 3


@dataclass(frozen=True)
class Drift:
    """How a batch differs. `told`: columns whose type or form could be told, with both."""

    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    retyped: Mapping[str, str] = field(default_factory=dict)  # column → was and is, in words
    renamed: Mapping[str, str] = field(default_factory=dict)  # missing column → its new name
    empty: tuple[str, ...] = ()
    told: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """Every difference in one sentence part; empty when there is none."""
        parts = [f"{old} seems to be called {new} now" for old, new in self.renamed.items()]
        rest = [name for name in self.missing if name not in self.renamed]
        parts += [f"the column {name} is missing" for name in rest]
        parts += [f"the column {name} changed: {said}" for name, said in self.retyped.items()]
        rest = [name for name in self.new if name not in self.renamed.values()]
        return "; ".join(parts + [f"the column {shown(name)} is new" for name in rest])


def shown(name: str) -> str:
    """A column's name as it may be shown: a file without its header has values for names."""
    return "(a name with many digits)" if findings.MANY_DIGITS.search(name) else name


def needed(stream: Stream) -> frozenset[str]:
    """The columns that a stream cannot do without."""
    return stream.known_columns() - set(stream.ignore) | set(stream.key)


def compare(house: House, place: Place, table: pa.Table, types: Mapping[str, str]) -> Drift:
    """How the batch differs. Raises SchemaChanged, with its findings noted, on a frozen stream."""
    stream = place.stream
    if table.num_rows == 0 or _only_deletes(stream, table):
        return Drift()
    with house.engine.connect() as conn:
        known = columns_seen.read(conn, place)
    drift = _differences(stream, table, types, known)
    frozen = replace(drift, new=())
    if stream.drift == "freeze" and frozen.says:
        with house.engine.begin() as conn:
            findings.record(conn, place, found(drift) + _missing(drift))
        raise SchemaChanged(
            f"{place.system} {stream.name}, batch {place.batch}: {frozen.says}; the stream is "
            "frozen, so nothing of it landed: mend the source or its YAML, then sync again",
            system=place.system,
            stream=stream.name,
        )
    return drift


def _only_deletes(stream: Stream, table: pa.Table) -> bool:
    sign = stream.deletes
    if sign is None or sign.sign != "flag" or sign.column not in table.column_names:
        return False
    return bool(is_mask(trimmed(cells(table, sign.column)), sign.value or "").all())


def _differences(
    stream: Stream, table: pa.Table, types: Mapping[str, str], known: Mapping[str, Seen]
) -> Drift:
    present, some = set(table.column_names), shapes.sample(table)
    wanted = needed(stream)
    new = tuple(sorted(present - stream.known_columns()))
    missing = tuple(sorted(wanted - present))
    forms = {name: shapes.shape(cells(some, name)) for name in sorted(present)}
    told = {n: Seen(types.get(n), form) for n, form in forms.items()}
    retyped = _retyped(stream, some, told, known)
    empty = _emptied(table, sorted(wanted & present), known) if table.num_rows >= 20 else ()
    told.update({name: Seen(types.get(name), None) for name in empty})
    renamed = renames.fit(stream, missing, new, told, known)
    return Drift(new, missing, retyped, renamed, empty, told)


def _emptied(table: pa.Table, names: list[str], known: Mapping[str, Seen]) -> tuple[str, ...]:
    """Columns that had values before and have none now."""
    had = [name for name in names if name in known and known[name].shape is not None]
    return tuple(name for name in had if shapes.is_empty(table, name))


def _retyped(
    stream: Stream, some: pa.Table, told: Mapping[str, Seen], known: Mapping[str, Seen]
) -> dict[str, str]:
    """By the source's types; by the form that the contract declares; else by the settled form."""
    found: dict[str, str] = {}
    declared = shapes.expected(stream)
    for name in sorted(needed(stream) & set(told)):
        now, before = told[name], known.get(name)
        if now.type and before and before.type and now.type != before.type:
            found[name] = f"it was {before.type} and is {now.type}"
        elif name in declared:
            other = shapes.contradicts(cells(some, name), declared[name])
            if other is not None:
                found[name] = f"it should hold {_words(declared[name])} and holds {_words(other)}"
        elif before and before.agreed >= SETTLED and _unlike(before.shape, now.shape):
            found[name] = f"it held {_words(before.shape)} and holds {_words(now.shape)}"
    return found


def _unlike(was: str | None, now: str | None) -> bool:
    return was not in (None, *shapes.LOOSE) and now is not None and was != now


def _words(shape: str | None) -> str:
    return shapes.IN_WORDS.get(shape or "", shape or "")


def found(drift: Drift) -> list[Finding]:
    """The findings of a difference besides new and missing columns, which judging gives."""
    says = [
        Finding("renamed_column", old, f"{old} seems to be called {shown(new)} now")
        for old, new in drift.renamed.items()
    ]
    says += [Finding("retyped_column", name, said) for name, said in drift.retyped.items()]
    text = "a column that had values before has none in the whole batch"
    return says + [Finding("empty_column", name, text) for name in drift.empty]


def note(conn: Connection, place: Place, drift: Drift) -> None:
    """Open and close the findings of a landed batch, and remember what its columns are."""
    findings.record(conn, place, found(drift))
    sure = [name for name, seen in drift.told.items() if seen.type or seen.shape]
    plain = [name for name in sure if name not in drift.retyped]
    findings.close_named(conn, place, "retyped_column", plain)
    filled = [name for name, seen in drift.told.items() if seen.shape is not None]
    findings.close_named(conn, place, "empty_column", filled)
    columns_seen.remember(conn, place, drift.told, frozenset(drift.retyped))


def _missing(drift: Drift) -> list[Finding]:
    text = "a column of the contract is not in the data"
    return [Finding(findings.MISSING_COLUMN, name, text) for name in drift.missing]


def refuse(read: Judged, stream: Stream, drift: Drift) -> Judged:
    """The rows of a changed batch, refused where the contract says so; deletes still count."""
    if stream.drift != "quarantine" or not drift.says:
        return read
    changed = [*drift.missing, *drift.retyped, *drift.new]
    why = Refusal("schema", shown(changed[0]), f"the source's columns have changed: {drift.says}")
    living = np.flatnonzero(~is_mask(read.rows.operation, DELETE)).tolist()
    return replace(read, refused=dict.fromkeys(living, why) | _keyless(read))


def _keyless(read: Judged) -> dict[int, Refusal]:
    return {spot: why for spot, why in read.refused.items() if why.rule == "key"}


def of_row(house: House, place: Place, new: tuple[str, ...], missing: tuple[str, ...]) -> Drift:
    """What still stands against rows of a changed batch when they are judged again.

    A type that changed stands until its finding is closed or a person has acknowledged it.
    """
    query = select(finding.c.subject, finding.c.detail).where(
        place.mine(finding),
        finding.c.kind == "retyped_column",
        finding.c.closed_at.is_(None),
        finding.c.acknowledged_at.is_(None),
    )
    with house.engine.connect() as conn:
        retyped = {row.subject: row.detail for row in conn.execute(query)}
    lacking = tuple(name for name in missing if name in needed(place.stream))
    return Drift(new=new, missing=lacking, retyped=retyped)
