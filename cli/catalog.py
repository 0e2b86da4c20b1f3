"""`zhongtai catalog`: what people decide about names."""

from __future__ import annotations

import typer

app = typer.Typer(help="One catalogue: questions, judgements, wishes.", no_args_is_help=True)
