"""Options that many commands have, said in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None, typer.Option("--home", help="State folder; else ZHONGTAI_HOME, else ./var.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str, typer.Option("--by", help="The account of the person who does it.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]
