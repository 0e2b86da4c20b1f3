"""Bodies of signed calls: read strictly, and told by the names of fields, never by values."""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kernel.errors import BadInput


def _text(value: str) -> str:
    """The database has no place for a NUL. (Half a surrogate pair is no text for pydantic.)"""
    if "\0" in value:
        raise ValueError("a NUL is no text")
    return value


Text = Annotated[str, AfterValidator(_text)]
Short = Annotated[Text, Field(min_length=1, max_length=100)]
Kind = Literal["person", "organisation"]


class Sent(BaseModel):
    """What a signed call may hold: these fields and no others, of these types."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class SentHolder(Sent):
    """A holder who has signed in at the app."""

    holder_kind: Kind
    holder_number: Short


T = TypeVar("T", bound=Sent)


def read(body: bytes, model: type[T]) -> T:
    """The body. Raises BadInput."""
    try:
        return model.model_validate(json.loads(body))
    except ValidationError as error:
        found = error.errors()
        names = sorted({str(one["loc"][-1])[:40] if one["loc"] else "body" for one in found})
        raise BadInput(f"these fields do not fit: {', '.join(names)}") from None
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON") from None
