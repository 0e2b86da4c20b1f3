"""When a line of a material list holds: a choice of clauses, each some answers that must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

#: Answers that must all hold: (question, the answers that do), by question.
Clause = frozenset[tuple[str, frozenset[str]]]
#: Any one of the clauses is enough. ALWAYS has an empty clause, NEVER has none.
Condition = frozenset[Clause]

ALWAYS: Condition = frozenset({frozenset()})
NEVER: Condition = frozenset()


def clause(wanted: Mapping[str, Iterable[str]]) -> Clause:
    """The clause of {question: answers}."""
    return frozenset((question, frozenset(answers)) for question, answers in wanted.items())


def both(left: Condition, right: Condition) -> Condition:
    """Where both hold."""
    made = (_join(one, other) for one, other in product(left, right))
    return frozenset(one for one in made if one is not None)


def given(condition: Condition, question: str, answer: str) -> Condition:
    """What is left to hold once a question is answered."""
    left: set[Clause] = set()
    for one in condition:
        rest = frozenset(literal for literal in one if literal[0] != question)
        if all(answer in answers for asked, answers in one if asked == question):
            left.add(rest)
    return ALWAYS if frozenset() in left else frozenset(left)


def after(condition: Condition, answers: Mapping[str, str]) -> Condition:
    """What is left to hold after these answers."""
    for question, answer in answers.items():
        condition = given(condition, question, answer)
    return condition


def questions_of(condition: Condition) -> frozenset[str]:
    """The questions that it names."""
    return frozenset(question for one in condition for question, _ in one)


def _join(one: Clause, other: Clause) -> Clause | None:
    """One clause of two; None where no answer to a question would satisfy both."""
    wanted: dict[str, frozenset[str]] = {}
    for question, answers in (*one, *other):
        wanted[question] = wanted.get(question, answers) & answers
    return clause(wanted) if all(wanted.values()) else None
