"""What every step is given: the engine, the object store, the keys, the secrets, the clock."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from kernel.clock import Clock
from kernel.crypto import keyed_hash
from kernel.keys import Keys
from kernel.numbers import normalise_holder
from kernel.objects import Objects
from kernel.profile import Profile
from kernel.secrets import Secrets
from kernel.settings import Settings


@dataclass(frozen=True)
class House:
    """One installation, opened. Made in `pipeline.wiring`; for tests, in `tests/conftest.py`."""

    settings: Settings
    engine: Engine
    objects: Objects
    keys: Keys
    secrets: Secrets
    clock: Clock

    @property
    def profile(self) -> Profile:
        """Which cryptography this installation uses."""
        return self.keys.profile

    def holder_hash(self, kind: str, number: str) -> str:
        """Keyed hash of a holder's number, normalised first. Raises SkipRow on a bad number."""
        return keyed_hash(self.keys.index, "holder", normalise_holder(kind, number))
