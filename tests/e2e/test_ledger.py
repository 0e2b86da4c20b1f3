"""The ledger verifies; one byte of one row changed in the database, and it names that row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from sqlalchemy import Delete, func, select, text

from ledger.heads import sign_head
from ledger.merkle import leaf_hash
from ledger.tables import entry, head
from ledger.verify import verify
from tests.e2e.installed import Installed
from tests.e2e.shell import typed, zhongtai

ROWS = 6


@pytest.fixture
def signed(installed: Installed) -> Installed:
    """The installation with its ledger's head signed as it is now."""
    sign_head(installed.house)
    return installed


def some(installed: Installed, column: str) -> list[int]:
    """Numbers of some entries, not the last: the portal signs heads from the last one."""
    last = installed.rows(select(entry.c.seq).order_by(entry.c.seq.desc()).limit(1))[0].seq
    return Random(f"{column}/7").sample(range(last), ROWS)


@contextmanager
def altered(installed: Installed, seq: int, **values: object) -> Iterator[None]:
    """An entry as changed by SQL, without values deleted; put back at the end."""
    which = entry.c.seq == seq
    with installed.house.under("owner").engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        row = conn.execute(select(entry).where(which)).one()
        conn.execute(entry.update().where(which).values(values) if values else _gone(seq))
    try:
        yield
    finally:
        with installed.house.under("owner").engine.begin() as conn:
            conn.execute(text("SET LOCAL session_replication_role = replica"))
            conn.execute(_gone(seq))
            conn.execute(entry.insert(), dict(row._mapping))


def _gone(seq: int) -> Delete:
    return entry.delete().where(entry.c.seq == seq)


def other_byte(data: bytes, place: int) -> bytes:
    """The same bytes but one."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_it_verifies(signed: Installed) -> None:
    result = verify(signed.house)
    assert (result.verified, result.problem) == (True, None)
    assert result.entries == len(signed.entries())
    assert signed.rows(select(head))


def test_one_byte_of_a_body_changed_names_the_row(signed: Installed) -> None:
    for seq in some(signed, "body"):
        body = signed.rows(select(entry.c.body).where(entry.c.seq == seq))[0].body
        # b and c become each other: the database's own index refuses what is no JSON any more.
        place = Random(seq).choice([i for i, letter in enumerate(body) if letter in "bc"])
        changed = body[:place] + chr(ord(body[place]) ^ 1) + body[place + 1 :]
        with altered(signed, seq, body=changed):
            result = verify(signed.house)
        assert not result.verified
        assert f"ledger entry {seq}:" in str(result.problem)
    assert verify(signed.house).verified


@pytest.mark.parametrize("column", ["leaf_hash", "root"])
def test_one_byte_of_a_hash_changed_names_the_row(signed: Installed, column: str) -> None:
    for seq in some(signed, column):
        row = signed.rows(select(entry).where(entry.c.seq == seq))[0]
        value = other_byte(bytes(getattr(row, column)), Random(seq).randrange(32))
        with altered(signed, seq, **{column: value}):
            result = verify(signed.house)
        assert not result.verified
        assert f"ledger entry {seq}:" in str(result.problem)
    assert verify(signed.house).verified


def test_a_forged_body_with_a_fitting_hash_names_the_row(signed: Installed) -> None:
    for seq in some(signed, "forged"):
        body = signed.rows(select(entry.c.body).where(entry.c.seq == seq))[0].body
        forged = body.replace('"actor":"', '"actor":"x', 1)
        with altered(signed, seq, body=forged, leaf_hash=leaf_hash(forged.encode())):
            result = verify(signed.house)
        assert f"ledger entry {seq}:" in str(result.problem)


@pytest.mark.parametrize("which", ["some", "first", "last"])
def test_a_deleted_row_is_named(signed: Installed, which: str) -> None:
    count = len(signed.entries())
    numbers = {"some": some(signed, "deleted")[:2], "first": [0], "last": [count - 1]}
    for seq in numbers[which]:
        with altered(signed, seq):
            result = verify(signed.house)
        assert not result.verified
        assert str(seq) in str(result.problem)
        assert "missing" in str(result.problem)
    assert verify(signed.house).verified


def test_a_head_that_was_changed_is_named(signed: Installed) -> None:
    size = signed.rows(select(func.max(head.c.size)))[0][0]
    change = text(
        "UPDATE ledger.head SET signature = set_byte(signature, 20, "
        "get_byte(signature, 20) # 1) WHERE size = :size"
    )
    with signed.house.under("owner").engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(change, {"size": size})
    try:
        result = verify(signed.house)
    finally:
        with signed.house.under("owner").engine.begin() as conn:
            conn.execute(text("SET LOCAL session_replication_role = replica"))
            conn.execute(change, {"size": size})
    assert f"the ledger head of size {size}" in str(result.problem)
    assert verify(signed.house).verified


def test_the_command_says_the_same(signed: Installed) -> None:
    passes = typed("ledger", "verify", home=signed.home)
    assert (passes.code, passes.err) == (0, "")
    assert passes.out.endswith("entries, verified\n")
    seq = some(signed, "command")[0]
    body = signed.rows(select(entry.c.body).where(entry.c.seq == seq))[0].body
    with altered(signed, seq, body=body.replace('"actor"', '"Actor"', 1)):
        fails = zhongtai("ledger", "verify", home=signed.home)
    assert fails.code == 3
    assert f"ledger entry {seq}" in fails.err
    assert "Traceback" not in fails.err
