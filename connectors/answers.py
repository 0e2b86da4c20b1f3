"""What an HTTP answer means for us: use it, try again, or a person must act."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connectors.retry import Busy
from kernel.clock import Clock
from kernel.errors import NotAuthorised, PersonMustAct, RetryLater
from registry.shapes import GOOD

#: A gateway's own code for "not within my hours", with HTTP status 403.
RESTING = "40301"
SKEW_SECONDS = 300


@dataclass(frozen=True)
class Answer:
    """What came back. The names are those of `requests`, which zeep reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str | None = None


def judge(system: str, path: str, answer: Answer, clock: Clock) -> bytes:
    """The body of a 200. Raises Busy, RetryLater, NotAuthorised or PersonMustAct for the rest."""
    status = answer.status_code
    if status == 200:
        return answer.content
    if status in (401, 403):
        raise refusal(system, path, answer, clock)
    if status in (408, 429) or status >= 500:
        said = "takes no more calls now, its quota is used up" if status == 429 else "failed"
        raise Busy(
            f"{system} {said} (HTTP {status} at {path}): try again later",
            _retry_after(answer, clock),
            system=system,
            status=status,
        )
    raise PersonMustAct(
        f"{system} does not answer at {path} as its YAML says (HTTP {status}): "
        "check its address and the path",
        system=system,
        status=status,
    )


def refusal(system: str, path: str, answer: Answer, clock: Clock) -> NotAuthorised | RetryLater:
    """What a 401 or 403 means: credentials, or outside the source's hours."""
    status = answer.status_code
    if status == 403 and _own_code(answer.content) == RESTING:
        return RetryLater(
            f"{system} rests now: ask it within its hours", system=system, status=status
        )
    return NotAuthorised(
        f"{system} refuses our credentials (HTTP {status} at {path}): check its secrets and "
        f"that our grant has not ended{_skew(answer, clock)}",
        system=system,
        status=status,
    )


def judge_code(system: str, path: str, code: object, good: Collection[str] = GOOD) -> None:
    """The code inside an envelope of HTTP status 200."""
    said = str(code).lower() if isinstance(code, bool) else str(code)
    if said in good:
        return
    match said:
        case "401" | "403":
            raise NotAuthorised(
                f"{system} refuses our credentials (code {code} at {path}): check its secrets "
                "and that our grant has not ended",
                system=system,
            )
        case "40301":
            raise RetryLater(f"{system} rests now: ask it within its hours", system=system)
        case "429" | "500" | "502" | "503" | "504":
            raise Busy(
                f"{system} failed (code {code} at {path}): try again later",
                system=system,
                status=int(str(code)),
            )
        case _:
            raise PersonMustAct(
                f"{system} answers code {str(code)[:20]!r} at {path}, which we do not know: "
                "ask its contact",
                system=system,
            )


def _own_code(content: bytes) -> str | None:
    try:
        body = json.loads(content)
    except ValueError:
        return None
    return str(body.get("code")) if isinstance(body, dict) else None


def _skew(answer: Answer, clock: Clock) -> str:
    """A hint when the gateway's clock and ours are far apart: signatures then fail."""
    at = _http_date(answer.headers.get("Date", ""))
    apart = abs((clock() - at).total_seconds()) if at else 0
    return f"; its clock and ours are {apart:.0f} s apart" if apart > SKEW_SECONDS else ""


def _retry_after(answer: Answer, clock: Clock) -> float | None:
    """Seconds that Retry-After asks for: a number or a date."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    at = _http_date(said)
    return max((at - clock()).total_seconds(), 0.0) if at else None


def _http_date(said: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
