"""The catalogue's questions over one installation: the bureau's, and an applicant's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from catalog.questions.more_materials import more_materials
from catalog.questions.next_system import next_systems, papers_of
from catalog.questions.packages import package, packages
from catalog.questions.table import Table
from catalog.questions.unsatisfied import unsatisfied
from catalog.questions.unused import unused
from catalog.situations.whole import Whole, whole
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from pipeline import standing

QUESTIONS = ("unused", "more-materials", "package", "next-system", "unsatisfied")


@dataclass(frozen=True)
class About:
    """What a question may be asked with; each question takes what it needs."""

    years: int = 3
    code: str | None = None
    from_nothing: bool = False
    items: Sequence[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


class Asking:
    """Over one installation. Every method may raise BadInput."""

    def __init__(self, house: House) -> None:
        self.house = house

    def table(self, question: str, about: About) -> Table:
        """The answer to one of the bureau's questions."""
        systems, now = standing.applied(self.house), self.house.clock()

        def next_system(conn: Connection) -> Table:
            if about.code is not None:
                return papers_of(conn, systems, now, about.code)
            return next_systems(conn, systems, now, about.from_nothing)

        def one_thing(conn: Connection) -> Table:
            if about.items:
                return package(conn, about.items, about.answers, self._today())
            return packages(conn)

        ways: dict[str, Callable[[Connection], Table]] = {
            "unused": lambda conn: unused(conn, systems, about.years, now),
            "more-materials": more_materials,
            "package": one_thing,
            "next-system": next_system,
            "unsatisfied": lambda conn: unsatisfied(conn, systems, now),
        }
        if question not in ways:
            raise BadInput(f"no question {question}; there are {', '.join(QUESTIONS)}")
        with self.house.engine.connect() as conn:
            return ways[question](conn)

    def whole(self, codes: Sequence[str], answers: Mapping[str, str]) -> Whole:
        """What an applicant needs for items by id or a county's code: question and list."""
        with self.house.engine.connect() as conn:
            return whole(conn, codes, answers, self._today())

    def _today(self) -> date:
        return self.house.clock().astimezone(CITY_TIME).date()


def answers_of(said: Sequence[str]) -> dict[str, str]:
    """`question:answer` texts as a mapping. Raises BadInput on one of another form."""
    found: dict[str, str] = {}
    for one in said:
        key, sign, answer = one.replace("=", ":", 1).partition(":")
        if not (key and sign and answer):
            raise BadInput(f"an answer is written question:answer, not {one}")
        found[key] = answer
    return found
