"""RFC 6962 trees against the known answers of the Certificate Transparency test suite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle

#: Inputs and roots of the Certificate Transparency reference tests (sizes 1 to 8).
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]
#: Known inclusion proofs of the same suite: (index, size) -> path.
PATH_0_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
PROOF_6_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(size)]


def test_roots_of_one_to_eight_leaves_are_the_known_ones() -> None:
    frontier = merkle.Frontier()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier.append(leaf)
        assert frontier.root().hex() == root


def test_proofs_are_the_known_ones() -> None:
    root = merkle.range_root(LEAVES)
    assert [step.hex() for step in merkle.inclusion_proof(0, 8, root)] == PATH_0_8
    assert [step.hex() for step in merkle.consistency_proof(6, 8, root)] == PROOF_6_8


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.Frontier().root() == merkle.EMPTY


@given(st.integers(1, 70), st.data())
def test_every_leaf_proves_itself_and_no_other_does(size: int, data: st.DataObject) -> None:
    some = leaves(size)
    root = merkle.range_root(some)
    top = root(0, size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, root)
    assert merkle.included(some[index], index, size, proof, top)
    assert merkle.included(some[other], index, size, proof, top) == (other == index)
    assert not merkle.included(some[index], index, size, [*proof, top], top)


@given(st.integers(1, 70), st.data())
def test_every_beginning_is_consistent_and_no_other_tree_is(size: int, data: st.DataObject) -> None:
    some = leaves(size)
    root = merkle.range_root(some)
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(old, size, root)
    assert merkle.consistent(old, size, proof, root(0, old), root(0, size))
    wrong = merkle.leaf_hash(b"another")
    assert not merkle.consistent(old, size, proof, wrong, root(0, size))
    assert not merkle.consistent(old, size, proof, root(0, old), wrong)


@given(st.integers(0, 300))
def test_a_frontier_goes_on_from_its_nodes(size: int) -> None:
    nodes: dict[tuple[int, int], bytes] = {}
    frontier = merkle.Frontier()
    for number, leaf in enumerate(leaves(size)):
        nodes[0, number] = leaf
        for level, index, node in frontier.append(leaf):
            nodes[level, index] = node
    kept = [nodes[place] for place in merkle.frontier_places(size)]
    assert merkle.Frontier(size, kept).root() == frontier.root()


def test_a_frontier_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one node for each set bit"):
        merkle.Frontier(3, [merkle.EMPTY])
