"""The clauses of three standards: number, what is set, where, which test, what is lacking."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

HERE: Final = Path(__file__).parent
FILES: Final = ("gbt22239.yml", "gbt39786.yml", "asvs5.yml")


State = Literal["met", "part", "site", "none"]


class Clause(BaseModel):
    """One clause. `state`: met here, in part, a matter of the site, or of something that
    is not here. `gap`: what is lacking;
    `sample`: the names of what is looked at in the running installation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clause: str
    title: str
    state: State
    how: str = ""
    where: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()
    gap: str = ""


class Standard(BaseModel):
    """One standard with the clauses that a platform of this kind is examined by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standard: str
    level: str
    note: str
    clauses: tuple[Clause, ...]


def standards() -> list[Standard]:
    """All of them, in order."""
    said = (yaml.safe_load((HERE / name).read_text("utf-8")) for name in FILES)
    return [Standard.model_validate(one) for one in said]
