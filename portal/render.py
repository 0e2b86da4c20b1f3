"""Pages out of templates: the environment, the common values, and how values are written."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kernel.clock import CITY_TIME, Clock
from portal.port import PlatformPort
from portal.sentences import told
from portal.sessions import Sessions
from portal.signin import SignIn
from portal.words import LANGUAGE, NAVIGATION, in_english, say, say_of, speaking
from portal.words.bureau import BUREAU_TABS
from portal.words.pages import TABS

HERE = Path(__file__).parent
STATIC = HERE / "static"
NONCE_COOKIE = "zhongtai_form"
SESSION_COOKIE = "zhongtai_session"
#: Official letters and reports, and the description of the API, are Chinese in any language.
CHINESE_PAGES = frozenset(
    f"{name}.html"
    for name in ("api", "daily", "daily_file", "dept_letter", "letter", "letter_file")
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Portal:
    """What every route is given, at `request.app.state.portal`."""

    platform: PlatformPort
    sessions: Sessions
    sign_in: SignIn
    clock: Clock
    secure: bool  # served over https: cookies are marked so
    templates: Environment


def portal_of(request: Request) -> Portal:
    """The portal that serves this request."""
    portal = request.app.state.portal
    if not isinstance(portal, Portal):
        raise TypeError("app.state.portal is not a Portal")
    return portal


def make_templates(clock: Clock) -> Environment:
    """The template environment: escapes everything, knows no undefined name."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["t"] = say
    templates.globals["say_of"] = say_of
    templates.globals["told"] = told
    templates.globals["in_english"] = in_english
    templates.globals["tabs"] = TABS
    templates.globals["bureau_tabs"] = BUREAU_TABS
    templates.globals["asset"] = {file.name: asset(file) for file in STATIC.iterdir()}.__getitem__
    templates.filters["number"] = lambda n: f"{n:,}"
    templates.filters["day"] = write_day
    templates.filters["clock"] = write_clock
    templates.filters["span"] = write_span
    templates.filters["city_day"] = lambda at: write_day(at.astimezone(CITY_TIME).date())
    templates.filters["last_day"] = lambda at: write_day(
        (at - timedelta(microseconds=1)).astimezone(CITY_TIME).date()
    )
    templates.filters["seconds"] = write_seconds
    templates.filters["when"] = lambda at: write_time(at, clock())
    return templates


def asset(file: Path) -> str:
    """The address of a static file; it changes with what is in it, so it may be kept for long."""
    return f"/static/{file.name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


def write_day(day: date | str | None) -> str:
    """2027年3月1日, 1 Mar 2027; a text stays as it is; nothing is a dash."""
    if day is None or day == "":
        return say("none")
    if isinstance(day, str):
        return day
    if in_english():
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def write_clock(at: datetime | None) -> str:
    """A moment of the city in full, for paper: 2026-11-20 11:30; nothing is a dash."""
    return f"{at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}" if at is not None else say("none")


def write_span(hours: float) -> str:
    """A span of hours in words: 26.5小时; 42分钟 where it is less than one."""
    if hours < 1:
        return say("span.minutes", n=max(round(hours * 60), 1))
    return say("span.hours", n=f"{hours:.1f}".removesuffix(".0"))


def write_seconds(seconds: float | None) -> str:
    """3.2 秒, 1 分 20 秒; nothing is a dash."""
    if seconds is None:
        return say("none")
    if seconds < 60:
        return say("time.seconds", n=f"{float(seconds):.1f}")
    return say("time.minutes", m=int(seconds // 60), s=int(seconds % 60))


def write_time(at: datetime | str | None, now: datetime) -> Markup:
    """A time as people say it (刚刚, 8 分钟前, 今天 10:32), the whole time behind it."""
    if at is None or at == "":
        return escape(say("none"))
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    here, today = at.astimezone(CITY_TIME), now.astimezone(CITY_TIME)
    full = here.strftime("%Y-%m-%d %H:%M:%S")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        here.isoformat(timespec="seconds"), full, _words_of_time(here, today)
    )


def _words_of_time(here: datetime, today: datetime) -> str:
    minutes = (today - here).total_seconds() / 60
    clock = here.strftime("%H:%M")
    days = (today.date() - here.date()).days
    if 0 <= minutes < 1:
        return say("time.now")
    if 1 <= minutes < 60:
        return say("time.ago", n=int(minutes))
    if days == 0:
        return say("time.today", clock=clock)
    if days == 1:
        return say("time.yesterday", clock=clock)
    if here.year == today.year:
        month = MONTHS[here.month - 1] if in_english() else here.month
        return say("time.this_year", month=month, day=here.day, clock=clock)
    return f"{write_day(here.date())} {clock}"


def _here(request: Request) -> str:
    """The address of a page that can be come back to, for the switch of languages."""
    if request.method != "GET":
        return "/"
    return quote(
        f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    )


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page. Forms in it carry the token of the session, or of the visitor's nonce."""
    portal = portal_of(request)
    visit = getattr(request.state, "visit", None)
    nonce = request.cookies.get(NONCE_COOKIE, "")
    fresh = secrets.token_hex(16) if visit is None and not nonce else ""
    bound_to = visit.session.id if visit else nonce or fresh
    common: Mapping[str, Any] = {
        "account": visit.account if visit else None,
        "form_token": portal.sessions.form_token(bound_to),
        "navigation": NAVIGATION[visit.account.role] if visit else (),
        "path": request.url.path,
        "here": _here(request),
    }
    with speaking("zh" if template in CHINESE_PAGES else LANGUAGE.get()):
        text = portal.templates.get_template(template).render({**common, **values})
    answer = HTMLResponse(text, status)
    if fresh:
        answer.set_cookie(
            NONCE_COOKIE, fresh, httponly=True, samesite="strict", secure=portal.secure
        )
    return answer
