"""The departments of the city, and the prefix of each one's posts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated

from pydantic import Field as Key

from registry.named import HERE, Named, load_named

FILE = HERE / "departments.yml"


class Department(Named):
    """One department. `credit_code` is None where it is not known."""

    prefix: Annotated[str, Key(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    credit_code: Annotated[str, Key(min_length=18, max_length=18)] | None


@cache
def load() -> Mapping[str, Department]:
    """The departments by name. Read once; raises BadContract."""
    return MappingProxyType(load_named(FILE, Department))
