"""Secrets and addresses: named in YAML, never written there.

A name is looked up in the environment, then in the encrypted store (`secrets.enc`), then in a
plain file of that name in `secrets/` (0600) of the state folder, then among a container's secrets.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

from kernel.errors import PersonMustAct
from kernel.sealedsecrets import SealedSecrets

#: Where Docker and Kubernetes put a container's secrets, a file each.
CONTAINER: Final = Path("/run/secrets")


class Secrets:
    """Looks names up. Values are read when asked for and not kept."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "secrets"
        self.sealed = SealedSecrets(home)

    def get(self, name: str) -> str:
        """The value. Raises PersonMustAct naming the secret and where it is looked for."""
        value = os.environ.get(name)
        if value is not None:
            return value
        sealed = self.sealed.get(name)
        if sealed is not None:
            return sealed
        for folder in (self.folder, CONTAINER):
            file = folder / name
            if file.is_file():
                return file.read_text("utf-8").strip("\n")
        raise PersonMustAct(
            f"the secret {name} is neither in the environment nor in {self.folder}, "
            f"nor in {CONTAINER}",
            name=name,
        )

    def has(self, name: str) -> bool:
        """Whether the name can be looked up."""
        return self.place(name) is not None

    def place(
        self, name: str
    ) -> Literal["environment", "encrypted", "plain file", "container"] | None:
        """Where the value comes from; None when it is nowhere."""
        if name in os.environ:
            return "environment"
        if self.sealed.has(name):
            return "encrypted"
        if (self.folder / name).is_file():
            return "plain file"
        return "container" if (CONTAINER / name).is_file() else None

    def put(self, name: str, value: str) -> None:
        """Write `secrets/<name>` with mode 0600, whole or not at all."""
        write_closed(self.folder / name, value)


def write_closed(file: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all: what holds a secret goes by such files, since
    a program's environment and arguments are seen by others."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(file)
