"""Items, a version and the answers so far: the question that still changes the list, or the list.

One item or several at once (一件事): a material or a question of several items is there once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.situations.condition import ALWAYS, NEVER, Condition, after, both, questions_of
from catalog.situations.diagram import Asked, Diagrams, Leaf, Line, merged
from catalog.situations.lexicon import Question, load
from catalog.situations.only_if import less_ruled_out, needs_of
from catalog.situations.words import read_situation
from catalog.versions.published import PublishedMaterial
from kernel.errors import BadInput


@dataclass(frozen=True)
class Listed:
    """A material of the list. `certain`: asked whatever is answered to what is still open."""

    material_id: str
    name: str
    kind: str
    role: str
    need: bool
    purpose: str
    licence_types: tuple[str, ...]
    certain: bool
    situations: tuple[str, ...]  # in which of the catalogue's situations; () always
    items: tuple[str, ...]  # which items ask for it


class Decision:
    """The decision structure of one or more items' published lines.

    `questions`: those that a line (`of_lines`), or a licence type that may stand for one, depends
    on. Only those that change the list are ever put to a person (`open`).
    """

    def __init__(self, materials: Iterable[PublishedMaterial]) -> None:
        known = load()
        self.questions: dict[str, Question] = {}
        self.lines: list[tuple[PublishedMaterial, Condition]] = []
        own: dict[str, Question] = {}
        for one in materials:
            situation = read_situation(one.situation)
            if situation.own is not None:
                own[situation.own.id] = situation.own
            condition = both(situation.condition, known.roles.get(one.role, ALWAYS))
            self.lines.append((one, condition))
        self.of_lines = {key for _, condition in self.lines for key in questions_of(condition)}
        needs = [need for one, _ in self.lines for need in needs_of(one).values()]
        used = self.of_lines | {key for need in needs for key in questions_of(need)}
        every = {**known.questions, **dict(sorted(own.items()))}
        self.questions = {key: every[key] for key in every if key in used}

    def check(self, answers: Mapping[str, str]) -> None:
        """Raise BadInput on an answer to no question of these items, or that it does not have."""
        known = load().questions
        for key, answer in answers.items():
            question = self.questions.get(key) or known.get(key)
            if question is None:
                allowed = ", ".join(self.questions) or "none"
                raise BadInput(f"these items ask no question {key}; they ask {allowed}")
            if answer not in question.options:
                allowed = ", ".join(question.options)
                raise BadInput(f"{key} is answered by one of {allowed}, not by {answer}")

    def open(self, answers: Mapping[str, str]) -> list[Question]:
        """The questions that still change the list, in the order in which to ask them.

        One that another depends on comes before it, then what settles more materials.
        """
        weight = self._weights(answers)
        return sorted(
            (self.questions[key] for key in weight),
            key=lambda one: (
                bool(questions_of(one.when) & weight.keys()),
                -weight[one.id],
                list(self.questions).index(one.id),
            ),
        )

    def next(self, answers: Mapping[str, str]) -> Question | None:
        """The question to ask now; None when no answer changes the list any more."""
        self.check(answers)
        return next(iter(self.open(answers)), None)

    def listed(self, answers: Mapping[str, str]) -> list[Listed]:
        """What is asked, or may be, after these answers; in the catalogue's order."""
        self.check(answers)
        found: dict[str, list[tuple[PublishedMaterial, Condition]]] = {}
        for one, condition in self.lines:
            left = after(condition, answers)
            if left != NEVER:
                found.setdefault(one.material_id, []).append((one, left))
        return [self._listed(rows, answers) for rows in found.values()]

    def _listed(
        self, rows: Sequence[tuple[PublishedMaterial, Condition]], answers: Mapping[str, str]
    ) -> Listed:
        first = less_ruled_out(rows[0][0], answers)
        asked = merged([(one.need, one.purpose) for one, _ in rows])
        sure = merged([(one.need, one.purpose) for one, left in rows if left == ALWAYS])
        fixed = self._fixed(rows)
        if asked is None:
            raise ValueError("a listed material has a line that may hold")
        need, purpose = fixed or sure or asked
        return Listed(
            material_id=first.material_id,
            name=first.name,
            kind=first.kind,
            role=first.role,
            need=need,
            purpose=purpose,
            licence_types=first.licence_types,
            certain=bool(fixed or sure),
            situations=()
            if any(not one.situation for one, _ in rows)
            else tuple(dict.fromkeys(one.situation for one, _ in rows)),
            items=tuple(dict.fromkeys(one.item_id for one, _ in rows)),
        )

    def _fixed(self, rows: Sequence[tuple[PublishedMaterial, Condition]]) -> Asked | None:
        """How it is asked where no open question makes a difference; None where one does."""
        diagrams = self._diagrams()
        number = diagrams.of(frozenset((left, (one.need, one.purpose)) for one, left in rows))
        node = diagrams.nodes[number]
        return node.asked if isinstance(node, Leaf) else None

    def _weights(self, answers: Mapping[str, str]) -> Counter[str]:
        """How many materials each question still makes a difference to."""
        found: dict[str, set[Line]] = {}
        for one, condition in self.lines:
            left = after(condition, answers)
            if left != NEVER:
                asked: Asked = (one.need, one.purpose)
                found.setdefault(one.material_id, set()).add((left, asked))
        diagrams = self._diagrams()
        return Counter(
            question
            for lines in found.values()
            for question in diagrams.questions(diagrams.of(frozenset(lines)))
        )

    def _diagrams(self) -> Diagrams:
        return Diagrams({key: one.options for key, one in self.questions.items()})
