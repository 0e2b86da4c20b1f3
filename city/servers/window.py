"""The one-window: an application comes in and gets a provisional number; the items' forms."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from city.servers.call import Call, Routes, answer_json
from city.servers.errors import Answer
from city.world import World
from city.world.forms import forms

KINDS = ("person", "organisation")
NEEDED = ("item_code", "applicant_kind", "applicant_number", "applicant_name", "post")


def routes(world: World, settle: Callable[[], None]) -> Routes:
    """`POST /accept`: the case is in xzsp_window's view before the answer leaves. `POST /forms`:
    the fields of the items' forms, a row each.
    """

    def accept(call: Call) -> Response:
        asked = call.texts(*NEEDED)
        if asked["applicant_kind"] not in KINDS:
            raise Answer(400, f"applicant_kind must be {' or '.join(KINDS)}")
        number, row = world.accept_case(*(asked[name] for name in NEEDED))
        settle()
        data = {"case_number": number, "row_id": row, "provisional": True}
        return answer_json({"code": 200, "message": "", "data": data})

    def give_forms(_: Call) -> Response:
        return answer_json({"code": 200, "message": "", "data": forms()})

    return {("POST", "/accept"): accept, ("POST", "/forms"): give_forms}
