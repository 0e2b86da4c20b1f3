"""Sparse matrices of terms: how they are made, and sums over pairs of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
#: Facts by name, a value a pair.
Columns: TypeAlias = dict[str, Floats | Bools | Ints]
Matrix: TypeAlias = "sparse.csr_matrix"


def rows_of(
    rows: Sequence[Mapping[str, float]], number: dict[str, int], grow: bool = True
) -> Matrix:
    """A matrix; a term's column stands in `number`, where new ones are added if it may grow."""
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for row in rows:
        for term, value in row.items():
            column = number.setdefault(term, len(number)) if grow else number.get(term)
            if column is not None and value:
                columns.append(column)
                data.append(value)
        ends.append(len(data))
    return sparse.csr_matrix((data, columns, ends), shape=(len(rows), len(number) + 1))


def widened(matrix: Matrix, width: int) -> Matrix:
    """The same with more empty columns."""
    parts = (matrix.data, matrix.indices, matrix.indptr)
    return sparse.csr_matrix(parts, shape=(matrix.shape[0], width))


def minus(one: Matrix, other: Matrix) -> Matrix:
    """`one` without the columns that `other` has, row by row."""
    there = other.copy()
    there.data = np.ones_like(there.data)
    return (one - one.multiply(there)).tocsr()


def plain(matrix: Matrix) -> Matrix:
    """1 wherever there is more than nothing."""
    found = matrix.copy()
    found.data = (found.data > 1e-9).astype(np.float64)
    return found


def both(one: Matrix, other: Matrix) -> Matrix:
    """`one` in the columns that `other` has too, where that holds 1."""
    return one.multiply(other).tocsr()


def total(matrix: Matrix) -> Floats:
    """The sum of each row."""
    return np.asarray(matrix.sum(axis=1), np.float64).ravel()


def largest(matrix: Matrix) -> Floats:
    """The largest value of each row."""
    return np.asarray(matrix.max(axis=1).todense(), np.float64).ravel()


def dot(one: Matrix, other: Matrix) -> Floats:
    """The product of each row with the other's row."""
    return np.asarray(one.multiply(other).sum(axis=1), np.float64).ravel()


def unit(matrix: Matrix) -> Matrix:
    """Rows of length 1."""
    norm = np.sqrt(np.maximum(dot(matrix, matrix), 1e-9))
    return (sparse.diags(1 / norm) @ matrix).tocsr()
