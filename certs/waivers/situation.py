"""What shared data says of a case's situation, under the right to look at it.

A case says whose application it is, and whether a person is a minor. A licence answers only where
this case may use its type anyway: the item asks for it as a proof, its waiver is in force, and it
is valid and fresh now. That none was found says nothing: then a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from catalog.situations.asking import Decision
from catalog.situations.condition import NEVER, after
from catalog.situations.lexicon import Question, SharedAnswer, ToAsk
from catalog.situations.only_if import less_ruled_out
from catalog.versions.published import PublishedMaterial
from certs.rights import right
from certs.rights.scene import Scene
from certs.waivers.candidates import Candidate
from certs.waivers.lines import lacking, licence_facts, material_facts
from kernel.house import House
from kernel.numbers import normalise_citizen
from landing.read import case_secret

From = Literal["said", "case", "licence"]


@dataclass(frozen=True)
class Known:
    """A case's decision, and the answers that are known."""

    decision: Decision
    answers: tuple[Answer, ...]

    @property
    def given(self) -> dict[str, str]:
        """Question -> answer."""
        return {one.question: one.answer for one in self.answers}

    @property
    def told(self) -> tuple[Answer, ...]:
        """The answers that the plan shows: not what data says beside the list."""
        shown = self.decision.of_lines
        return tuple(one for one in self.answers if one.source == "said" or one.question in shown)

    def next(self) -> ToAsk | None:
        """The question that a person is to answer; None when the list is final."""
        found = self.decision.next(self.given)
        return found.to_ask if found is not None else None

    def lines(self) -> list[tuple[PublishedMaterial, bool]]:
        """The catalogue's lines, and whether each still may hold.

        Each without the licence types that stand for it in another situation only.
        """
        given = self.given
        lines = self.decision.lines
        return [
            (less_ruled_out(one, given), after(condition, given) != NEVER)
            for one, condition in lines
        ]


@dataclass(frozen=True)
class Answer:
    """An answer, and who gave it: a person at the window, the case, or a licence type."""

    question: str
    answer: str
    source: From
    licence_type: str | None = None


def situation_of(
    house: House, now: Scene, found: Sequence[Candidate], said: Mapping[str, str]
) -> Known:
    """The case's decision and the answers that are known; what a person said counts first.

    Raises BadInput on an answer that no question has.
    """
    decision = Decision(now.materials)
    decision.check(said)
    known = {key: Answer(key, answer, "said") for key, answer in said.items()}
    usable = _usable(now, found)
    under_18 = _under_18(house, now, decision)
    for key, question in decision.questions.items():
        if key in known:
            continue
        answer = _shared(now, question, usable, under_18)
        if answer is not None:
            known[key] = answer
    return Known(decision, tuple(known.values()))


def of_case_alone(house: House, now: Scene) -> list[PublishedMaterial]:
    """The lines that the case's own facts do not rule out: what a look may be about."""
    known = situation_of(house, now, (), {})
    return [one for one, holds in known.lines() if holds]


def _under_18(house: House, now: Scene, decision: Decision) -> bool | None:
    """Of a person applying, where it is asked; the number is opened for nothing else."""
    asked = any(
        (one.source, one.name) == ("case", "under_18")
        for question in decision.questions.values()
        for one in question.shared
    )
    if not asked or now.case is None or now.case.applicant_kind != "person":
        return None
    number = normalise_citizen(case_secret(house, now.case)["applicant_number"])
    return minor(birth_of(number), now.today)


def minor(birth: date, today: date) -> bool:
    """Whether someone born then is under 18 today."""
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return years < 18


def birth_of(number: str) -> date:
    """The day of birth in a citizen number of 18 characters."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _shared(
    now: Scene, question: Question, usable: Sequence[Candidate], under_18: bool | None
) -> Answer | None:
    """The newest licence decides between several; two of one day decide nothing."""
    offered: list[tuple[date, str, str]] = []
    for one in question.shared:
        if one.source == "case":
            answer = _of_case(now, one, under_18)
            if answer is not None:
                return Answer(question.id, answer, "case")
        else:
            ((_, says),) = one.says
            of_type = [licence for licence in usable if licence.type == one.name]
            offered += [(licence.issued or date.min, says, one.name) for licence in of_type]
    if not offered:
        return None
    last = max(day for day, _, _ in offered)
    newest = {(says, name) for day, says, name in offered if day == last}
    if len({says for says, _ in newest}) > 1:
        return None
    says, name = min(newest)
    return Answer(question.id, says, "licence", name)


def _of_case(now: Scene, one: SharedAnswer, under_18: bool | None) -> str | None:
    says = dict(one.says)
    if one.name == "applicant_kind":
        return says[now.case.applicant_kind] if now.case is not None else None
    if one.name == "under_18":
        return None if under_18 is None else says["yes" if under_18 else "no"]
    raise ValueError(f"a case has no field {one.name} that answers a question")


def _usable(now: Scene, found: Sequence[Candidate]) -> list[Candidate]:
    """Licences that this case may use as proofs: valid, fresh, and their waiver in force."""
    provable = [
        facts
        for facts in (material_facts(now, material) for material in now.materials)
        if right.material_detail(facts) is None
    ]
    return [
        one
        for one in found
        if any(
            one.type in facts.proving_types and _waives(licence_facts(facts, one))
            for facts in provable
        )
    ]


def _waives(facts: right.Facts) -> bool:
    return lacking(facts) is None and right.licence_detail(facts) is None
