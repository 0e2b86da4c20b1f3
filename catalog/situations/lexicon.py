"""The questions and their words (`questions.yml`), read once and checked; code holds no wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from catalog.situations.condition import ALWAYS, Condition, both, clause
from catalog.wordlists import longest_first, read_words
from kernel.errors import BadInput
from registry import licence_types

FILE = Path(__file__).with_name("questions.yml")
#: What of a case can answer a question: whose it is, and whether the citizen number is a minor's.
CASE_FIELDS = ("applicant_kind", "under_18")
Wanted = dict[str, list[str]]


@dataclass(frozen=True)
class SharedAnswer:
    """What can answer instead of the applicant. `says`: value -> answer.

    Of a case: the values of its field `name`. Of a licence type `name`: `valid` alone, where a
    valid one is found; that none is found says nothing.
    """

    source: Literal["case", "licence"]
    name: str
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """A question to an applicant. `when`: what must hold for any of its answers to count."""

    id: str
    text: str
    options: tuple[str, ...]
    when: Condition = ALWAYS
    shared: tuple[SharedAnswer, ...] = ()

    @property
    def to_ask(self) -> ToAsk:
        """The question without what only the decision needs."""
        return ToAsk(self.id, self.text, self.options, self.shared)


@dataclass(frozen=True)
class ToAsk:
    """A question as it is put to a person; `shared`: what could answer it instead."""

    id: str
    text: str
    options: tuple[str, ...]
    shared: tuple[SharedAnswer, ...]


@dataclass(frozen=True)
class SituationWords:
    """What `situations` needs to know. `meaning`: words -> when they hold."""

    questions: Mapping[str, Question]
    meaning: Mapping[str, Condition]
    roles: Mapping[str, Condition]
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    negations: tuple[str, ...]
    joints_all: tuple[str, ...]
    joints_any: tuple[str, ...]


@cache
def load(file: Path = FILE) -> SituationWords:
    """Read the questions. Raises BadInput naming what is wrong."""
    return read_words(file, _words)[0]


def _words(data: dict[str, Any]) -> SituationWords:
    raw: dict[str, Any] = data.pop("questions")
    questions: dict[str, Question] = {}
    meaning: dict[str, Condition] = {}
    for key, about in raw.items():
        question = _question(key, dict(about), questions)
        questions[key] = question
        for answer, words in about["options"].items():
            for word in (answer, *words):
                if word in ("是", "否"):
                    continue  # an answer, but no situation by itself
                _once(meaning, word, holds(questions, {key: [answer]}))
    for word, wanted in data.pop("phrases").items():
        _once(meaning, word, holds(questions, wanted))
    return SituationWords(
        questions=questions,
        meaning=meaning,
        roles={role: holds(questions, one) for role, one in data.pop("roles").items()},
        heads=longest_first(data.pop("heads")),
        tails=longest_first(data.pop("tails")),
        negations=longest_first(data.pop("negations")),
        joints_all=longest_first(data.pop("joints_all")),
        joints_any=longest_first(data.pop("joints_any")),
    )


def holds(questions: Mapping[str, Question], wanted: Mapping[str, list[str]]) -> Condition:
    """When these answers hold, with what must hold for their questions to be asked at all."""
    made: Condition = frozenset({clause(wanted)})
    for key, answers in wanted.items():
        if key not in questions:
            raise BadInput(f"questions.yml names the question {key} before or without defining it")
        unknown = [one for one in answers if one not in questions[key].options]
        if unknown:
            allowed = ", ".join(questions[key].options)
            raise BadInput(f"questions.yml: {key} has no answer {unknown[0]}; it has {allowed}")
        made = both(made, questions[key].when)
    return made


def _question(key: str, about: dict[str, Any], before: Mapping[str, Question]) -> Question:
    options = tuple(about.pop("options"))
    when = holds(before, about.pop("when")) if "when" in about else ALWAYS
    shared = tuple(_shared(key, dict(one), options) for one in about.pop("shared", ()))
    text = about.pop("ask")
    if about or len(options) < 2:
        wrong = f"unknown key {next(iter(about))}" if about else "fewer than two answers"
        raise BadInput(f"questions.yml: the question {key} has {wrong}")
    return Question(key, text, options, when, shared)


def _shared(key: str, one: dict[str, Any], options: tuple[str, ...]) -> SharedAnswer:
    says = one.pop("says")
    if "case" in one:
        name, known = one.pop("case"), frozenset(CASE_FIELDS)
        made = SharedAnswer("case", name, tuple(says.items()))
    else:
        name, known = one.pop("licence"), frozenset(licence_types.load())
        made = SharedAnswer("licence", name, (("valid", says),))
    if name not in known or one or any(answer not in options for _, answer in made.says):
        raise BadInput(f"questions.yml: {key} cannot be answered from {name} in that way")
    return made


def _once(meaning: dict[str, Condition], word: str, condition: Condition) -> None:
    if meaning.setdefault(word, condition) != condition:
        raise BadInput(f"questions.yml: {word} means two different things")
