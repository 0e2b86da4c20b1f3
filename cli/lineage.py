"""`zhongtai lineage`: OpenLineage events that an endpoint did not take."""

from __future__ import annotations

import typer

from cli.options import Home
from kernel.errors import RetryLater
from kernel.settings import home_from_environment

app = typer.Typer(help="OpenLineage events of runs.", no_args_is_help=True)


@app.command("send")
def send(home: Home = None) -> None:
    """Send what waits to the endpoint, in its order. Exit 4 while it does not answer."""
    from pipeline.lineage.sending import send_waiting
    from pipeline.wiring import open_house

    done = send_waiting(open_house((home or home_from_environment()).resolve()))
    if done.refused:
        typer.echo(f"{done.refused:,} refused: they are in logs/lineage/refused.jsonl")
    if done.waiting:
        raise RetryLater(f"{done.sent:,} sent, {done.waiting:,} wait: the endpoint does not answer")
    typer.echo(f"{done.sent:,} sent, none waits")
