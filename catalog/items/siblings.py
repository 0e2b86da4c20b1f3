"""Canonical items that differ in one thing only: a name that leaves it unsaid covers them all.

企业社会保险登记 and 机关事业单位社会保险登记 differ in whose it is; two items may differ in a
bracket only. And an item that says no act (居民身份证办理), with none of its object beside it,
covers every act of that object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from catalog.items.bag import Bag
from catalog.items.parse import GRANT, normal_form

#: Procedures whose word leaves the act open: 办理, 登记.
OPEN = frozenset({"handle", "register"})
BRACKET = -1  # the "line" of items that differ in a bracket


class Siblings:
    """The canonical items by what they share; rows as in the list given."""

    def __init__(
        self, names: Sequence[str], bags: Sequence[Bag], apart: Sequence[frozenset[str]]
    ) -> None:
        self._bracketed = ["(" in normal_form(name) for name in names]
        self._bags = bags
        self._apart = apart
        self._kin: dict[tuple[object, ...], list[int]] = defaultdict(list)
        self._acts_of: dict[frozenset[str], set[frozenset[str]]] = defaultdict(set)
        for row, one in enumerate(bags):
            self._acts_of[frozenset(one.words)].add(one.acts)
            for line in (BRACKET, *(line for line, _ in one.marks)):
                self._kin[self._key(one, line)].append(row)

    def covered(self, name: Bag, parent: Bag | None, row: int) -> tuple[int, ...]:
        """`row` and the items beside it that `name` covers as well; () where there are none.

        A name with a word that the item does not have may say by it which one is meant.
        """
        item = self._bags[row]
        if not set(name.words) <= set(item.words):
            return ()
        said = {line for line, _ in (*name.marks, *(parent.marks if parent else ()))}
        if not name.bounds and not name.excluded:
            kin = self._kin[self._key(item, BRACKET)]
            if len(kin) > 1 and all(self._bracketed[n] for n in kin):
                return (row, *(n for n in kin if n != row))
        for line, _ in item.marks:
            kin = self._kin[self._key(item, line)]
            rest = frozenset(item.words) - self._apart[line]
            if line not in said and rest and len(kin) > 1 and self._differ(kin, line):
                return (row, *(n for n in kin if n != row))
        return ()

    def is_act_of(self, name: Bag, row: int) -> bool:
        """Whether `name` is one act of an item that says none and has none of its object beside it.

        A first grant said is one act of 办理 alone; 登记 without an act is most often the first.
        """
        item = self._bags[row]
        if item.stated or item.procedure not in OPEN or not item.words or not name.stated:
            return False
        if frozenset(name.words) != frozenset(item.words) or name.bounds:
            return False
        if name.acts == {GRANT} and item.procedure != "handle":
            return False
        return self._acts_of[frozenset(item.words)] == {frozenset({GRANT})}

    def _differ(self, kin: Sequence[int], line: int) -> bool:
        """Whether each says its own word of the line, and no two the same."""
        bits = [dict(self._bags[n].marks)[line] for n in kin]
        return len(set(bits)) == len(bits)

    def _key(self, one: Bag, line: int) -> tuple[object, ...]:
        """What its kin share: all but the words of the line, or all but what brackets say."""
        if line == BRACKET:
            words = frozenset((*one.words, *one.light))
            return (line, words, one.acts, one.aspects, one.procedure)
        rest = frozenset(one.words) - self._apart[line]
        bounds = frozenset(one.bounds) - self._apart[line]
        return (line, rest, one.acts, one.aspects, bounds, frozenset(one.excluded))
