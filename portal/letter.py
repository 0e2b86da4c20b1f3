"""The monthly letter as HTML that stands alone: the same body as on the department's page."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from kernel.clock import CITY_TIME, Clock
from portal.port_bureau import Letter
from portal.render import STATIC, make_templates
from portal.words import say


def letter_values(letter: Letter) -> dict[str, Any]:
    """What the letter's template asks for."""
    month = f"{letter.month.year}年{letter.month.month}月"
    return {
        "letter": letter,
        "said_month": month,
        "shown": [one for one in letter.systems if one.rows],
        "written": letter.written.astimezone(CITY_TIME).date(),
    }


def whole_letter(letter: Letter, clock: Clock) -> str:
    """A file that a browser shows and prints without anything else."""
    values = letter_values(letter)
    title = say("monthly.file", department=letter.department, month=values["said_month"])
    css = (STATIC / "letter.css").read_text(encoding="utf-8")
    style = Markup(f"<style>{css}</style>")  # noqa: S704  (a file of our own)
    template = make_templates(clock).get_template("letter_file.html")
    return template.render(**values, title=title, style=style)
