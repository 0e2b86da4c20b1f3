"""The smallest parts of a contract: the base of every model, and texts of a fixed form."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

CAPITALS = r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
AGE = r"^\d{1,4}[hd]$"
HOURS = r"^\d{2}:\d{2}-\d{2}:\d{2}$"
SHARE = r"^([1-9]|[1-9]\d|100)%$"
CODE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$"
NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

#: What each pattern asks for, in words, for the loader's sentences.
PATTERNS = {
    CAPITALS: "the name of a secret in capitals, like GA_SEAL_URL",
    DAY: 'a day, like "2028-12-31"',
    AGE: "hours or days, like 26h, 8d or 0h",
    HOURS: 'hours of the day, like "09:00-17:00"',
    SHARE: 'a share from 1% to 100%, like "20%"',
    CODE: "small letters and digits joined by _, like ga_vehicle",
    NAME: "small letters and digits joined by _, like licence",
}

Text = Annotated[str, Key(min_length=1, max_length=200)]
Column = Annotated[str, Key(min_length=1, max_length=128)]
SecretName = Annotated[str, Key(pattern=CAPITALS)]
Day = Annotated[str, Key(pattern=DAY)]
Age = Annotated[str, Key(pattern=AGE)]
Hours = Annotated[str, Key(pattern=HOURS)]
Share = Annotated[str, Key(pattern=SHARE)]
Code = Annotated[str, Key(pattern=CODE)]
Name = Annotated[str, Key(pattern=NAME)]
PageSize = Annotated[int, Key(ge=1, le=10_000)]


class Part(BaseModel):
    """Frozen; a value of another type or a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
