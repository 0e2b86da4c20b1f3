"""What every step is given: the engine, the object store, the keys, the secrets, the clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Engine

from kernel.clock import Clock
from kernel.crypto import keyed_hash
from kernel.duties import Duty, Engines
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
    engines: Engines

    def under(self, duty: Duty) -> House:
        """The same installation, its database opened by the role of that duty."""
        return replace(self, engine=self.engines.of(duty))

    def for_department(self, department: str | None) -> House:
        """Opened for an officer: the database shows rows of that department and no others."""
        named = self.engines.of("officer").execution_options(department=department)
        return replace(self, engine=named)

    def close(self) -> None:
        """Close every connection to the database."""
        self.engines.close()

    @property
    def profile(self) -> Profile:
        """Which cryptography this installation uses."""
        return self.keys.profile

    def holder_hash(self, kind: str, number: str) -> str:
        """Keyed hash of a holder's number, normalised first. Raises SkipRow on a bad number."""
        return keyed_hash(self.keys.index, "holder", normalise_holder(kind, number))
