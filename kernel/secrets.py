"""Secrets and addresses: named in YAML, never written there.

A name is looked up in the environment, then in a file of that name in `secrets/` (0600) of the
state folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from kernel.errors import PersonMustAct


class Secrets:
    """Looks names up. Values are read when asked for and not kept."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "secrets"

    def get(self, name: str) -> str:
        """The value. Raises PersonMustAct naming the secret and where it is looked for."""
        value = os.environ.get(name)
        if value is not None:
            return value
        try:
            return (self.folder / name).read_text("utf-8").strip("\n")
        except FileNotFoundError:
            raise PersonMustAct(
                f"the secret {name} is neither in the environment nor in {self.folder}", name=name
            ) from None

    def has(self, name: str) -> bool:
        """Whether the name can be looked up."""
        return name in os.environ or (self.folder / name).is_file()

    def put(self, name: str, value: str) -> None:
        """Write `secrets/<name>` with mode 0600, whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{name}.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(value)
        draft.replace(self.folder / name)
