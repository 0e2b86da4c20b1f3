"""A form whose fields are known only when it is sent: one a question, a column, a box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request

Pairs = Sequence[tuple[str, str]]


async def _sent(request: Request) -> Pairs:
    """Every field in the order of the page; a file's place stays empty."""
    form = await request.form()
    return [(key, value) for key, value in form.multi_items() if isinstance(value, str)]


Sent = Annotated[Pairs, Depends(_sent)]


def one(sent: Pairs, key: str) -> str:
    """A field's value without what stands around it; empty when it was not sent."""
    return next((value.strip() for name, value in sent if name == key), "")


def every(sent: Pairs, key: str) -> tuple[str, ...]:
    """All values of a field: the boxes that were ticked."""
    return tuple(value for name, value in sent if name == key)
