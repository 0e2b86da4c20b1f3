"""Rules of one stream that look at more than one key. Each names the key it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from registry.assertion_rules import asserts, lookups
from registry.contract import ExchangeTransport, RestTransport, Stream, System
from registry.fields import FIELDS, required
from registry.reading import PathPart, Problem
from registry.sentences import allowed

_MODES = {
    "rest": ("incremental", "full", "lookup"),
    "soap": ("incremental", "full", "lookup"),
    "sql": ("incremental", "full"),
    "exchange": ("change",),
    "files": ("incremental", "full"),
    "singer": ("incremental", "full"),
    "push": ("push",),
}
_LISTS_KEYS = ("rest", "soap", "sql")


def _at(stream: Stream, *keys: str) -> tuple[PathPart, ...]:
    return ("streams", stream.name, *keys)


def _mode(system: System, stream: Stream) -> Iterator[Problem]:
    kind, mode = system.transport.kind, stream.mode
    if mode not in _MODES[kind]:
        text = f"{mode} is not allowed with {kind}; {allowed(_MODES[kind])}"
        yield Problem(_at(stream, "mode"), text)
    moves = mode in ("incremental", "change")
    if moves and not stream.cursor:
        text = f"this key is missing; mode {mode} needs the column to go on from"
        yield Problem(_at(stream, "cursor"), text)
    if not moves and stream.cursor:
        yield Problem(_at(stream, "cursor"), f"mode {mode} has no cursor: leave this key out")
    if isinstance(system.transport, RestTransport) and not stream.path.startswith("/"):
        yield Problem(_at(stream, "path"), f"{stream.path} must begin with /")
    if stream.acknowledge and not isinstance(system.transport, ExchangeTransport):
        text = "only an exchange table is acknowledged: leave this key out"
        yield Problem(_at(stream, "acknowledge"), text)


def _faults(system: System, stream: Stream) -> Iterator[Problem]:
    faults, path = stream.faults, _at(stream, "faults")
    if faults is None:
        return
    if not isinstance(system.transport, ExchangeTransport):
        text = "only an exchange database is told faults: leave this key out"
        yield Problem(path, text)
    if len(faults.key) != len(stream.key):
        text = f"needs as many columns as the stream's key has: {', '.join(stream.key)}"
        yield Problem((*path, "key"), text)
    used = [*faults.key, faults.reason, faults.at, *([faults.mended] if faults.mended else [])]
    if len(set(used)) != len(used):
        yield Problem(
            path, "a column stands here twice: each of key, reason, at, mended has its own"
        )


def _key(_: System, stream: Stream) -> Iterator[Problem]:
    path, lookup = _at(stream, "key"), stream.mode == "lookup"
    if lookup and stream.key:
        yield Problem(path, "mode lookup keeps no rows and has no key: leave this key out")
    if not lookup and not stream.key:
        yield Problem(path, "name here the columns that tell one row from another")
    if len(set(stream.key)) != len(stream.key):
        yield Problem(path, "a column stands here twice: keep one of them")


def _deletes(system: System, stream: Stream) -> Iterator[Problem]:
    deletes, path, lookup = stream.deletes, _at(stream, "deletes"), stream.mode == "lookup"
    if lookup and deletes:
        yield Problem(path, "mode lookup keeps no rows and has no deletes: leave this key out")
    if not lookup and not deletes:
        text = "this key is missing; it says how a delete is known: {sign: flag, …}, reconcile"
        yield Problem(path, f"{text} or absence")
    if deletes is None:
        return
    if deletes.sign == "absence" and stream.mode != "full":
        text = f"absence needs mode full: with mode {stream.mode} a row not read is not gone"
        yield Problem((*path, "sign"), text)
    if deletes.sign == "reconcile" and system.transport.kind not in _LISTS_KEYS:
        text = f"reconcile is not allowed with {system.transport.kind}; allowed are flag, absence"
        yield Problem((*path, "sign"), text)


def _flag(_: System, stream: Stream) -> Iterator[Problem]:
    deletes, path = stream.deletes, _at(stream, "deletes")
    if deletes is None:
        return
    for name in ("column", "value", "others"):
        given = getattr(deletes, name)
        if deletes.sign == "flag" and given is None and name != "others":
            yield Problem((*path, name), "this key is missing; sign flag needs column and value")
        if deletes.sign != "flag" and given is not None:
            text = f"sign {deletes.sign} looks at no column: leave this key out"
            yield Problem((*path, name), text)
    if deletes.value in (deletes.others or ()):
        text = f"{deletes.value} cannot mean both deleted and live"
        yield Problem((*path, "others"), text)


def _fields(_: System, stream: Stream) -> Iterator[Problem]:
    known = FIELDS[stream.kind]
    for name, field in stream.fields.items():
        path, standard = _at(stream, "fields", name), known.get(name)
        if standard is None:
            yield Problem(path, f"a {stream.kind} has no such field; {allowed([*known], name)}")
        elif standard.needs_values and not field.values:
            choices = f"; {allowed(standard.values)}" if standard.values else ""
            text = "this field needs column and values, what each value of the source means"
            yield Problem(path, text + choices)
        elif not standard.needs_values and field.values is not None:
            text = "only a category has values: leave this key out"
            yield Problem((*path, "values"), text)


def _values(_: System, stream: Stream) -> Iterator[Problem]:
    for name, field in stream.fields.items():
        standard = FIELDS[stream.kind].get(name)
        for said, means in (field.values or {}).items():
            if standard and standard.values and means not in standard.values:
                text = f"{means} is not allowed; {allowed(standard.values, means)}"
                yield Problem(_at(stream, "fields", name, "values", said), text)


def _always(_: System, stream: Stream) -> Iterator[Problem]:
    known = FIELDS[stream.kind]
    for name, means in stream.always.items():
        path, standard = _at(stream, "always", name), known.get(name)
        if standard is None or not standard.needs_values:
            names = [one.name for one in known.values() if one.needs_values]
            yield Problem(path, f"no category of a {stream.kind}; {allowed(names, name)}")
        elif name in stream.fields:
            yield Problem(path, f"{name} stands in fields too: keep it in one of them")
        elif standard.values and means not in standard.values:
            text = f"{means} is not allowed; {allowed(standard.values, means)}"
            yield Problem(path, text)


def _required(_: System, stream: Stream) -> Iterator[Problem]:
    needed = required(stream.kind)
    missing = [name for name in needed if name not in {*stream.fields, *stream.always}]
    if missing:
        text = f"{', '.join(missing)} missing; a {stream.kind} needs {', '.join(needed)}"
        yield Problem(_at(stream, "fields"), text)


def _columns(_: System, stream: Stream) -> Iterator[Problem]:
    used: dict[str, str] = {}
    mapped = [(f"fields.{name}", one.column) for name, one in stream.fields.items()]
    mapped += [(f"details.{name}", column) for name, column in stream.details.items()]
    mapped += [("ignore", column) for column in stream.ignore]
    for place, column in mapped:
        if column in used:
            text = f"the column {column} is already used by {used[column]}: use it once"
            yield Problem(_at(stream, *place.split(".", 1)), text)
        used.setdefault(column, place)
    if stream.details and stream.kind != "licence":
        text = f"only a licence has details: a {stream.kind} must leave this key out"
        yield Problem(_at(stream, "details"), text)


def _days(_: System, stream: Stream) -> Iterator[Problem]:
    days = (
        (("complete_since",), stream.complete_since),
        (("authorisation", "until"), stream.authorisation.until),
    )
    for path, text in days:
        try:
            date.fromisoformat(text)
        except ValueError:
            yield Problem(_at(stream, *path), f'{text} is not a day, like "2028-12-31"')
    if (stream.mode == "lookup") != (stream.longest_age_hours == 0):
        text = "0h means asked live: mode lookup has 0h, and no other mode has"
        yield Problem(_at(stream, "longest_age"), f"{stream.longest_age} is not allowed; {text}")


#: Each rule takes the system and one of its streams and yields what is wrong.
RULES: tuple[Callable[[System, Stream], Iterator[Problem]], ...] = (
    _mode,
    _faults,
    _key,
    _deletes,
    _flag,
    _fields,
    _values,
    _always,
    _required,
    _columns,
    _days,
    lookups,
    asserts,
)
