"""The city's time: Beijing wall time as text, second by second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from city.world.errors import CityError

BEIJING = timezone(timedelta(hours=8))
CANONICAL = "%Y-%m-%d %H:%M:%S"
ANCHOR = datetime(2026, 10, 31, 18, 0, 0)  # noqa: DTZ001 - Beijing wall time; the city is made up to here


def now_text() -> str:
    """Beijing wall time now, `YYYY-MM-DD HH:MM:SS`."""
    return datetime.now(BEIJING).strftime(CANONICAL)


def write_time(form: str, text: str) -> str:
    """Canonical time text in a stream's form: text, iso (with +08:00) or epoch_ms."""
    if form == "text":
        return text
    if form == "iso":
        return f"{text[:10]}T{text[11:]}+08:00"
    if form == "epoch_ms":
        at = datetime.strptime(text, CANONICAL).replace(tzinfo=BEIJING)
        return str(int(at.timestamp()) * 1000)
    raise CityError(f"no time form {form}: text, iso or epoch_ms")


def read_time(form: str, text: str) -> str:
    """A stream's time text back to canonical. Raises CityError when it is not in that form."""
    try:
        if form == "text":
            return datetime.strptime(text.strip(), CANONICAL).strftime(CANONICAL)  # noqa: DTZ007
        if form == "iso":
            at = datetime.fromisoformat(text.strip().replace(" ", "+"))
            at = at if at.tzinfo else at.replace(tzinfo=BEIJING)
            return at.astimezone(BEIJING).strftime(CANONICAL)
        if form == "epoch_ms":
            at = datetime.fromtimestamp(int(text) / 1000, UTC)
            return at.astimezone(BEIJING).strftime(CANONICAL)
    except ValueError:
        raise CityError(f"`since` is not a time in the form {form}") from None
    raise CityError(f"no time form {form}: text, iso or epoch_ms")


DATES = {"iso": "-", "compact": "", "slash": "/"}


def write_date(form: str, text: str) -> str:
    """An ISO date in a stream's form: iso, compact, slash or chinese."""
    if form == "chinese":
        return f"{text[:4]}年{text[5:7]}月{text[8:10]}日"
    if form not in DATES:
        raise CityError(f"no date form {form}: iso, compact, slash or chinese")
    return text.replace("-", DATES[form])
