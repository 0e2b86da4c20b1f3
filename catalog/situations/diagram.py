"""What a material comes to, as a reduced decision diagram over the questions still open.

Reduced: a question stands in it only where its answer makes a difference. So the questions of the
diagram are exactly those that change the list, whatever else is still open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.situations.condition import ALWAYS, NEVER, Condition, given, questions_of

#: How a line is asked: (needed, purpose).
Asked = tuple[bool, str]
Line = tuple[Condition, Asked]
#: The stricter purpose wins, as in the published list.
STRICTNESS = ("prove", "compare", "surrender")


@dataclass(frozen=True)
class Leaf:
    """The material is asked so; None: it is not asked."""

    asked: Asked | None


@dataclass(frozen=True)
class Node:
    """A question, and the number of the diagram that each of its answers leads to."""

    question: str
    then: tuple[int, ...]


@dataclass
class Diagrams:
    """Diagrams over the same questions, each part kept once. `order`: question -> its answers."""

    order: Mapping[str, Sequence[str]]
    nodes: list[Leaf | Node] = field(default_factory=list)
    numbers: dict[Leaf | Node, int] = field(default_factory=dict)
    made: dict[frozenset[Line], int] = field(default_factory=dict)

    def of(self, lines: frozenset[Line]) -> int:
        """The diagram of a material's lines; equal diagrams have the same number."""
        if lines not in self.made:
            self.made[lines] = self._make(lines)
        return self.made[lines]

    def questions(self, number: int) -> frozenset[str]:
        """The questions whose answers change what the diagram comes to."""
        found: set[str] = set()
        todo, seen = [number], {number}
        while todo:
            node = self.nodes[todo.pop()]
            if isinstance(node, Node):
                found.add(node.question)
                todo += [one for one in node.then if one not in seen]
                seen.update(node.then)
        return frozenset(found)

    def _make(self, lines: frozenset[Line]) -> int:
        open_ = frozenset(q for condition, _ in lines for q in questions_of(condition))
        if not open_:
            return self._number(Leaf(merged([asked for one, asked in lines if one == ALWAYS])))
        question = next(one for one in self.order if one in open_)
        then = tuple(self.of(answered(lines, question, answer)) for answer in self.order[question])
        if len(set(then)) == 1:
            return then[0]
        return self._number(Node(question, then))

    def _number(self, node: Leaf | Node) -> int:
        if node not in self.numbers:
            self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self.numbers[node]


def answered(lines: frozenset[Line], question: str, answer: str) -> frozenset[Line]:
    """The lines after an answer; those that can no longer hold are gone."""
    found = ((given(condition, question, answer), asked) for condition, asked in lines)
    return frozenset((condition, asked) for condition, asked in found if condition != NEVER)


def merged(asked: Sequence[Asked]) -> Asked | None:
    """Several lines that hold at once: needed if any needs it, for the strictest purpose."""
    if not asked:
        return None
    needed = any(one for one, _ in asked)
    return needed, max((purpose for _, purpose in asked), key=STRICTNESS.index)
