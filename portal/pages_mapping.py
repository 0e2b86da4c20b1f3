"""Pages of a system's mapping: the system itself, and each stream column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal import shaped
from portal.guards import only, only_form
from portal.placed import placed
from portal.port import Account
from portal.port_connecting import SketchPage, StreamRow
from portal.render import page, portal_of
from portal.sent import Pairs, Sent, every, one
from registry import licence_types
from registry.fields import FIELDS
from registry.sketch_streams import EVERY, TEXTS, categories

router = APIRouter(prefix="/connect", include_in_schema=False)
Ops = Annotated[Account, Depends(only("ops"))]
OpsForm = Annotated[Account, Depends(only_form("ops"))]
#: What a page asks of the system: its own keys, and those of its transport.
SYSTEM: Final = ("name", "level", "contact", "schedule", "hours")
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "rest": ("body", "paging"),
    "soap": ("paging",),
    "files": ("encoding", "complete"),
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "level": ("municipal", "provincial", "national"),
    "body": ("json", "xml"),
    "paging": ("page", "offset", "cursor", "next_link"),
    "encoding": ("utf-8", "utf-8-sig", "gbk", "gb18030"),
    "complete": ("checksum", "done"),
    "mode": ("incremental", "full", "change", "lookup", "push"),
    "sign": ("flag", "reconcile", "absence"),
    "share": ("unconditional", "conditional", "none"),
    "drift": ("evolve", "freeze", "quarantine"),
    "dates": ("iso", "compact", "slash", "chinese"),
    "times": ("text", "iso", "epoch_ms"),
    "per": ("day", "hour"),
}
#: Rows for values that a source may have and that were not seen.
MORE_VALUES: Final = 3
PAGE_SIZE: Final = 500


@router.get("/{code}/mapping")
def mapping(request: Request, _: Ops, code: str, done: str = "") -> Response:
    """The system itself, and its streams with what is still open in each."""
    return _mapping(request, code, done=done if done in ("kept", "looked") else "")


def _mapping(
    request: Request, code: str, status: int = 200, *, problem: str = "", done: str = ""
) -> Response:
    found = portal_of(request).platform.connecting.sketch(code)
    flaws = [placed(code, flaw) for flaw in found.flaws]
    counts = Counter(flaw.href.partition("#")[0] for flaw in flaws)
    shown = {
        "asked": (*SYSTEM, *_asked(found)),
        "choices": CHOICES,
        "said": _flat(found),
        "shape": shaped.lines(found.said.get("transport", {})),
        "counts": counts,
    }
    return page(
        request, "connect_mapping.html", status,
        sketch=found, flaws=flaws, problem=problem, done=done, **shown,
    )  # fmt: skip


def _asked(found: SketchPage) -> tuple[str, ...]:
    return ASKED.get(found.said.get("transport", {}).get("kind", ""), ())


def _flat(found: SketchPage) -> dict[str, Any]:
    """What is said already, by the names of the page."""
    transport = found.said.get("transport", {})
    names = ("body", "encoding", "complete")
    quota = found.said.get("quota", {})
    return {
        **{name: found.said.get(name, "") for name in SYSTEM},
        **{name: transport.get(name, "") for name in names},
        "paging": transport.get("paging", {}).get("kind", ""),
        "calls": quota.get("calls", ""),
        "per": quota.get("per", ""),
    }


@router.post("/{code}/mapping")
def say_system(request: Request, account: OpsForm, code: str, sent: Sent) -> Response:
    """Keep what is said of the system."""
    platform = portal_of(request).platform
    found = platform.connecting.sketch(code)
    said: dict[str, Any] = {name: one(sent, name) for name in SYSTEM}
    said["transport"] = _transport(found, sent)
    calls = one(sent, "calls")
    said["quota"] = _quota(calls, one(sent, "per")) if calls else {}
    platform.connecting.say(code, said, account.name)
    return RedirectResponse(f"/connect/{code}/mapping?done=kept", 303)


def _transport(found: SketchPage, sent: Pairs) -> dict[str, Any]:
    made: dict[str, Any] = {name: one(sent, name) for name in _asked(found)}
    if shaped.lines(found.said.get("transport", {})):
        made["shape"] = shaped.typed(sent)
    if "paging" in made:
        size = found.said.get("transport", {}).get("paging", {}).get("size", PAGE_SIZE)
        made["paging"] = {"kind": made["paging"], "size": size} if made["paging"] else {}
    return made


def _quota(calls: str, per: str) -> dict[str, Any]:
    """A number stays a number; anything else is left for the check to name."""
    number = calls.isascii() and calls.isdigit() and len(calls) < 9
    return {"calls": int(calls) if number else calls, "per": per}


@router.get("/{code}/streams/{stream}")
def stream_page(request: Request, _: Ops, code: str, stream: str, done: str = "") -> Response:
    """One stream: each column, what values mean, how it is read."""
    return _stream(request, code, stream, done=done if done == "kept" else "")


def _stream(
    request: Request,
    code: str,
    stream: str,
    status: int = 200,
    *,
    done: str = "",
    doubles: tuple[str, ...] = (),
) -> Response:
    found = portal_of(request).platform.connecting.sketch(code)
    row = next((one for one in found.streams if one.name == stream), None)
    if row is None:
        raise BadInput("这个系统没有这个目录，请从列表里选")
    here = f"streams.{stream}"
    own = [one for one in found.flaws if one.path == here or one.path.startswith(f"{here}.")]
    shown = {
        "flaws": [placed(code, flaw) for flaw in own],
        "categories": _categories(row),
        "always": {name: _allowed(row, name) for name in categories(row.said)},
        "choices": CHOICES,
        "texts": TEXTS,
        "more": range(MORE_VALUES),
        "doubles": doubles,
        "done": done,
    }
    return page(request, "connect_stream.html", status, sketch=found, stream=row, **shown)


def _categories(row: StreamRow) -> dict[str, tuple[dict[str, str], tuple[str, ...]]]:
    """field → its values with their meanings, and the meanings that there are."""
    found = {}
    known = next((fields for kind, fields in FIELDS.items() if kind == row.kind), {})
    for name, said in row.said.get("fields", {}).items():
        standard = known.get(name)
        if standard is None or not standard.needs_values or not isinstance(said, dict):
            continue
        found[name] = (dict(said.get("values", {})), _allowed(row, name))
    return found


def _allowed(row: StreamRow, name: str) -> tuple[str, ...]:
    """What a category may mean."""
    known = next((fields for kind, fields in FIELDS.items() if kind == row.kind), {})
    return known[name].values or tuple(licence_types.load())


@router.post("/{code}/streams/{stream}")
def map_stream(request: Request, account: OpsForm, code: str, stream: str, sent: Sent) -> Response:
    """Keep what a person said of a stream; the strict check then says what is open."""
    platform = portal_of(request).platform
    chosen = {name.removeprefix("use:"): said for name, said in sent if name.startswith("use:")}
    names = (*TEXTS, "document", "until", "sign", "column", "value")
    texts = {name: one(sent, name) for name in names}
    texts |= {name: said for name, said in sent if name.startswith(EVERY)}
    doubles = platform.connecting.map(
        code, stream, chosen, _meanings(sent), texts, every(sent, "key"), account.name
    )
    if doubles:
        return _stream(request, code, stream, 400, doubles=tuple(doubles))
    return RedirectResponse(f"/connect/{code}/streams/{stream}?done=kept", 303)


def _meanings(sent: Pairs) -> dict[str, dict[str, str]]:
    """field → value → meaning, out of the pairs `value:FIELD:N` and `means:FIELD:N`."""
    found: dict[str, dict[str, str]] = {}
    for name, value in sent:
        kind, _, rest = name.partition(":")
        if kind == "value":
            field = rest.rpartition(":")[0]
            found.setdefault(field, {})
            if value.strip():
                found[field][value.strip()] = one(sent, f"means:{rest}")
    return found
