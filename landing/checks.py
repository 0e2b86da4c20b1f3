"""Checks by great-expectations, compiled from the contract.

Each check is one expectation about a field's states (see `landing.normalise`), about two days or
about the table's columns. Great-expectations sees hashes, states, meanings of categories and days:
no person's value can come out of it. A suite is compiled once a process for each contract.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from kernel.errors import Stop
from landing.normalise import EMPTY, HELD, KEEP, Normalised
from registry.contract import Stream
from registry.fields import FIELDS, StandardField

KEY, OPERATION, FROM, TO = "key_hash", "operation", "from_day", "to_day"
NUMBERS = ("holder_number", "co_holder_number", "applicant_number")
SOURCE = "source:"  # marks the names of source columns in the checked frame


@dataclass(frozen=True)
class Check:
    """One rule of a stream. `allowed`: the states of `field` (or the table's columns)."""

    rule: str  # columns | key | operation | required | category | date | time | number | holder | …
    field: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Which rows (by their place) failed which checks, and what to keep with the batch."""

    failed: dict[int, list[Check]]
    facts: dict[str, Any]


def checks_of(stream: Stream) -> list[Check]:
    """The checks that a stream's contract asks for."""
    declared = tuple(SOURCE + name for name in sorted(stream.known_columns()))
    found = [
        Check("columns", "", declared),
        Check("key", KEY),
        Check("operation", OPERATION, (KEEP,)),
    ]
    for name, mapped in stream.fields.items():
        meanings = tuple(sorted(set((mapped.values or {}).values())))
        found += _field_checks(FIELDS[stream.kind][name], meanings)
    if {"valid_from", "valid_to"} <= set(stream.fields):
        found.append(Check("date_order", TO))
    return found


def _field_checks(standard: StandardField, meanings: tuple[str, ...]) -> Iterator[Check]:
    optional = () if standard.required else (EMPTY,)
    if meanings:
        yield Check("category", standard.name, (*meanings, *optional))
    elif standard.holds == "date":
        yield Check("date", standard.name, optional)
    elif standard.holds in ("time", "number"):
        yield Check(standard.holds, standard.name, (HELD, *optional))
    elif standard.name in NUMBERS:
        yield Check("holder", standard.name, (HELD, *optional))
    elif standard.required:
        yield Check("required", standard.name, (HELD,))


def check(stream: Stream, rows: Normalised, keys: Sequence[str]) -> Verdict:
    """Check the rows that live or whose operation is unknown; deleted ones only need their key."""
    frame = _frame(stream, rows, keys)
    if frame.empty:
        return Verdict({}, {"checked": 0})
    rules, definition, suite = _compiled(stream.model_dump_json())
    batch = definition.get_batch(batch_parameters={"dataframe": frame})
    told = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    wrong = [int(one.expectation_config.meta["check"]) for one in told if not one.success]
    failed: dict[int, list[Check]] = {}
    counts: dict[str, int] = {}
    for number in sorted(wrong):
        rule = rules[number]
        places = _places(batch, rule, number)
        counts[f"{rule.rule} {rule.field}".strip()] = len(places)
        for place in places:
            failed.setdefault(place, []).append(rule)
    return Verdict(failed, {"checked": len(frame), "checks": len(rules), "failed": counts})


def _places(batch: Any, rule: Check, number: int) -> list[int]:
    """The rows that broke a rule. Asked only of broken rules, since it doubles the time."""
    form = {"result_format": "COMPLETE", "exclude_unexpected_values": True}
    found = batch.validate(_expectation(rule, {"check": number}), result_format=form)
    places = [int(place) for place in found.result.get("unexpected_index_list") or []]
    if found.exception_info.get("raised_exception", True) or not (places or rule.rule == "columns"):
        raise Stop(f"the check {rule.rule} of {rule.field} could not be run", field=rule.field)
    return places


def _frame(stream: Stream, rows: Normalised, keys: Sequence[str]) -> pd.DataFrame:
    """What great-expectations sees; its index is the rows' place."""
    frame = rows.states.copy(deep=False)
    frame[KEY] = pd.array(list(keys), dtype="str")
    frame[OPERATION] = pd.array(rows.operation, dtype="str")
    for name, field in ((FROM, "valid_from"), (TO, "valid_to")):
        if field in rows.plain:
            frame[name] = rows.plain[field].to_pandas()
    for column in sorted(stream.known_columns() - set(rows.missing)):
        frame[SOURCE + column] = True
    return frame[frame[OPERATION] != "delete"]


def _great_expectations() -> Any:
    """Import it (it takes seconds), without its reports to its maker and its old imports' noise."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations
    return great_expectations


@lru_cache(maxsize=128)
def _compiled(contract: str) -> tuple[list[Check], Any, Any]:
    """The checks, the batch definition and the suite of a contract, given as its JSON."""
    gx = _great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    rules = checks_of(Stream.model_validate_json(contract))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("landing").add_dataframe_asset("rows")
    suite = gx.ExpectationSuite(name="contract")
    for number, rule in enumerate(rules):
        suite.add_expectation(_expectation(rule, {"check": number}))
    return rules, asset.add_batch_definition_whole_dataframe("batch"), context.suites.add(suite)


def _expectation(rule: Check, meta: dict[str, int]) -> Any:
    gxe: Any = importlib.import_module("great_expectations.expectations")
    if rule.rule == "columns":
        return gxe.ExpectTableColumnsToMatchSet(
            column_set=list(rule.allowed), exact_match=False, meta=meta
        )
    if rule.rule == "key":
        return gxe.ExpectColumnValuesToBeUnique(column=rule.field, meta=meta)
    if rule.rule == "date_order":
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=TO, column_B=FROM, or_equal=True,
            ignore_row_if="either_value_is_missing", meta=meta,
        )  # fmt: skip
    if rule.rule == "date":
        empty = "|^$" if EMPTY in rule.allowed else ""
        return gxe.ExpectColumnValuesToMatchRegex(
            column=rule.field, regex=r"^\d{4}-\d{2}-\d{2}$" + empty, meta=meta
        )
    return gxe.ExpectColumnValuesToBeInSet(
        column=rule.field, value_set=list(rule.allowed), meta=meta
    )
