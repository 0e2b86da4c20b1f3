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
PLAIN = frozenset({"permit", "handle", ""})
BRACKET = -1  # the "line" of items that differ in a bracket


class Siblings:
    """The canonical items by what they share; rows as in the list given, as are `mains`."""

    def __init__(
        self,
        names: Sequence[str],
        mains: Sequence[Bag | None],
        bags: Sequence[Bag],
        apart: Sequence[frozenset[str]],
    ) -> None:
        self._bracketed = ["(" in normal_form(name) for name in names]
        self._bags, self._mains = bags, mains
        self._apart = apart
        self._kin: dict[tuple[object, ...], list[int]] = defaultdict(list)
        self._acts_of: dict[frozenset[str], set[frozenset[str]]] = defaultdict(set)
        self._grants: dict[tuple[object, ...], list[int]] = defaultdict(list)
        self._light: dict[tuple[object, ...], set[str]] = defaultdict(set)
        self._listing: dict[tuple[object, ...], bool] = defaultdict(bool)
        for row, (one, main) in enumerate(zip(bags, mains, strict=True)):
            if main and one.acts == main.acts:
                self._grants[self._main(main)].append(row)
                self._light[self._main(main)].update(main.light)
                self._listing[self._main(main)] |= main.listed > 0
            self._acts_of[frozenset(one.words)].add(one.acts)
            for line in (BRACKET, *(line for line, _ in one.marks)):
                self._kin[self._key(one, line)].append(row)

    def grants(self, name: Bag) -> tuple[int, ...]:
        """The items of its acts below the main item that `name` is; or the one that says no more.

        取水许可 is 取水许可证新办审批; 经营高危险性体育项目许可 covers 经营攀岩许可 and its like,
        娱乐场所变更 every change below it.
        () where there is one that says more: the name may be no more than beside it.
        """
        said = self._main(name)
        rows = self._grants.get(said, []) if name.words else []
        first = name.acts == {GRANT}
        if not first and not self._light.get(said, set()).issuperset(name.light):
            return ()
        plain = [row for row in rows if first and self._no_more(self._bags[row], name)]
        if self._listing.get(said) and len(rows) > 1:
            return tuple(rows)
        return tuple(plain) if len(plain) == 1 else tuple(rows) if len(rows) > 1 else ()

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

    def is_below(self, name: Bag, parent: Bag | None, row: int) -> bool:
        """Whether `name` says the item, its main item and no more: 高危险性体育项目（攀岩）许可.

        None of the item's words may be left out, nor be said of another item of that main item.
        """
        item, main = self._bags[row], self._mains[row]
        if not main or name.acts != item.acts or name.excluded or parent:
            return False
        said, own = {*name.words, *name.bounds}, {*item.words, *item.bounds}
        more = {*main.words} - own
        return bool(more & said) and bool(own - {*main.words}) and own <= said <= own | more

    def alike(self, name: Bag, row: int) -> bool:
        """Whether `name` has the acts and all the words of the item, and no others."""
        item = self._bags[row]
        return name.acts == item.acts and set(name.words) == set(item.words)

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

    def _main(self, one: Bag) -> tuple[object, ...]:
        """What a main item's name says."""
        plain = "permit" if one.procedure in PLAIN else one.procedure
        words, bounds = frozenset(one.words), frozenset((*one.bounds, *one.excluded))
        return words, one.acts, plain, bounds

    def _no_more(self, one: Bag, name: Bag) -> bool:
        """Whether `one` says nothing that `name` does not say."""
        said = {*name.words, *name.light, *name.bounds}
        return {*one.words, *one.bounds, *one.excluded} <= said

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
