"""One stream of a sketch: what each column is used for, what values mean, how it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from registry.fields import FIELDS
from registry.licence_types import details
from registry.sketch import Said, bare
from registry.understood import OPEN
from registry.value_words import means

IGNORED: Final = "ignore"
#: Stands before the name of a category of which all rows have the same one.
EVERY: Final = "always:"
#: Keys that are one text each, in the order in which a page shows them.
TEXTS: Final = (
    "mode", "cursor", "lookback", "catalogue", "share", "basis", "complete_since", "longest_age",
    "drift", "dates", "times",
)  # fmt: skip


def uses(stream: Said) -> dict[str, str]:
    """column → what it is used for: `field:NAME`, `detail:NAME` or `ignore`."""
    found: dict[str, str] = dict.fromkeys(stream.get("ignore", []), IGNORED)
    for name, said in stream.get("fields", {}).items():
        found[said if isinstance(said, str) else said["column"]] = f"field:{name}"
    return found | {column: f"detail:{name}" for name, column in stream.get("details", {}).items()}


def control(stream: Said) -> set[str]:
    """Columns that say which row it is, where to go on, and what is deleted or taken over."""
    parts = (stream.get("deletes", {}), stream.get("acknowledge", {}))
    single = [stream.get("cursor"), *(part.get("column") for part in parts)]
    return {*stream.get("key", []), *(one for one in single if one)}


def may_be_used_for(stream: Said) -> tuple[str, ...]:
    """Everything that a column of this stream may be used for."""
    fields = tuple(f"field:{name}" for name in FIELDS[stream["kind"]])
    kept = tuple(f"detail:{name}" for name in details()) if stream["kind"] == "licence" else ()
    return (*fields, *kept, IGNORED)


def with_uses(
    stream: Said,
    columns: Sequence[str],
    chosen: Mapping[str, str],
    seen: Mapping[str, Mapping[str, int]],
) -> Said:
    """The stream with the columns used as chosen; a column without a choice is reported as drift.

    `seen`: of each column of a closed list its values; those of a new category are proposed.
    """
    allowed = may_be_used_for(stream)
    fields: Said = {}
    kept: Said = {}
    ignored = []
    for column in columns:
        use = chosen.get(column, "")
        kind, _, name = use.partition(":")
        if use not in allowed:
            continue
        if kind == "field":
            _put(fields, name, _field(stream, name, column, seen.get(column, {})))
        elif kind == "detail":
            _put(kept, name, column)
        else:
            ignored.append(column)
    made = {**stream, "fields": fields, "details": kept, "ignore": ignored}
    return {key: value for key, value in made.items() if value or key in ("fields", "ignore")}


def categories(stream: Mapping[str, Any]) -> tuple[str, ...]:
    """Categories that no column of the stream is used for: all rows may have the same one."""
    known = FIELDS[stream["kind"]].values()
    mapped = stream.get("fields", {})
    return tuple(one.name for one in known if one.needs_values and one.name not in mapped)


def _put(there: Said, name: str, value: Any) -> None:
    """A use given twice stays with the first column; `doubles` names the second."""
    there.setdefault(name, value)


def doubles(chosen: Mapping[str, str]) -> list[str]:
    """Columns that are used for what another one is used for already."""
    taken: set[str] = set()
    found = []
    for column, use in chosen.items():
        if use not in ("", IGNORED) and use in taken:
            found.append(column)
        taken.add(use)
    return found


def _field(stream: Said, name: str, column: str, seen: Mapping[str, int]) -> Any:
    standard = FIELDS[stream["kind"]][name]
    if not standard.needs_values:
        return column
    before = stream.get("fields", {}).get(name)
    if isinstance(before, dict) and before["column"] == column:
        return before
    values = {value: means(standard, value) or OPEN for value in sorted(seen)}
    return bare({"column": column, "values": values})


def with_values(stream: Said, meanings: Mapping[str, Mapping[str, str]]) -> Said:
    """The stream with what its categories' values mean. `meanings`: field → value → meaning."""
    fields = dict(stream["fields"])
    for name, said in fields.items():
        if isinstance(said, dict) and name in meanings:
            given = {value: meaning or OPEN for value, meaning in meanings[name].items() if value}
            fields[name] = bare({"column": said["column"], "values": given})
    return {**stream, "fields": fields}


def with_reading(stream: Said, texts: Mapping[str, str], key: Sequence[str]) -> Said:
    """The stream read as a person says. `texts`: TEXTS, `document`, `until`, and of deletes

    `sign`, `column`, `value`, and `always:NAME` of a category that no column says; what is empty
    is left out.
    """
    made = {name: value for name, value in stream.items() if name not in TEXTS}
    grant = bare({"document": texts.get("document"), "until": texts.get("until")})
    deletes: Said = {}
    if texts.get("sign") == "flag":
        before = stream.get("deletes", {})
        others = before.get("others") if before.get("column") == texts.get("column") else None
        names = ("sign", "column", "value")
        deletes = bare({name: texts.get(name) for name in names} | {"others": others})
    elif texts.get("sign"):
        deletes = {"sign": texts["sign"]}
    made["always"] = bare({name: texts.get(f"{EVERY}{name}") for name in categories(stream)})
    made |= bare({name: texts.get(name) for name in TEXTS})
    made |= {"key": list(key), "deletes": deletes, "authorisation": grant}
    return {name: made[name] for name in _ORDER if made.get(name) or name in _ALWAYS}


_ORDER: Final = (
    "kind", "path", "mode", "key", "cursor", "lookback", "record", "deletes", "acknowledge",
    "faults", "catalogue", "share", "basis", "authorisation", "complete_since", "longest_age",
    "drift", "dates", "times", "fields", "always", "details", "ignore", "lookups", "limits",
    "asserts",
)  # fmt: skip
_ALWAYS: Final = ("fields", "ignore")
