"""建议单: what the city asks of the province's base catalogue, which it never changes itself.

Where the base catalogue has an entry, it is the canonical item: counties map to it. A wish to
rename, merge, split, add or abolish one is kept with its reason and the evidence of that day, and
goes to the province as a file. Only the province's own change, when it lands, changes the item.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from catalog.judging import people
from catalog.judging.keys import office_of
from catalog.judging.tables import wish
from catalog.tables import LOCK
from kernel.db import lock
from kernel.errors import BadInput, Refused
from ledger import log
from ledger.events import EventName, event
from registry.accounts import Account
from registry.typed import plain

#: What may be wished for: how many canonical items it names, and how many new names.
KINDS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "rename": ((1, 1), (1, 1)),
    "merge": ((2, 8), (1, 1)),
    "split": ((1, 1), (2, 8)),
    "add": ((0, 0), (1, 1)),
    "abolish": ((1, 1), (0, 0)),
}
#: From which state a wish may go where. A department's is proposed, the bureau's open at once.
STEPS: dict[str, tuple[str, ...]] = {
    "proposed": ("open", "withdrawn"),
    "open": ("sent", "withdrawn"),
    "sent": ("granted", "refused", "withdrawn"),
    "granted": (),
    "refused": (),
    "withdrawn": (),
}
#: States that are reached by a document: of the sending, or of the province's answer.
BY_DOCUMENT = ("sent", "granted", "refused")
SHOWN = 20  # other names in the evidence


@dataclass(frozen=True)
class Wanted:
    """What somebody wishes: `items` canonical ids, `names` the new ones."""

    kind: str
    items: tuple[str, ...]
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Wish:
    """A wish as kept. `evidence`: see `evidence_of`."""

    id: int
    kind: str
    items: tuple[str, ...]
    names: tuple[str, ...]
    reason: str
    evidence: dict[str, Any]
    by: str
    at: datetime
    state: str
    document: str | None
    moved_by: str | None
    moved_why: str | None
    moved_at: datetime | None


def make(conn: Connection, account: Account, wanted: Wanted, at: datetime) -> Wish:
    """Keep a wish with the evidence of now. Raises BadInput and Refused."""
    lock(conn, LOCK)
    reason = _check(conn, wanted)
    names = tuple(plain(name, "a new name") for name in wanted.names)
    evidence = evidence_of(conn, wanted.items, names)
    offices = {office_of(one["department"]) for one in evidence["items"] if one["department"]}
    final = {people.check_says(account, office) for office in sorted(offices) or [""]} == {True}
    number = conn.execute(
        insert(wish)
        .values(
            kind=wanted.kind,
            items=list(wanted.items),
            names=list(names),
            reason=reason,
            evidence=evidence,
            by=account.name,
            at=at,
            state="open" if final else "proposed",
        )
        .returning(wish.c.id)
    ).scalar_one()
    made = of_number(conn, int(number))
    _log(conn, "wish.made", account.name, made, at)
    return made


def move(
    conn: Connection,
    account: Account,
    number: int,
    to: str,
    said: tuple[str, str | None],
    at: datetime,
) -> Wish:
    """One step. `said`: the reason, and the number of a document where the step needs one.

    The approval bureau moves any wish; a department withdraws its own proposal.
    Raises BadInput and Refused.
    """
    lock(conn, LOCK)
    one = of_number(conn, number)
    if to not in STEPS:
        raise BadInput(f"a wish has no state {to}; allowed are {', '.join(STEPS)}")
    if to not in STEPS[one.state]:
        allowed = " or ".join(STEPS[one.state]) or "nowhere"
        raise BadInput(
            f"wish {number} is {one.state}: from there it moves to {allowed}, not to {to}"
        )
    if to not in steps_of(account, one):
        people.check_decides(account)
        raise Refused("须由另一人决定自己提出的建议", reason="same_person")
    why, document = said
    if to in BY_DOCUMENT and not (document or "").strip():
        raise BadInput(f"a wish is {to} by a document: give its number")
    conn.execute(
        update(wish)
        .where(wish.c.id == number)
        .values(
            state=to,
            document=plain(document, "the document's number") if document else one.document,
            moved_by=account.name,
            moved_why=plain(why, "the reason"),
            moved_at=at,
        )
    )
    done = of_number(conn, number)
    _log(conn, "wish.moved", account.name, done, at)
    return done


def steps_of(account: Account, one: Wish) -> tuple[str, ...]:
    """The states to which this account may move that wish now; none at the end of its way."""
    own = one.by == account.name
    if people.decides(account):
        return tuple(to for to in STEPS[one.state] if not (own and to == "open"))
    return ("withdrawn",) if own and one.state == "proposed" else ()


def wishes(conn: Connection, state: str | None = None) -> list[Wish]:
    """All, or those of a state, the oldest first. Raises BadInput on an unknown state."""
    if state is not None and state not in STEPS:
        raise BadInput(f"a wish has no state {state}; allowed are {', '.join(STEPS)}")
    query = select(wish).order_by(wish.c.id)
    if state is not None:
        query = query.where(wish.c.state == state)
    return [_of_row(row) for row in conn.execute(query).mappings()]


def of_number(conn: Connection, number: int) -> Wish:
    """One. Raises BadInput when there is none."""
    row = conn.execute(select(wish).where(wish.c.id == number)).mappings().first()
    if row is None:
        raise BadInput(f"there is no wish {number}")
    return _of_row(row)


def evidence_of(conn: Connection, ids: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Any]:
    """What the city's data says for a wish: how the counties call these items.

    `items`: id, name, department of each. `rows`, `counties`: implementations unified with them
    and in how many divisions. `other_names`: what these are called otherwise, with the number of
    counties, most first. `wished`: implementations of a wished name, unified or not, and counties.
    """
    items = conn.execute(
        text(
            "SELECT id, name, coalesce(department, '') FROM catalog.canonical_item"
            " WHERE id = ANY(:ids) AND gone_at IS NULL ORDER BY id"
        ),
        {"ids": list(ids)},
    ).all()
    rows = conn.execute(
        text(
            "SELECT l.name, l.division FROM catalog.local l JOIN catalog.judgement j"
            ' ON j.subject = l.subject AND j."left" = l."left" AND j.undone_at IS NULL'
            " WHERE l.subject = 'item' AND j.relation = 'same' AND j.\"right\" = ANY(:ids)"
        ),
        {"ids": list(ids)},
    ).all()
    own = {row[1] for row in items}
    counted = Counter(name for name, _ in {(row[0], row[1]) for row in rows} if name not in own)
    wished = conn.execute(
        text(
            "SELECT count(*), count(DISTINCT nullif(division, '')) FROM catalog.local"
            " WHERE subject = 'item' AND name = ANY(:names)"
        ),
        {"names": list(names)},
    ).one()
    other = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    return {
        "items": [{"id": row[0], "name": row[1], "department": row[2]} for row in items],
        "rows": len(rows),
        "counties": len({row[1] for row in rows if row[1]}),
        "other_names": [{"name": name, "counties": count} for name, count in other],
        "wished": {"rows": wished[0], "counties": wished[1]},
    }


def _check(conn: Connection, wanted: Wanted) -> str:
    if wanted.kind not in KINDS:
        raise BadInput(f"a wish is to {', '.join(KINDS)}, not to {wanted.kind}")
    for what, given, (least, most) in zip(
        ("canonical items", "new names"),
        (wanted.items, wanted.names),
        KINDS[wanted.kind],
        strict=True,
    ):
        if len(set(given)) != len(given) or not least <= len(given) <= most:
            allowed = str(least) if least == most else f"{least} to {most}"
            raise BadInput(
                f"a wish to {wanted.kind} names {allowed} different {what}, not {len(given)}"
            )
    known = {
        row[0]: row[1]
        for row in conn.execute(
            text("SELECT id, name FROM catalog.canonical_item WHERE gone_at IS NULL")
        )
    }
    for one in wanted.items:
        if one not in known:
            raise BadInput(f"there is no canonical item {one}")
    if wanted.kind == "rename" and wanted.names[0].strip() == known[wanted.items[0]]:
        raise BadInput(f"{wanted.items[0]} is called “{wanted.names[0]}” already")
    return plain(wanted.reason, "the reason")


def _of_row(row: Any) -> Wish:
    return Wish(**{**row, "items": tuple(row["items"]), "names": tuple(row["names"])})


def _log(conn: Connection, what: EventName, actor: str, one: Wish, at: datetime) -> None:
    facts = {"wish": one.id, "purpose": one.kind, "items": list(one.items), "outcome": one.state}
    log.append(conn, event(at, what, actor, **facts, document=one.document))
