"""The smallest parts of a contract: the base of every model, and texts of a fixed form."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

CAPITALS = r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
AGE = r"^\d{1,4}[hd]$"
PERCENT = r"^(100|[1-9]?\d)%$"
HOURS = r"^\d{2}:\d{2}-\d{2}:\d{2}$"
CODE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$"
SERVICE = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"
TAP = r"^tap-[a-z0-9]+(-[a-z0-9]+)*$"
SPOT = r"^[^\s.]{1,60}(\.[^\s.]{1,60}){0,4}$"
PARAMETER = r"^[A-Za-z_$][A-Za-z0-9_$.\[\]-]{0,59}$"
NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

#: What each pattern asks for, in words, for the loader's sentences.
PATTERNS = {
    CAPITALS: "the name of a secret in capitals, like GA_SEAL_URL",
    DAY: 'a day, like "2028-12-31"',
    AGE: "hours or days, like 26h, 8d or 0h",
    PERCENT: 'a share in whole percent, like "5%"',
    HOURS: 'hours of the day, like "09:00-17:00"',
    CODE: "small letters and digits joined by _, like ga_vehicle",
    SERVICE: "a service id as the gateway's administrator gave it, like s_113607000000000000_0001",
    TAP: "the name of a tap's program, like tap-jsonl",
    SPOT: "at most five keys from the outside in, parted by points, like result.records",
    PARAMETER: "the name of a parameter, like pageNum",
    NAME: "small letters and digits joined by _, like licence",
}

Text = Annotated[str, Key(min_length=1, max_length=200)]
Column = Annotated[str, Key(min_length=1, max_length=128)]
SecretName = Annotated[str, Key(pattern=CAPITALS)]
Day = Annotated[str, Key(pattern=DAY)]
Age = Annotated[str, Key(pattern=AGE)]
Percent = Annotated[str, Key(pattern=PERCENT)]
Hours = Annotated[str, Key(pattern=HOURS)]
Code = Annotated[str, Key(pattern=CODE)]
Service = Annotated[str, Key(pattern=SERVICE)]
Tap = Annotated[str, Key(pattern=TAP)]
Name = Annotated[str, Key(pattern=NAME)]
Spot = Annotated[str, Key(pattern=SPOT)]
Parameter = Annotated[str, Key(pattern=PARAMETER)]
PageSize = Annotated[int, Key(ge=1, le=10_000)]


class Part(BaseModel):
    """Frozen; a value of another type or a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
