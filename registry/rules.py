"""Rules of a contract that look at more than one key. Each names the key it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from registry.contract import ExchangeTransport, FilesTransport, PushTransport, Stream, System
from registry.contract import RestTransport, SoapTransport
from registry.fields import FIELDS, required
from registry.reading import PathPart, Problem
from registry.sentences import allowed

_AUTHS = {
    "rest": (
        "hmac_sha256",
        "sm3",
        "sm2",
        "national",
        "oauth2",
        "bearer",
        "api_key",
        "basic",
    ),
    "soap": ("token",),
    "push": ("hmac_sha256",),
    "sftp": ("ssh_key",),
    "s3": ("s3",),
}
_MODES = {
    "rest": ("incremental", "full", "lookup"),
    "soap": ("incremental", "full", "lookup"),
    "sql": ("incremental", "full"),
    "exchange": ("change",),
    "files": ("incremental", "full"),
    "push": ("push",),
}
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"^(\*|\d{1,2}(-\d{1,2})?)(/\d{1,2})?$")


def problems(system: System, stem: str) -> list[Problem]:
    """Every rule that the contract breaks. `stem`: the file's name without its ending."""
    found = list(_system(system, stem))
    found += _transport(system)
    for stream in system.streams.values():
        for rule in _STREAM_RULES:
            found += rule(system, stream)
    return found


def _system(system: System, stem: str) -> Iterator[Problem]:
    if system.code != stem:
        yield Problem(
            ("code",), f"{system.code} is not the file's name: the file must be {system.code}.yml"
        )
    if system.schedule is not None and not is_cron(system.schedule):
        yield Problem(
            ("schedule",),
            f'{system.schedule} is neither a cron string of five parts, like "15 * * * *", nor none',
        )
    lookups = {one.mode == "lookup" for one in system.streams.values()}
    if lookups == {True, False}:
        yield Problem(
            ("streams",),
            "a system is asked live or gives copies: either all its streams have mode lookup or none has",
        )
    if system.is_lookup and system.quota is None:
        yield Problem(
            ("quota",),
            "this key is missing; a system that is asked live needs one, like {calls: 2000, per: day}",
        )
    if system.hours is not None and not _is_hours(system.hours):
        yield Problem(
            ("hours",),
            f'{system.hours} is not hours of the day, like "09:00-17:00", the first before the last',
        )
    for name, given in (("quota", system.quota), ("hours", system.hours)):
        if given is not None and not system.is_lookup:
            yield Problem((name,), "only a system whose streams have mode lookup takes this key")


def is_cron(text: str) -> bool:
    """Whether it is a cron string of five parts: numbers, *, lists, ranges and steps."""
    parts = text.split()
    if len(parts) != 5:
        return False
    for part, (low, high) in zip(parts, _CRON_RANGES, strict=True):
        for one in part.split(","):
            if not _CRON_PART.match(one):
                return False
            numbers = [int(n) for n in re.findall(r"\d+", one.partition("/")[0])]
            if any(not low <= n <= high for n in numbers) or numbers != sorted(numbers):
                return False
            if one.partition("/")[2] == "0":
                return False
    return True


def _is_hours(text: str) -> bool:
    first, last = text.split("-")
    return (
        all(re.match(r"^([01]\d|2[0-3]):[0-5]\d$", one) for one in (first, last)) and first < last
    )


def _transport(system: System) -> Iterator[Problem]:
    transport = system.transport
    prefix = system.code.upper() + "_"
    for path, name in _secret_names(system):
        if not name.startswith(prefix):
            yield Problem(path, f"{name} must begin with {prefix}, the system's code in capitals")
    if isinstance(transport, FilesTransport):
        yield from _files(transport)
    elif isinstance(transport, RestTransport | SoapTransport | PushTransport):
        yield from _auth(transport.auth.kind, transport.kind)
    if isinstance(transport, RestTransport):
        if system.is_lookup and transport.paging:
            yield Problem(
                ("transport", "paging"),
                "a system that is asked live is not read in pages: leave this key out",
            )
        if not system.is_lookup and not transport.paging:
            yield Problem(
                ("transport", "paging"),
                "this key is missing; a list is read in pages, like {kind: page, size: 500}",
            )


def _secret_names(system: System) -> Iterator[tuple[tuple[PathPart, ...], str]]:
    yield ("transport", "address"), system.transport.address
    auth = getattr(system.transport, "auth", None)
    if auth is not None:
        for name, value in auth:
            if name != "kind":
                yield ("transport", "auth", name), value


def _auth(kind: str, where: str) -> Iterator[Problem]:
    if kind not in _AUTHS[where]:
        yield Problem(
            ("transport", "auth", "kind"),
            f"{kind} is not allowed with {where}; {allowed(_AUTHS[where])}",
        )


def _files(transport: FilesTransport) -> Iterator[Problem]:
    if transport.format == "excel" and transport.encoding:
        yield Problem(
            ("transport", "encoding"), "an Excel file says its encoding itself: leave this key out"
        )
    if transport.format != "excel" and not transport.encoding:
        yield Problem(
            ("transport", "encoding"),
            "this key is missing; allowed are utf-8, utf-8-sig, gbk, gb18030",
        )
    if transport.store == "folder":
        if transport.auth:
            yield Problem(
                ("transport", "auth"), "a folder is read without signing in: leave this key out"
            )
    elif transport.auth is None:
        yield Problem(
            ("transport", "auth"),
            f"this key is missing; {transport.store} needs kind {_AUTHS[transport.store][0]}",
        )
    else:
        yield from _auth(transport.auth.kind, transport.store)


def _at(stream: Stream, *keys: str) -> tuple[PathPart, ...]:
    return ("streams", stream.name, *keys)


def _mode(system: System, stream: Stream) -> Iterator[Problem]:
    kind = system.transport.kind
    if stream.mode not in _MODES[kind]:
        yield Problem(
            _at(stream, "mode"),
            f"{stream.mode} is not allowed with {kind}; {allowed(_MODES[kind])}",
        )
    if stream.mode in ("incremental", "change") and not stream.cursor:
        yield Problem(
            _at(stream, "cursor"),
            f"this key is missing; mode {stream.mode} needs the column to go on from",
        )
    if stream.mode in ("full", "lookup", "push") and stream.cursor:
        yield Problem(
            _at(stream, "cursor"), f"mode {stream.mode} has no cursor: leave this key out"
        )
    if stream.mode == "lookup" and stream.key:
        yield Problem(
            _at(stream, "key"), "a look-up keeps no rows and has no key: leave this key out"
        )
    if stream.mode != "lookup" and not stream.key:
        yield Problem(
            _at(stream, "key"),
            "this key is missing or empty; name the columns that tell one row from another",
        )
    if isinstance(system.transport, RestTransport) and not stream.path.startswith("/"):
        yield Problem(_at(stream, "path"), f"{stream.path} must begin with /")
    if stream.acknowledge and not isinstance(system.transport, ExchangeTransport):
        yield Problem(
            _at(stream, "acknowledge"), "only an exchange table is acknowledged: leave this key out"
        )


def _deletes(system: System, stream: Stream) -> Iterator[Problem]:
    deletes, where = stream.deletes, _at(stream, "deletes")
    if deletes is None:
        if stream.mode != "lookup":
            yield Problem(
                where,
                "this key is missing; say how a delete is known: sign flag, reconcile or absence",
            )
        return
    if stream.mode == "lookup":
        yield Problem(where, "a look-up keeps no rows and has no deletes: leave this key out")
    for name in ("column", "value"):
        if deletes.sign == "flag" and getattr(deletes, name) is None:
            yield Problem(
                (*where, name),
                "this key is missing; sign flag needs the column and its value for a deleted row",
            )
    for name in ("column", "value", "others"):
        if deletes.sign != "flag" and getattr(deletes, name) is not None:
            yield Problem(
                (*where, name), f"sign {deletes.sign} looks at no column: leave this key out"
            )
    if deletes.others and deletes.value in deletes.others:
        yield Problem((*where, "others"), f"{deletes.value} cannot mean both deleted and live")
    if deletes.sign == "absence" and stream.mode != "full":
        yield Problem(
            (*where, "sign"),
            f"absence needs mode full: with mode {stream.mode} a row not read is not gone",
        )
    if deletes.sign == "reconcile" and system.transport.kind not in ("rest", "soap", "sql"):
        yield Problem(
            (*where, "sign"),
            f"{system.transport.kind} cannot list its keys; allowed are flag, absence",
        )


def _fields(_: System, stream: Stream) -> Iterator[Problem]:
    known = FIELDS[stream.kind]
    for name, field in stream.fields.items():
        where = _at(stream, "fields", name)
        standard = known.get(name)
        if standard is None:
            yield Problem(where, f"a {stream.kind} has no such field; {allowed(list(known), name)}")
        elif standard.needs_values and not field.values:
            yield Problem(
                where,
                f"this field needs column and values, each value of the source with what it means{_one_of(standard.values)}",
            )
        elif not standard.needs_values and field.values is not None:
            yield Problem((*where, "values"), "only a category has values: leave this key out")
        for said, means in (field.values or {}).items():
            if standard and standard.values and means not in standard.values:
                yield Problem(
                    (*where, "values", said),
                    f"{means} is not allowed; {allowed(standard.values, means)}",
                )
    for name in required(stream.kind):
        if name not in stream.fields:
            yield Problem(
                _at(stream, "fields"),
                f"the field {name} is missing; a {stream.kind} needs {', '.join(required(stream.kind))}",
            )


def _one_of(values: tuple[str, ...]) -> str:
    return f" ({', '.join(values)})" if values else ""


def _columns(_: System, stream: Stream) -> Iterator[Problem]:
    used: dict[str, str] = {}
    mapped = [(("fields", name), one.column) for name, one in stream.fields.items()]
    mapped += [(("details", name), column) for name, column in stream.details.items()]
    mapped += [(("ignore",), column) for column in stream.ignore]
    for place, column in mapped:
        if column in used:
            yield Problem(
                _at(stream, *place),
                f"the column {column} is already used by {used[column]}: use it once",
            )
        used.setdefault(column, ".".join(place))
    if stream.details and stream.kind != "licence":
        yield Problem(
            _at(stream, "details"), f"only a licence has details, a {stream.kind} has none"
        )


def _days(_: System, stream: Stream) -> Iterator[Problem]:
    days = {
        ("complete_since",): stream.complete_since,
        ("authorisation", "until"): stream.authorisation.until,
    }
    for path, text in days.items():
        try:
            date.fromisoformat(text)
        except ValueError:
            yield Problem(_at(stream, *path), f'{text} is not a day, like "2028-12-31"')
    if (stream.mode == "lookup") != (stream.longest_age_hours == 0):
        yield Problem(
            _at(stream, "longest_age"),
            f"{stream.longest_age} is not allowed with mode {stream.mode}: 0h means asked live, so mode lookup has 0h and no other mode has",
        )


_STREAM_RULES: tuple[Callable[[System, Stream], Iterator[Problem]], ...] = (
    _mode,
    _deletes,
    _fields,
    _columns,
    _days,
)
