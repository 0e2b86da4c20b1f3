"""Under which service id the provincial exchange has registered each of our operations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from kernel.errors import BadContract
from registry.callers import OPERATIONS
from registry.named import HERE
from registry.reading import Document

FILE = HERE / "exchange_services.yml"
#: The sandbox city's ids begin so: no credit code of anybody.
INVENTED = "s_113607000000000000_"
#: What calling systems do, and what the one-window and pushing systems send.
SERVICES = (*OPERATIONS, "window", "push")


@cache
def load() -> Mapping[str, str]:
    """Operation -> gjgxjhpt_sid. Read once; raises BadContract unless each has one of its own."""
    document = Document(FILE, frozenset()).read()
    document.refuse(list(document.problems))
    found = document.data
    if set(found) != set(SERVICES) or len(set(found.values())) != len(found):
        raise BadContract(f"{FILE.name} names each of {', '.join(SERVICES)} once, with its own id")
    return MappingProxyType({str(name): str(code) for name, code in found.items()})


def invented() -> list[str]:
    """The operations that still have an id of the sandbox city's."""
    return sorted(name for name, code in load().items() if code.startswith(INVENTED))
