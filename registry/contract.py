"""The contract of a system: what its YAML may say (docs/contract.md explains every key).

Frozen pydantic models; an unknown key or a value of another type is refused. Rules that look at
more than one key are in `registry.rules`, so that each can name the key it is about.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import SerializerFunctionWrapHandler, model_serializer

from registry.assertions import Assertions, Limits, RowCounts
from registry.fields import Kind
from registry.parts import Age, Code, Column, Day, Hours, Name, Part, Text
from registry.transport import (
    Auth,
    BasicAuth,
    ExchangeTransport,
    FilesTransport,
    IdSecretAuth,
    NationalAuth,
    Paging,
    PushTransport,
    Rate,
    RestTransport,
    S3Auth,
    SingerTransport,
    SoapTransport,
    SqlTransport,
    SshKeyAuth,
    TokenAuth,
    Transport,
)

__all__ = [
    "Acknowledge",
    "Assertions",
    "Auth",
    "Authorisation",
    "BasicAuth",
    "Deletes",
    "ExchangeTransport",
    "Faults",
    "Field",
    "FilesTransport",
    "IdSecretAuth",
    "Limits",
    "NationalAuth",
    "Paging",
    "PushTransport",
    "Quota",
    "Rate",
    "RestTransport",
    "RowCounts",
    "S3Auth",
    "SingerTransport",
    "SoapTransport",
    "SqlTransport",
    "SshKeyAuth",
    "Stream",
    "System",
    "TokenAuth",
    "Transport",
]


class Deletes(Part):
    """How a delete is known. flag: `column` says `value`; reconcile: keys are compared;

    absence: a row not in a full read is gone. `others`: what `column` says of live rows, where
    that is a closed list (an operation I or U); anything else is a finding.
    """

    sign: Literal["flag", "reconcile", "absence"]
    column: Column | None = None
    value: Text | None = None
    others: list[Text] | None = None


class Acknowledge(Part):
    """Exchange tables: after the landing `column` of the rows read is set to `value`."""

    column: Column
    value: Text


class Faults(Part):
    """Exchange tables: where refused rows are told back to the source, one open row a key.

    `key`: its columns for the stream's key, in that order. `reason`, `at`: why and when. `mended`:
    set to the time when the row is good; without it the row is deleted then.
    """

    table: Text
    key: Annotated[list[Column], Key(min_length=1)]
    reason: Column
    at: Column
    mended: Column | None = None


class Authorisation(Part):
    """The document that lets the platform read, and its last day (YYYY-MM-DD)."""

    document: Text
    until: Day

    @property
    def until_date(self) -> date:
        """The last day as a date."""
        return date.fromisoformat(self.until)


class Field(Part):
    """A source column; for categories the source's values and what each means."""

    column: Column
    values: dict[str, str] | None = None


class Quota(Part):
    """Calls allowed a day or an hour."""

    calls: Annotated[int, Key(ge=1)]
    per: Literal["hour", "day"]


class Stream(Part):
    """One kind of record that a system gives. `name` is its key in the YAML."""

    name: Name
    kind: Kind
    path: Text
    mode: Literal["incremental", "full", "change", "lookup", "push"]
    key: list[Column] = Key(default_factory=list)
    cursor: Column | None = None
    lookback: Age | None = None
    record: Text | None = None
    deletes: Deletes | None = None
    acknowledge: Acknowledge | None = None
    faults: Faults | None = None
    catalogue: Text
    share: Literal["unconditional", "conditional", "none"]
    basis: Text
    authorisation: Authorisation
    complete_since: Day
    longest_age: Age
    drift: Literal["evolve", "freeze", "quarantine"]
    dates: Literal["iso", "compact", "slash", "chinese"]
    times: Literal["text", "iso", "epoch_ms"]
    fields: dict[str, Field]
    always: dict[str, str] = Key(default_factory=dict)
    details: dict[Text, Column] = Key(default_factory=dict)
    ignore: list[Column]
    lookups: dict[Column, dict[Text, str]] = Key(default_factory=dict)
    limits: Limits | None = None
    asserts: Assertions | None = None

    @property
    def longest_age_hours(self) -> int:
        """`longest_age` in hours; 0 means asked live, never kept."""
        return int(self.longest_age[:-1]) * (24 if self.longest_age[-1] == "d" else 1)

    @property
    def complete_since_date(self) -> date:
        """`complete_since` as a date."""
        return date.fromisoformat(self.complete_since)

    def column(self, field: str) -> str | None:
        """The source column of a standard field, None when the source has none."""
        found = self.fields.get(field)
        return found.column if found else None

    def meanings(self, field: str) -> list[str]:
        """What a category can say: the one thing that it always says, or what its values mean."""
        found = self.fields.get(field)
        said = [self.always[field]] if field in self.always else []
        return list(dict.fromkeys([*said, *((found.values or {}).values() if found else ())]))

    @model_serializer(mode="wrap")
    def _said(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without `always` where it says nothing: older contracts keep their digest."""
        said: dict[str, Any] = written(self)
        if not said.get("always", True):
            del said["always"]
        return said

    def known_columns(self) -> frozenset[str]:
        """Every source column that the contract names; any other is drift."""
        control = [self.cursor]
        control += [part.column for part in (self.deletes, self.acknowledge) if part]
        return frozenset(
            [*self.key, *(c for c in control if c), *self.details.values(), *self.ignore]
            + [one.column for one in self.fields.values()]
        )


class System(Part):
    """One business system of a department."""

    code: Code
    name: Text
    department: Text
    level: Literal["municipal", "provincial", "national"]
    contact: Text
    schedule: str | None
    quota: Quota | None = None
    hours: Hours | None = None
    maintenance: list[Text] = Key(default_factory=list)
    transport: Transport
    streams: Annotated[dict[str, Stream], Key(min_length=1)]

    @property
    def is_lookup(self) -> bool:
        """Whether the system gives no copies and is asked live."""
        return any(one.mode == "lookup" for one in self.streams.values())

    @property
    def by_record(self) -> tuple[str, ...]:
        """The streams of which the source gives a single record by its key."""
        kind = self.transport.kind
        return tuple(
            name
            for name, one in self.streams.items()
            if kind in ("sql", "exchange") or (kind == "rest" and one.record is not None)
        )

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of record it gives, in the order of its streams."""
        return list(dict.fromkeys(one.kind for one in self.streams.values()))
