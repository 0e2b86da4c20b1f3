"""Rules of a system's contract that look at more than one key. Each names the key it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry import mode_rules, stream_rules
from registry.contract import (
    Auth,
    FilesTransport,
    PushTransport,
    RestTransport,
    SingerTransport,
    SoapTransport,
    System,
)
from registry.reading import PathPart, Problem
from registry.rest_times import are_hours, forms, is_maintenance
from registry.sentences import allowed
from registry.shapes import TOKENS, Shape, needless

_SIGNED = ("hmac_sha256", "sm3", "sm2", "national", "oauth2", "bearer", "api_key", "basic")
_AUTHS = {
    "rest": _SIGNED,
    "soap": ("token",),
    "push": ("hmac_sha256",),
    "sftp": ("ssh_key",),
    "s3": ("s3",),
}
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"^(\*|\d{1,2}(-\d{1,2})?)(/[1-9]\d?)?$")


def problems(system: System, stem: str) -> list[Problem]:
    """Every rule that the contract breaks. `stem`: the file's name without its ending."""
    found = [*_system(system, stem), *_asking(system), *_transport(system)]
    for stream in system.streams.values():
        for rule in (*stream_rules.RULES, *mode_rules.RULES):
            found += rule(system, stream)
    return found


def _system(system: System, stem: str) -> Iterator[Problem]:
    if system.code != stem:
        text = f"{system.code} is not the file's name: it must be {stem}, or the file renamed"
        yield Problem(("code",), text)
    if system.schedule is not None and not is_cron(system.schedule):
        text = 'is neither a cron string of five parts, like "15 * * * *", nor none'
        yield Problem(("schedule",), f"{system.schedule} {text}")
    if system.hours is not None and not are_hours(system.hours):
        text = 'is not hours of the day, like "09:00-17:00" or over midnight "22:00-06:00"'
        yield Problem(("hours",), f"{system.hours} {text}")
    for number, window in enumerate(system.maintenance):
        if not is_maintenance(window):
            text = f"{window} is not a window: write it like {' or '.join(forms())}"
            yield Problem(("maintenance", number), text)


def _asking(system: System) -> Iterator[Problem]:
    modes = {stream.mode for stream in system.streams.values()}
    if "lookup" in modes and len(modes) > 1:
        text = "either all streams of a system have mode lookup or none has"
        yield Problem(("streams",), text)
    if system.is_lookup and system.quota is None:
        text = "this key is missing; mode lookup needs one, like {calls: 2000, per: day}"
        yield Problem(("quota",), text)


def is_cron(text: str) -> bool:
    """Whether it is a cron string of five parts: numbers, *, lists, ranges and steps."""
    parts = text.split()
    return len(parts) == 5 and all(
        _is_cron_part(one, low, high)
        for part, (low, high) in zip(parts, _CRON_RANGES, strict=True)
        for one in part.split(",")
    )


def _is_cron_part(text: str, low: int, high: int) -> bool:
    numbers = [int(n) for n in re.findall(r"\d+", text.partition("/")[0])]
    inside = all(low <= n <= high for n in numbers)
    return bool(_CRON_PART.match(text)) and inside and numbers == sorted(numbers)


def _transport(system: System) -> Iterator[Problem]:
    transport = system.transport
    prefix = system.code.upper() + "_"
    for path, name in _secret_names(system):
        if not name.startswith(prefix):
            yield Problem(path, f"{name} must begin with {prefix}, the system's code in capitals")
    if isinstance(transport, FilesTransport):
        yield from _files(transport)
    elif isinstance(transport, RestTransport | SoapTransport | PushTransport):
        yield from _auth(transport.auth, transport.kind)
        if transport.rate is not None and system.is_lookup:
            text = "mode lookup is held to its quota: leave this key out"
            yield Problem(("transport", "rate"), text)
    if isinstance(transport, SingerTransport):
        yield from _singer(transport)
    if isinstance(transport, RestTransport):
        yield from _paging(transport, system.is_lookup)


def _secret_names(system: System) -> Iterator[tuple[tuple[PathPart, ...], str]]:
    if isinstance(system.transport, SingerTransport):
        for name, secret in system.transport.secrets.items():
            yield ("transport", "secrets", name), secret
        return
    yield ("transport", "address"), system.transport.address
    auth: Auth | None = getattr(system.transport, "auth", None)
    for name, value in auth or ():
        if name not in ("kind", "service"):  # a service id is no secret
            yield ("transport", "auth", name), value


def _auth(auth: Auth, where: str) -> Iterator[Problem]:
    if auth.kind not in _AUTHS[where]:
        text = f"{auth.kind} is not allowed with {where}; {allowed(_AUTHS[where], auth.kind)}"
        yield Problem(("transport", "auth", "kind"), text)


def _paging(transport: RestTransport, lookup: bool) -> Iterator[Problem]:
    path = ("transport", "paging")
    if lookup and transport.paging:
        yield Problem(path, "mode lookup is not read in pages: leave this key out")
    if not lookup and not transport.paging:
        text = "this key is missing; a list is read in pages, like {kind: page, size: 500}"
        yield Problem(path, text)
    if transport.shape is not None:
        yield from _shape(transport, transport.shape)
    followed = transport.paging is not None and transport.paging.kind in TOKENS
    if followed and transport.body == "xml" and not (transport.shape and transport.shape.next):
        text = "this key is missing; XML has no common place of what follows, say it: {next: …}"
        yield Problem(("transport", "shape"), text)


def _shape(transport: RestTransport, shape: Shape) -> Iterator[Problem]:
    path = ("transport", "shape")
    if transport.paging is None:
        yield Problem(path, "a look-up has no list and no shape of one: leave this key out")
        return
    for name in needless(transport.paging.kind, shape):
        text = f"paging {transport.paging.kind} has no use for it: leave this key out"
        yield Problem((*path, *name.split(".")), text)


def _singer(transport: SingerTransport) -> Iterator[Problem]:
    for name in transport.secrets:
        if name in transport.config:
            text = f"{name} stands in config too: keep it in one of them"
            yield Problem(("transport", "secrets", name), text)


def _files(transport: FilesTransport) -> Iterator[Problem]:
    path = ("transport", "encoding")
    says_itself = {"excel": "an Excel", "parquet": "a Parquet"}.get(transport.format)
    if says_itself and transport.encoding:
        yield Problem(path, f"{says_itself} file says its encoding itself: leave this key out")
    if not says_itself and not transport.encoding:
        yield Problem(path, "this key is missing; allowed are utf-8, utf-8-sig, gbk, gb18030")
    path = ("transport", "auth")
    if transport.store == "folder":
        if transport.auth:
            yield Problem(path, "a folder is read without signing in: leave this key out")
    elif transport.auth is None:
        kind = _AUTHS[transport.store][0]
        yield Problem(path, f"this key is missing; store {transport.store} needs kind {kind}")
    else:
        yield from _auth(transport.auth, transport.store)
