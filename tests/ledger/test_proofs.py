"""Trees and proofs against RFC 6962 as it is written, and proofs out of the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import BadInput
from kernel.house import House
from ledger import log, merkle, proofs
from ledger.events import event

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def mth(data: list[bytes]) -> bytes:
    """RFC 6962 2.1, word by word."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = largest_power(len(data))
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    """RFC 6962 2.1.1: PATH(m, D[n])."""
    if len(data) == 1:
        return []
    k = largest_power(len(data))
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def proof(m: int, data: list[bytes]) -> list[bytes]:
    """RFC 6962 2.1.2: PROOF(m, D[n])."""
    return subproof(m, data, True)


def subproof(m: int, data: list[bytes], whole: bool) -> list[bytes]:
    if m == len(data):
        return [] if whole else [mth(data)]
    k = largest_power(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


def largest_power(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def content(size: int) -> list[bytes]:
    return [str(number).encode() for number in range(size)]


def compared(size: int, index: int, old: int) -> None:
    data = content(size)
    root = merkle.range_root([merkle.leaf_hash(one) for one in data])
    assert root(0, size) == mth(data)
    inclusion = merkle.inclusion_proof(index, size, root)
    assert inclusion == path(index, data)
    assert merkle.included(merkle.leaf_hash(data[index]), index, size, inclusion, mth(data))
    consistency = merkle.consistency_proof(old, size, root)
    assert consistency == proof(old, data)
    assert merkle.consistent(old, size, consistency, mth(data[:old]), mth(data))


@pytest.mark.parametrize("size", range(1, 71))
def test_every_proof_of_a_small_tree_is_the_one_of_the_rfc(size: int) -> None:
    for index in range(size):
        compared(size, index, index + 1)


@settings(max_examples=40, deadline=None)
@given(st.integers(71, 2000), st.data())
def test_any_proof_of_a_larger_tree_is_the_one_of_the_rfc(size: int, data: st.DataObject) -> None:
    compared(size, data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size)))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 300), st.data())
def test_no_bent_proof_is_taken(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(one) for one in content(size)]
    root = merkle.range_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    good = merkle.inclusion_proof(index, size, root)
    at = data.draw(st.integers(0, len(good) - 1))
    flipped = bytes([good[at][0] ^ 1]) + good[at][1:]
    bent = [
        [*good[:at], flipped, *good[at + 1 :]],
        [*good[:at], *good[at + 1 :]],
        [*good[:at], good[at], *good[at:]],
    ]
    for one in bent:
        assert not merkle.included(leaves[index], index, size, one, root(0, size))


def written(house: House, count: int) -> list[bytes]:
    """So many entries, and their bodies."""
    with house.engine.begin() as conn:
        for number in range(count):
            log.append(conn, event(AT, "plan.made", "clerk", case=f"c{number}"))
        return [proofs.inclusion(conn, seq).body.encode() for seq in range(count)]


def test_proofs_out_of_the_database_are_those_of_the_rfc(house: House) -> None:
    data = written(house, 21)
    with house.engine.connect() as conn:
        for size in range(1, 22):
            for seq in range(size):
                one = proofs.inclusion(conn, seq, size)
                assert list(one.path) == path(seq, data[:size])
                assert one.root == mth(data[:size])
                assert one.holds()
                two = proofs.consistency(conn, seq + 1, size)
                assert list(two.path) == proof(seq + 1, data[:size])
                assert two.holds()


def test_a_proof_with_another_body_does_not_hold(house: House) -> None:
    written(house, 9)
    with house.engine.connect() as conn:
        one = proofs.inclusion(conn, 4)
        two = proofs.consistency(conn, 4)
    assert not replace(one, body=one.body.replace("c4", "c5")).holds()
    assert not replace(two, old_root=merkle.EMPTY).holds()


def test_what_is_not_there_is_said(house: House) -> None:
    written(house, 3)
    with house.engine.connect() as conn:
        with pytest.raises(BadInput, match="no entry 3 among its first 3"):
            proofs.inclusion(conn, 3)
        with pytest.raises(BadInput, match="an old size is between 1 and 3; 0 is not"):
            proofs.consistency(conn, 0)
        with pytest.raises(BadInput, match="has 3 entries"):
            proofs.inclusion(conn, 0, 4)
