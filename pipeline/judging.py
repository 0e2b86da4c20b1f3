"""Judging over one installation: what the command line and the portal ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from catalog.judging import contradictions, judge, people, queue, wishbook, wishes
from catalog.judging.contradictions import Shown
from catalog.judging.judge import Answer, Judged
from catalog.judging.queue import Question, Whole
from catalog.judging.statements import RELATIONS, WAITING, Statement, of_subject
from catalog.judging.wishes import Wanted, Wish
from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused
from kernel.house import House
from registry import accounts
from registry.accounts import Account

T = TypeVar("T")


class Judging:
    """Every method may raise BadInput and Refused; their texts hold no personal data."""

    def __init__(self, house: House) -> None:
        self.house = house

    def person(self, name: str) -> Account:
        """The account that acts at the command line. Raises BadInput when there is none."""
        with self.house.engine.connect() as conn:
            found = accounts.account(conn, name)
        if found is None:
            raise BadInput(f"no account {name}, or it is disabled")
        return found

    def subject_of(self, of: str) -> str:
        """item or material, by a question's key, a local code or a material's name."""
        with self.house.engine.connect() as conn:
            return queue.subject_of(conn, of)

    def questions(
        self, account: Account | None, subject: str, limit: int, offset: int
    ) -> list[Question]:
        """The open questions for this account (None: all), those first that settle most."""
        if account is not None:
            _check_part(account)
        with self.house.engine.connect() as conn:
            return queue.questions(conn, account, subject, limit, offset)

    def question(self, account: Account, subject: str, of: str) -> Whole:
        """One question with the rows that it settles and everything that was said."""
        _check_part(account)
        return self.look(subject, of)

    def look(self, subject: str, of: str) -> Whole:
        """The same at the command line."""
        _check_subject(subject)
        with self.house.engine.connect() as conn:
            return queue.whole(conn, subject, of, self.house.clock().astimezone(CITY_TIME).date())

    def judge(self, account: Account, said: Answer) -> Judged:
        """Say what a question's rows are."""
        return self._do(lambda conn: judge.judge(conn, account, said, self.house.clock()))

    def decide(self, account: Account, number: int, accept: bool, why: str) -> Judged:
        """Answer a proposal, or confirm a merge that waits for a second person."""
        return self._do(
            lambda conn: judge.decide(conn, account, number, accept, why, self.house.clock())
        )

    def undo(self, account: Account, number: int, why: str) -> Judged:
        """Take a judgement back."""
        return self._do(lambda conn: judge.undo(conn, account, number, why, self.house.clock()))

    def waiting(self, account: Account | None, subject: str | None = None) -> list[Statement]:
        """Proposals and merges that wait, the oldest first; a department's officer sees its own."""
        if account is not None:
            _check_part(account)
        with self.house.engine.connect() as conn:
            found = of_subject(conn, subject, WAITING)
        if account is None or people.decides(account):
            return found
        return [one for one in found if one.by == account.name]

    def contradictions(self, account: Account | None, subject: str | None = None) -> list[Shown]:
        """Those that stand, the oldest first."""
        if account is not None:
            _check_part(account)
        with self.house.engine.connect() as conn:
            return contradictions.standing(conn, subject)

    def wishes(self, account: Account | None, state: str | None = None) -> list[Wish]:
        """The 建议单, the oldest first."""
        if account is not None:
            _check_part(account)
        with self.house.engine.connect() as conn:
            return wishes.wishes(conn, state)

    def wish(self, account: Account, wanted: Wanted) -> Wish:
        """Keep a wish to the province."""
        return self._do(lambda conn: wishes.make(conn, account, wanted, self.house.clock()))

    def move_wish(
        self, account: Account, number: int, to: str, why: str, document: str | None
    ) -> Wish:
        """One step of a wish."""
        said = (why, document)
        return self._do(
            lambda conn: wishes.move(conn, account, number, to, said, self.house.clock())
        )

    def wish_book(self, account: Account | None, state: str | None = None) -> bytes:
        """The 建议单 as Excel."""
        return wishbook.as_excel(self.wishes(account, state))

    def _do(self, step: Callable[[Connection], T]) -> T:
        with self.house.engine.begin() as conn:
            return step(conn)


def _check_part(account: Account) -> None:
    if not (people.decides(account) or people.proposes(account)):
        raise Refused("只有部门数据专员和审批局可以查看待判断的名称", reason="role")


def _check_subject(subject: str) -> None:
    if subject not in RELATIONS:
        raise BadInput(f"questions are about an item or a material, not about {subject}")
