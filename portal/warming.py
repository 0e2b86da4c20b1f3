"""What the first clerk after a start would wait for, made while nobody waits.

The names of the catalogue that is published, and the pages of a window.
"""

from __future__ import annotations

from jinja2 import Environment
from sqlalchemy.exc import SQLAlchemyError

from kernel import logs
from kernel.errors import ZhongtaiError
from portal.port_visits import VisitsPort

PAGES = (
    "base.html",
    "told.html",
    "clerk.html",
    "plan.html",
    "plan_sum.html",
    "plan_scans.html",
    "form.html",
)


def warm(visits: VisitsPort, templates: Environment) -> None:
    """Read the names and make the pages ready. What goes wrong is the first clerk's to see."""
    for name in PAGES:
        templates.get_template(name)
    try:
        visits.search("证")
    except (ZhongtaiError, SQLAlchemyError) as error:
        logs.warning(f"the catalogue's names were not read at the start: {type(error).__name__}")
