"""A page as a file of its own: the same body, its style inside, nothing to fetch."""

from __future__ import annotations

from markupsafe import Markup

from kernel.clock import Clock
from portal.port_ops import DailyReport
from portal.render import STATIC, make_templates

STYLES = ("portal.css", "ops.css")


def daily_file(report: DailyReport, clock: Clock) -> str:
    """The report of a day as HTML that a browser opens and prints anywhere."""
    styles = "\n".join((STATIC / name).read_text("utf-8") for name in STYLES)
    style = Markup("<style>\n{}</style>").format(Markup(styles))  # noqa: S704 - our own files
    template = make_templates(clock).get_template("daily_file.html")
    return template.render(report=report, style=style)
