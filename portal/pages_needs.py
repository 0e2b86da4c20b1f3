"""我要带什么: what an item asks for, one question a page. Open to anyone, and about nobody.

Answers are about a person's situation: they are carried in the form, never in an address.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from portal.guards import check_form
from portal.port_asking import answers_of
from portal.port_visits import Needs
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/my/needs", include_in_schema=False)
Text = Annotated[str, Form()]
MOST = 200  # characters of what is looked for, and of a code


@router.get("")
def ask(request: Request) -> Response:
    """What do you want to do?"""
    return page(request, "my_needs.html", words="", found=(), problem="")


@router.post("")
def find(request: Request, words: Text = "", form_token: Text = "") -> Response:
    """The items that are called so."""
    check_form(request, getattr(request.state, "visit", None), form_token)
    words = words.strip()[:MOST]
    found = portal_of(request).platform.visits.search(words) if words else ()
    problem = "" if found else say("my.needs.nothing" if words else "my.needs.empty")
    status = 400 if problem else 200
    return page(request, "my_needs.html", status, words=words, found=found, problem=problem)


@router.get("/{code}")
def first(request: Request, code: str) -> Response:
    """The first question of an item, or its list."""
    return _next(request, portal_of(request).platform.visits.needs(code[:MOST], {}))


@router.post("/{code}")
def answered(
    request: Request,
    code: str,
    answer: Annotated[list[str] | None, Form()] = None,
    form_token: Text = "",
) -> Response:
    """The next question after these answers, or the list."""
    check_form(request, getattr(request.state, "visit", None), form_token)
    said = answers_of((answer or [])[:MOST])
    return _next(request, portal_of(request).platform.visits.needs(code[:MOST], said))


def _next(request: Request, needs: Needs) -> Response:
    if needs.whole.next is not None:
        return page(request, "my_question.html", needs=needs.whole, asked=needs.whole.next)
    free = [one for one in needs.whole.materials if one.material_id in needs.held]
    bring = [one for one in needs.whole.materials if one.material_id not in needs.held]
    why = {one.material_id: _why(one.purpose, one.material_id in needs.proved) for one in bring}
    return page(request, "my_list.html", needs=needs, free=free, bring=bring, why=why)


def _why(purpose: str, proved: bool) -> str:
    """Why a paper is still to be brought."""
    if purpose != "prove":
        return say(f"my.why.{purpose}")
    return say("my.why.not_published" if proved else "my.why.own")
