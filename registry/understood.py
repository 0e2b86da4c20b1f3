"""A place of a source, and what its columns and values were taken for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from registry.content import Content, contents_of
from registry.fields import FIELDS, required
from registry.propose import Column, TableProposal, propose

#: The meaning of a value that nothing tells.
OPEN: Final = "?"

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Seen:
    """A table, list, operation or kind of file, with rows of it. `key`: by the source's word."""

    path: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Sequence[Row] = field(repr=False)


@dataclass(frozen=True)
class Understood:
    """A place with what its columns and values were taken for."""

    seen: Seen
    contents: Mapping[str, Content]
    made: TableProposal

    def mapped(self) -> dict[str, str]:
        """field → column, in the order of the standard fields."""
        given = {one.field: one.column for one in self.made.columns if one.field}
        order = list(FIELDS[self.made.kind]) if self.made.kind else []
        return {name: given[name] for name in order if name in given}

    def is_one(self) -> bool:
        """Whether it holds records: at least half of what its kind needs was found."""
        if self.made.kind is None:
            return False
        needed = required(self.made.kind)
        return 2 * sum(1 for name in needed if name in self.mapped()) >= len(needed)


def understand(seen: Seen) -> Understood:
    """Kind and mapping of a place, by its words and its values."""
    contents = contents_of(seen.rows)
    made = propose(seen.path, seen.comment, seen.columns, contents)
    return Understood(seen, contents, made)
