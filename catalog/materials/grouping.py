"""Which documents of a clause are all needed, and which of them stand for each other."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.materials.asking import Clause
from catalog.materials.compound import LIST, Piece, core, documents_of
from catalog.materials.nouns import kind_of, short_name
from catalog.materials.proofs import Proofs

Group = list[Piece]


def groups_of(clause: Clause, proofs: Proofs) -> list[Group]:
    """The clause's documents; those of one group stand for each other."""
    pieces = documents_of(clause.text)
    if clause.one_of:
        return [pieces]
    return [group for run in _runs(pieces) for group in _choices(run, proofs)]


def _runs(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces cut at 及, 和 and the like, which bind more loosely than 、 and 或."""
    run: list[Piece] = []
    for piece in pieces:
        if run and not piece.is_any and piece.joint != LIST:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _choices(run: list[Piece], proofs: Proofs) -> list[Group]:
    """A、B或C is a choice of three when all are of a sort; A或B、C a choice and one more."""
    chains: list[Group] = []
    for piece in run:
        if chains and piece.is_any:
            chains[-1].append(piece)
        else:
            chains.append([piece])
    lengths = [len(chain) for chain in chains]
    if lengths == [2, 1]:
        kinds = [kind_of(core(piece.text)) for piece in run]
        return [run] if kinds[0] != kinds[1] == kinds[2] else chains
    if len(chains) < 2 or lengths[-1] != 2 or max(lengths[:-1]) > 1:
        return chains
    nouns = [core(piece.text) for piece in run]
    last = [set(proofs.types(short_name(noun))) for noun in nouns[-2:]]
    kinds = [kind_of(noun) for noun in nouns]
    alike = len({noun[-2:] for noun in nouns}) == 1
    apart = kinds[-1] == kinds[-2] and kinds[0] != kinds[-1] and not alike
    return chains if apart or "form" in kinds[:-2] or last[0] & last[1] else [run]
