"""The registry's licence types, as `materials` needs them."""

from __future__ import annotations

from functools import cache

from catalog.materials import Proofs, proofs_of
from registry import licence_types


@cache
def known_proofs() -> Proofs:
    """What the licence types are called and prove. Raises BadContract."""
    types = licence_types.load().values()
    return proofs_of((one.name, one.also_called, one.proves) for one in types)
