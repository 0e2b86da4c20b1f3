"""Look at a system that has no contract, and write the draft of one. Nothing of it is kept."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from connectors.discovery import Place, Target, open_explorer
from connectors.discovery_files import columns_of
from kernel.clock import Clock
from kernel.errors import BadContract
from kernel.secrets import Secrets
from registry.draft import DraftStream, draft_stream, uses_of
from registry.draft_text import MOST_LINES, system_text
from registry.fields import FIELDS
from registry.loader import load_system
from registry.masking import masked_rows
from registry.propose import Proposal
from registry.understood import Seen, Understood, understand


@dataclass(frozen=True)
class ColumnSeen:
    """A column, what it was taken for and why; of a category each value and how often."""

    name: str
    type: str
    comment: str
    field: str
    confidence: float
    reason: str
    values: dict[str, int]


@dataclass(frozen=True)
class PlaceSeen:
    """A table, list, operation or kind of file. `rows`: the first ones, masked.

    `stream`: its name in the draft, "" when it is not in it; `note` then says why.
    """

    path: str
    comment: str
    kind: str | None
    stream: str
    note: str
    rows_read: int
    columns: list[ColumnSeen]
    rows: list[dict[str, str]]


@dataclass(frozen=True)
class Discovered:
    """What was found. `problems`: the strict check's sentences; `remains`: for a person, in order.

    `streams`: the drafts with the rows that they were made of; these never leave the process.
    """

    code: str
    transport: str
    places: list[PlaceSeen]
    yaml: str
    problems: list[str]
    remains: list[str]
    streams: list[tuple[DraftStream, Seen]] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """All but the rows as they are."""
        shown = {name: value for name, value in vars(self).items() if name != "streams"}
        return shown | {"places": [_place_json(one) for one in self.places]}


def discover(target: Target, secrets: Secrets, clock: Clock) -> Discovered:
    """Test the connection, list, look at some rows, propose, write, check.

    Raises the errors of a connector when the source cannot be reached, BadInput when it is none.
    """
    explorer = open_explorer(target, secrets, clock)
    try:
        found = explorer.places()
        looked = [_look(one, explorer.rows(one)) for one in found if not one.note]
        transport = explorer.transport()
    finally:
        explorer.close()
    streams = list(_drafts(str(transport["kind"]), looked))
    text, left_out = system_text(
        target.code, _schedule(target.code), transport, [draft for draft, _ in streams]
    )
    drafts = [(draft, one.seen) for draft, one in streams if draft.name not in left_out]
    names = {one.seen.path: draft.name for draft, one in streams if draft.name not in left_out}
    by_name = {draft.name: draft for draft, _ in drafts}
    places = [_shown(one, by_name.get(names.get(one.seen.path, "")), left_out) for one in looked]
    places += [
        PlaceSeen(one.path, one.comment, None, "", one.note, 0, [], []) for one in found if one.note
    ]
    remains = _remains(target, transport, [draft for draft, _ in drafts], places, secrets)
    problems = _checked(target.code, text)
    return Discovered(target.code, str(transport["kind"]), places, text, problems, remains, drafts)


def _look(place: Place, rows: list[dict[str, str | None]]) -> Understood:
    columns = place.columns or columns_of(rows)
    return understand(Seen(place.path, place.comment, columns, place.key, rows))


def _drafts(transport: str, looked: list[Understood]) -> Iterator[tuple[DraftStream, Understood]]:
    """A stream for each place that holds records; of two with the same columns the first."""
    taken: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for one in looked:
        same = (one.seen.path.lower(), *(column.name.lower() for column in one.seen.columns))
        if one.made.kind is None or not one.is_one() or same in seen:
            continue
        seen.add(same)
        taken[one.made.kind] += 1
        number = taken[one.made.kind]
        name = one.made.kind if number == 1 else f"{one.made.kind}_{number}"
        yield draft_stream(name, transport, one), one


def _shown(one: Understood, draft: DraftStream | None, left_out: list[str]) -> PlaceSeen:
    uses = uses_of(draft) if draft else {}
    types = {column.name: column for column in one.seen.columns}
    columns = [
        ColumnSeen(
            made.column,
            types[made.column].type,
            types[made.column].comment,
            made.field,
            made.confidence,
            uses.get(made.column, made.reason),
            _values(one, made),
        )
        for made in one.made.columns
    ]
    rows = masked_rows(one.seen.rows, one.made, one.contents)
    kind = one.made.kind
    note = "" if draft else _why_not(one, left_out)
    name = draft.name if draft else ""
    return PlaceSeen(
        one.seen.path, one.seen.comment, kind, name, note, len(one.seen.rows), columns, rows
    )


def _values(one: Understood, made: Proposal) -> dict[str, int]:
    """The values that a person must give meanings to; of other columns none are shown."""
    standard = FIELDS[one.made.kind].get(made.field) if one.made.kind else None
    if standard is None or not standard.needs_values or made.column not in one.contents:
        return {}
    return dict(one.contents[made.column].values)


def _why_not(one: Understood, left_out: list[str]) -> str:
    if one.made.kind is None:
        return "it fits no kind of record"
    if not one.is_one():
        return f"less than half of what a {one.made.kind} needs was found"
    if left_out:
        return f"a contract has at most {MOST_LINES} lines: it is for a second system"
    return "another place has the same name and columns"


def _remains(
    target: Target,
    transport: dict[str, Any],
    drafts: list[DraftStream],
    places: list[PlaceSeen],
    secrets: Secrets,
) -> list[str]:
    """What only a person knows, in the order in which it is done."""
    if not drafts:
        return ["no place holds records of a kind that is known: name the right ones"]
    found = ["fill in name, department, level and contact: whose system it is, and whom to ask"]
    found.append("confirm schedule: how often the source may be read")
    if transport["kind"] in ("rest", "soap") and "auth" not in transport:
        found.append("fill in transport.auth: it answered without; ask how one signs in")
    if transport["kind"] == "files" and "complete" not in transport:
        found.append("fill in transport.complete: ask for a .sha256 or .done beside each file")
    for draft in drafts:
        found += draft.asks
    found += [f"{one.path} is left out: {one.note}" for one in places if not one.stream]
    name = f"{target.code.upper()}_URL"
    if not secrets.has(name):
        found.append(f"put the whole address, with its account, into the secret {name}")
    found.append("then: zhongtai systems check, apply, and sync --dry-run")
    return found


def _schedule(code: str) -> str:
    """Once an hour, at a minute that differs from system to system."""
    return f"{crc32(code.encode()) % 60} * * * *"


def _checked(code: str, text: str) -> list[str]:
    """The strict check's sentences; none when the draft is complete."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{code}.yml"
        file.write_text(text, "utf-8")
        try:
            load_system(file)
        except BadContract as error:
            return error.message.splitlines()
    return []


def _place_json(place: PlaceSeen) -> dict[str, Any]:
    return vars(place) | {"columns": [vars(one) for one in place.columns]}
