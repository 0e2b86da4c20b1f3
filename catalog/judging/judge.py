"""A person's judgement: said, decided, confirmed, taken back. Each is in the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from catalog.judging import contradictions, people, waives
from catalog.judging.effect import settle
from catalog.judging.keys import question_name
from catalog.judging.marks import left_behind, note_own_change
from catalog.judging.statements import RELATIONS, Statement, of_number
from catalog.tables import LOCK
from kernel.db import lock
from kernel.errors import BadInput
from ledger import log
from ledger.events import EventName, event
from registry.accounts import Account
from registry.typed import plain

_KNOWN = {
    "item": "SELECT id FROM catalog.canonical_item WHERE id = ANY(:ids) AND gone_at IS NULL",
    "material": "SELECT id FROM catalog.canonical_material WHERE id = ANY(:ids)",
}
#: How many canonical ones a relation names.
_MANY = {
    "same": (1, 1), "narrower": (1, 1), "broader": (1, 8), "none": (0, 0), "different": (1, 8),
    "unsure": (0, 0),
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a person says of a question.

    `of`: the question's key, a local code or a material's name. `relation`: same, narrower,
    broader, none, different (only: it is not these) or unsure. `rights`: canonical ids. `only`:
    of that one row, where its county differs from the others.
    """

    subject: str
    of: str
    relation: str
    rights: tuple[str, ...]
    why: str
    only: bool = False


@dataclass(frozen=True)
class Judged:
    """A statement's number and what became of it, and the rows that it is about."""

    number: int
    state: str
    rows: int


@dataclass(frozen=True)
class _About:
    key: str
    name: str
    office: str
    left: str | None
    lefts: tuple[str, ...]


def judge(conn: Connection, account: Account, said: Answer, at: datetime) -> Judged:
    """Record what the account says. It outranks the rules while it is in force.

    A department's word is `proposed`; a merge that touches waivers is `pending` until another
    person confirms it; neither has an effect yet. Raises BadInput and Refused.
    """
    lock(conn, LOCK)
    why = _check(conn, said)
    about = _about(conn, said)
    final = people.check_says(account, about.office)
    rights = said.rights
    touches = waives.touches(conn, said.subject, said.relation, rights, about.lefts)
    state = "proposed" if not final else "pending" if touches else "in_force"
    if said.relation == "unsure":
        state = "in_force"
        _check_open(conn, said.subject, about)
    before = left_behind(conn)
    number = conn.execute(
        text(
            'INSERT INTO catalog.statement (subject, key, "left", name, office, relation, rights,'
            ' "by", why, at, waives, state) VALUES (:subject, :key, :left, :name, :office,'
            " :relation, :rights, :by, :why, :at, :waives, :state) RETURNING id"
        ),
        {
            "subject": said.subject, "key": about.key, "left": about.left, "name": about.name,
            "office": about.office, "relation": said.relation, "rights": list(rights),
            "by": account.name, "why": why, "at": at, "waives": touches, "state": state,
        },
    ).scalar_one()  # fmt: skip
    one = of_number(conn, int(number))
    _take_effect(conn, one, about.lefts, at, before)
    _log(conn, "judgement.made", account.name, one, at)
    return Judged(one.id, state, len(about.lefts))


def decide(
    conn: Connection, account: Account, number: int, accept: bool, why: str, at: datetime
) -> Judged:
    """The approval bureau's answer to a proposal, or the second person's to a pending merge.

    Never by who said it. Raises BadInput and Refused.
    """
    lock(conn, LOCK)
    one = of_number(conn, number)
    if one.undone_at is not None or one.state not in ("proposed", "pending"):
        raise BadInput(f"judgement {number} waits for nobody: it is {_shown(one)}")
    people.check_second(account, one.by)
    reason = plain(why, "the reason")
    before = left_behind(conn)
    conn.execute(
        text(
            "UPDATE catalog.statement SET state = :state, decided_by = :by, decided_why = :why,"
            " decided_at = :at WHERE id = :id"
        ),
        {
            "state": "in_force" if accept else "rejected",
            "by": account.name,
            "why": reason,
            "at": at,
            "id": number,
        },
    )
    done = of_number(conn, number)
    lefts = _lefts(conn, done)
    _take_effect(conn, done, lefts, at, before)
    _log(conn, "judgement.decided", account.name, done, at)
    return Judged(number, done.state, len(lefts))


def undo(conn: Connection, account: Account, number: int, why: str, at: datetime) -> Judged:
    """Take a judgement back: what held before it holds again. It stays on record.

    Who decides may take back any; a department its own while it is not decided.
    Raises BadInput and Refused.
    """
    lock(conn, LOCK)
    one = of_number(conn, number)
    if one.undone_at is not None or one.state == "rejected":
        raise BadInput(f"judgement {number} is {_shown(one)} already")
    own = one.by == account.name and (one.state == "proposed" or one.relation == "unsure")
    if not own:
        people.check_decides(account)
    reason = plain(why, "the reason")
    before = left_behind(conn)
    conn.execute(
        text(
            "UPDATE catalog.statement SET undone_by = :by, undone_why = :why, undone_at = :at"
            " WHERE id = :id"
        ),
        {"by": account.name, "why": reason, "at": at, "id": number},
    )
    lefts = _lefts(conn, one)
    _take_effect(conn, one, lefts, at, before)
    _log(conn, "judgement.undone", account.name, of_number(conn, number), at)
    return Judged(number, "undone", len(lefts))


def _take_effect(
    conn: Connection, one: Statement, lefts: Collection[str], at: datetime, before: str
) -> None:
    settle(conn, one.subject, lefts, at)
    contradictions.refresh(conn, at)
    note_own_change(conn, before)


def _check(conn: Connection, said: Answer) -> str:
    """The reason, trimmed. Raises BadInput where the answer cannot be."""
    if said.subject not in RELATIONS:
        raise BadInput(f"a judgement is on an item or a material, not on {said.subject}")
    if said.relation not in RELATIONS[said.subject]:
        allowed = ", ".join(RELATIONS[said.subject])
        raise BadInput(f"the relation of a {said.subject} is one of {allowed}, not {said.relation}")
    least, most = _MANY[said.relation]
    if said.subject == "material" and said.relation == "same":
        most = 8  # a compound
    if not least <= len(set(said.rights)) <= most:
        allowed = str(least) if least == most else f"{least} to {most}"
        raise BadInput(
            f"the relation {said.relation} names {allowed} canonical {said.subject}s, not"
            f" {len(set(said.rights))}"
        )
    there = set(conn.execute(text(_KNOWN[said.subject]), {"ids": list(said.rights)}).scalars())
    for one in said.rights:
        if one not in there:
            raise BadInput(f"there is no canonical {said.subject} {one}")
    return plain(said.why, "the reason")


def _about(conn: Connection, said: Answer) -> _About:
    """The question and its rows. Raises BadInput where nothing live is called so."""
    row = conn.execute(
        text(
            'SELECT key, name, office, "left" FROM catalog.local WHERE subject = :s'
            ' AND ("left" = :of OR key = :of) ORDER BY "left" = :of DESC, "left" LIMIT 1'
        ),
        {"s": said.subject, "of": said.of.strip()},
    ).first()
    if row is None:
        raise BadInput(f"there is no {said.subject} {said.of} to judge: name a question or a code")
    key, name, office, left = row
    if said.only:
        if left != said.of.strip():
            raise BadInput("only one row can be judged by its own code, not by a question's key")
        return _About(key, name, office, left, (left,))
    rows = _rows_of(conn, said.subject, key)
    return _About(key, question_name(rows.values()), office, None, tuple(rows))


def _check_open(conn: Connection, subject: str, about: _About) -> None:
    is_open = conn.execute(
        text(
            "SELECT EXISTS (SELECT FROM catalog.review WHERE subject = :s AND closed_at IS NULL"
            " AND key = :key)"
        ),
        {"s": subject, "key": about.key},
    ).scalar_one()
    if not is_open:
        raise BadInput(f"“{about.name}” is not asked about: only an open question can be put aside")


def _lefts(conn: Connection, one: Statement) -> list[str]:
    return list(_rows_of(conn, one.subject, one.key)) if one.left is None else [one.left]


def _rows_of(conn: Connection, subject: str, key: str) -> dict[str, str]:
    """By row of the question: its name."""
    found = conn.execute(
        text(
            'SELECT "left", name FROM catalog.local WHERE subject = :s AND key = :key'
            ' ORDER BY "left"'
        ),
        {"s": subject, "key": key},
    )
    return {row[0]: row[1] for row in found}


def _shown(one: Statement) -> str:
    return "undone" if one.undone_at is not None else one.state


def _log(conn: Connection, what: EventName, actor: str, one: Statement, at: datetime) -> None:
    facts = {
        "judgement": one.id,
        "subject": one.subject,
        "question": one.key,
        "relation": one.relation,
        "items": sorted(one.rights),
        "outcome": _shown(one),
    }
    log.append(conn, event(at, what, actor, **facts))
