"""Checks by great-expectations, compiled from the contract.

Each check is one expectation about the state of a field (see `landing.normalise`), of the row's
operation or of the table's columns. A state is one of a few words, so a batch of any size holds few
different combinations of them: great-expectations sees each combination once a process, and what it
says of a combination holds for all its rows. It sees states and column names: no person's value can
come out of it.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from kernel.errors import Stop
from landing.columns import Column, Spots
from landing.normalise import DATE_ORDER, DELETE, KEEP, Normalised
from landing.states import EMPTY, HELD
from registry.contract import Stream
from registry.fields import FIELDS, StandardField

OPERATION = "operation"
NUMBERS = ("holder_number", "co_holder_number", "applicant_number")
SOURCE = "source:"  # marks the names of source columns in the checked frame


@dataclass(frozen=True)
class Check:
    """One rule of a stream. `allowed`: the states of `field` (or the table's columns)."""

    rule: str  # columns | operation | required | category | date | time | number | holder | …
    field: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Which rows (by their place) failed which checks, and what to keep with the batch."""

    failed: dict[int, tuple[Check, ...]]
    facts: dict[str, Any]


@dataclass
class Suite:
    """A contract's checks, compiled. `known`: what was said of combinations seen before."""

    rules: list[Check]
    definition: Any
    suite: Any
    known: dict[tuple[str, ...], tuple[Check, ...]] = field(default_factory=dict)
    columns: dict[tuple[str, ...], bool] = field(default_factory=dict)


def checks_of(stream: Stream) -> list[Check]:
    """The checks that a stream's contract asks for."""
    declared = tuple(SOURCE + name for name in sorted(stream.known_columns()))
    found = [Check("columns", "", declared), Check("operation", OPERATION, (KEEP,))]
    for name, mapped in stream.fields.items():
        meanings = tuple(sorted(set((mapped.values or {}).values())))
        found += _field_checks(FIELDS[stream.kind][name], meanings)
    if {"valid_from", "valid_to"} <= set(stream.fields):
        found.append(Check(DATE_ORDER, DATE_ORDER, (HELD,)))
    return found


def _field_checks(standard: StandardField, meanings: tuple[str, ...]) -> Iterator[Check]:
    optional = () if standard.required else (EMPTY,)
    if meanings:
        yield Check("category", standard.name, (*meanings, *optional))
    elif standard.holds in ("date", "time", "number"):
        yield Check(standard.holds, standard.name, (HELD, *optional))
    elif standard.name in NUMBERS:
        yield Check("holder", standard.name, (HELD, *optional))
    elif standard.required:
        yield Check("required", standard.name, (HELD,))


def check(stream: Stream, rows: Normalised) -> Verdict:
    """Check the rows that live or whose operation is unknown; deleted ones only need their key."""
    compiled = _compiled(stream.model_dump_json())
    places, combinations, number = _combinations(compiled.rules, rows)
    if not len(places):
        return Verdict({}, {"checked": 0})
    _ask(compiled, combinations, sorted(stream.known_columns() - set(rows.missing)))
    failed: dict[int, tuple[Check, ...]] = {}
    counts: dict[str, int] = {}
    for at, combination in enumerate(combinations):
        broken = compiled.known[combination]
        if not broken:
            continue
        mine = places[number == at].tolist()
        failed.update(dict.fromkeys(mine, broken))
        for rule in broken:
            name = f"{rule.rule} {rule.field}".strip()
            counts[name] = counts.get(name, 0) + len(mine)
    facts = {"checked": len(places), "checks": len(compiled.rules), "failed": counts}
    return Verdict(failed, facts)


def _combinations(
    rules: Sequence[Check], rows: Normalised
) -> tuple[Spots, list[tuple[str, ...]], npt.NDArray[np.int64]]:
    """The checked rows' places, the different combinations of their states, and each row's one."""
    columns = [_states(rows, rule.field) for rule in rules if rule.field]
    whole: npt.NDArray[np.int64] = np.zeros(rows.size, np.int64)
    words: list[list[str]] = []
    for column in columns:
        encoded: Any = column.dictionary_encode()
        words.append(encoded.dictionary.to_pylist())
        whole = whole * len(words[-1]) + encoded.indices.to_numpy().astype(np.int64)
        _, whole = np.unique(whole, return_inverse=True)  # keeps the number small
    operation: Any = rows.operation
    places = np.flatnonzero(operation.to_numpy(zero_copy_only=False) != DELETE).astype(np.int64)
    _, first, number = np.unique(whole[places], return_index=True, return_inverse=True)
    chosen = pa.array(places[first], pa.int64())
    told = [column.take(chosen).to_pylist() for column in columns]
    return places, list(zip(*told, strict=True)), number.astype(np.int64)


def _states(rows: Normalised, field: str) -> Column:
    return rows.operation if field == OPERATION else rows.states[field]


def _ask(compiled: Suite, combinations: list[tuple[str, ...]], columns: list[str]) -> None:
    """Let great-expectations judge what it has not seen yet. Raises Stop when it cannot."""
    new = [one for one in combinations if one not in compiled.known]
    if not new and tuple(columns) in compiled.columns:
        return
    frame = _frame(compiled.rules, new or combinations[:1], columns)
    batch = compiled.definition.get_batch(batch_parameters={"dataframe": frame})
    told = batch.validate(compiled.suite, result_format="BOOLEAN_ONLY").results
    broken: dict[int, list[Check]] = {}
    for one in told:
        if not one.success:
            number = int(one.expectation_config.meta["check"])
            for place in _places(batch, compiled.rules[number], number):
                broken.setdefault(place, []).append(compiled.rules[number])
    compiled.columns[tuple(columns)] = True
    for place, combination in enumerate(new):
        ordered = sorted(broken.get(place, ()), key=compiled.rules.index)
        compiled.known[combination] = tuple(ordered)


def _places(batch: Any, rule: Check, number: int) -> list[int]:
    """The combinations that broke a rule. Asked only of broken rules, since it doubles the time."""
    form = {"result_format": "COMPLETE", "exclude_unexpected_values": True}
    found = batch.validate(_expectation(rule, {"check": number}), result_format=form)
    places = [int(place) for place in found.result.get("unexpected_index_list") or []]
    if found.exception_info.get("raised_exception", True) or not (places or rule.rule == "columns"):
        raise Stop(f"the check {rule.rule} of {rule.field} could not be run", field=rule.field)
    return places


def _frame(
    rules: Sequence[Check], combinations: list[tuple[str, ...]], columns: Sequence[str]
) -> pd.DataFrame:
    """What great-expectations sees: one row a combination, and the names of the columns."""
    names = [rule.field for rule in rules if rule.field]
    frame = pd.DataFrame(combinations, columns=pd.Index(names), dtype="str")
    for column in columns:
        frame[SOURCE + column] = True
    return frame


def _great_expectations() -> Any:
    """Import it (it takes seconds), without its reports to its maker and its old imports' noise."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations
    return great_expectations


@lru_cache(maxsize=128)
def _compiled(contract: str) -> Suite:
    """The suite of a contract, given as its JSON: once a process."""
    gx = _great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    rules = checks_of(Stream.model_validate_json(contract))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("landing").add_dataframe_asset("rows")
    suite = gx.ExpectationSuite(name="contract")
    for number, rule in enumerate(rules):
        suite.add_expectation(_expectation(rule, {"check": number}))
    definition = asset.add_batch_definition_whole_dataframe("batch")
    return Suite(rules, definition, context.suites.add(suite))


def _expectation(rule: Check, meta: dict[str, int]) -> Any:
    gxe: Any = importlib.import_module("great_expectations.expectations")
    if rule.rule == "columns":
        return gxe.ExpectTableColumnsToMatchSet(
            column_set=list(rule.allowed), exact_match=False, meta=meta
        )
    return gxe.ExpectColumnValuesToBeInSet(
        column=rule.field, value_set=list(rule.allowed), meta=meta
    )
