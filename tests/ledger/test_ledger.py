"""The log and its verification, on a real database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kernel.errors import BadInput, Stop
from kernel.house import House
from ledger import heads, log, merkle
from ledger.events import EventName, event
from ledger.tables import entry, node
from ledger.verify import verify

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def write(house: House, count: int, name: EventName = "plan.made") -> list[int]:
    with house.engine.begin() as conn:
        return [
            log.append(conn, event(AT, name, "clerk", case=f"c{number}")) for number in range(count)
        ]


def change(house: House, statement: str) -> None:
    """As one who may switch the triggers off."""
    with house.engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        assert conn.execute(text(statement)).rowcount > 0


def problem(house: House) -> str:
    result = verify(house)
    assert not result.verified
    assert result.problem is not None
    return result.problem


def test_numbers_run_from_zero_without_gaps(house: House) -> None:
    assert write(house, 5) == [0, 1, 2, 3, 4]
    with house.engine.connect() as conn, conn.begin() as transaction:
        assert log.append(conn, event(AT, "plan.made", "clerk")) == 5
        transaction.rollback()
    assert write(house, 2) == [5, 6]
    assert verify(house).entries == 7
    assert verify(house).verified


def test_four_writers_at_once_leave_one_true_log(house: House) -> None:
    def work() -> None:
        for _ in range(10):
            write(house, 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = verify(house)
    assert (result.entries, result.verified, result.problem) == (40, True, None)


def test_an_empty_ledger_verifies_and_has_no_head(house: House) -> None:
    assert verify(house).verified
    assert heads.sign_head(house) is None


def test_a_size_is_signed_once_and_the_head_is_genuine(house: House) -> None:
    write(house, 3)
    head = heads.sign_head(house)
    assert head is not None
    assert head.size == 3
    assert heads.genuine(head, house.keys.ledger.known())
    assert not heads.genuine(head, house.keys.seal.known())
    assert heads.sign_head(house) is None
    write(house, 1)
    assert heads.sign_head(house) is not None
    assert verify(house).verified


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE ledger.entry SET body = replace(body, 'c17', 'c18') WHERE seq = 17",
            "ledger entry 17: its content was changed",
        ),
        (
            "UPDATE ledger.entry SET leaf_hash = sha256('x') WHERE seq = 3",
            "ledger entry 3: its content was changed",
        ),
        ("DELETE FROM ledger.entry WHERE seq = 9", "ledger entry 9 is missing"),
        (
            "DELETE FROM ledger.entry WHERE seq < 2",
            "ledger entry 0 is missing (2 missing in a row)",
        ),
        (
            "UPDATE ledger.entry SET root = sha256('x') WHERE seq = 4",
            "ledger entry 4: its root does not follow",
        ),
        (
            "UPDATE ledger.node SET hash = sha256('x') WHERE level = 1 AND place = 2",
            "ledger entry 5: its inner node at level 1 was changed or removed",
        ),
        ("DELETE FROM ledger.entry WHERE seq = 19", "ledger entries 19 to 19 are missing"),
        ("DELETE FROM ledger.entry WHERE seq > 9", "ledger entries 10 to 19 are missing"),
        (
            "UPDATE ledger.head SET signature = sha256('x') WHERE size = 10",
            "the ledger head of size 10: its signature is not by the ledger key",
        ),
        (
            "UPDATE ledger.head SET root = sha256('x') WHERE size = 20",
            "the ledger head of size 20: its signature is not by the ledger key",
        ),
        (
            "INSERT INTO ledger.entry SELECT 20, body, leaf_hash, root FROM ledger.entry "
            "WHERE seq = 19",
            "ledger entry 20: its root does not follow",
        ),
        (
            "UPDATE ledger.entry a SET body = b.body, leaf_hash = b.leaf_hash "
            "FROM ledger.entry b WHERE a.seq IN (6, 7) AND b.seq = 13 - a.seq",
            "ledger entry 6: its root does not follow",
        ),
    ],
)
def test_a_change_is_named(house: House, statement: str, said: str) -> None:
    write(house, 10)
    heads.sign_head(house)
    with house.engine.begin() as conn:
        for number in range(10, 20):
            log.append(conn, event(AT, "plan.made", "clerk", case=f"c{number}"))
    heads.sign_head(house)
    assert verify(house).verified
    change(house, statement)
    assert problem(house).startswith(said)


@pytest.mark.parametrize("table", ["entry", "node", "head"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_or_remove(house: House, table: str, deed: str) -> None:
    write(house, 2)
    heads.sign_head(house)
    column = {"entry": "root", "node": "hash", "head": "root"}[table]
    with house.engine.begin() as conn, pytest.raises(ProgrammingError, match="only added to"):
        conn.execute(text(deed.format(f"ledger.{table}", column, column)))
    assert verify(house).verified


def test_a_log_rewritten_from_one_entry_on_disagrees_with_the_signed_head(house: House) -> None:
    write(house, 4)
    heads.sign_head(house)
    write(house, 4)
    heads.sign_head(house)
    frontier = merkle.Frontier()
    with house.engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(node.delete())
        for row in conn.execute(entry.select().order_by(entry.c.seq)).all():
            body = row.body.replace('"c1"', '"c9"') if row.seq == 5 else row.body
            leaf = merkle.leaf_hash(body.encode())
            for level, place, hash_ in frontier.append(leaf):
                conn.execute(node.insert().values(level=level, place=place, hash=hash_))
            conn.execute(
                entry.update()
                .where(entry.c.seq == row.seq)
                .values(body=body, leaf_hash=leaf, root=frontier.root())
            )
    assert problem(house) == (
        "the ledger head of size 8 disagrees: "
        "an entry between 4 and 7 was changed, removed or put in"
    )


def test_appending_stops_when_the_inner_nodes_are_gone(house: House) -> None:
    write(house, 4)
    change(house, "DELETE FROM ledger.node")
    with pytest.raises(Stop, match="inner node 0 of level 2 is gone"):
        write(house, 1)


def test_only_listed_events_and_facts_are_written(house: House) -> None:
    with house.engine.begin() as conn:
        with pytest.raises(BadInput, match="unknown ledger event plan_guessed"):
            log.append(conn, {"at": "", "event": "plan_guessed", "actor": "clerk"})
        with pytest.raises(BadInput, match="has no fact applicant_name"):
            log.append(conn, event(AT, "plan.made", "clerk", applicant_name="x"))
        with pytest.raises(BadInput, match="needs actor"):
            log.append(conn, {"at": "", "event": "plan.made"})
