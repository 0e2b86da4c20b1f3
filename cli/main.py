"""`zhongtai`: the same steps by hand. Errors are one sentence and a non-zero exit."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import (
    accounts,
    alerts,
    bureau,
    callers,
    card_reader,
    catalog,
    catalog_deeds,
    certs,
    daily,
    doctor,
    events,
    holds,
    installing,
    keys,
    ledger,
    lineage,
    logs,
    matching,
    materials,
    needs,
    papers,
    quarantine,
    registering,
    rights,
    secrets,
    syncing,
    trust,
    uses,
    wishes,
)
from cli.backup import commands as backup
from cli.options import AsJson, Home
from kernel.errors import ZhongtaiError
from kernel.settings import home_from_environment

app = typer.Typer(
    name="zhongtai",
    help="中台: connects a city's systems, unifies its items, shares its licences for one case.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(registering.app, name="systems")
app.add_typer(wishes.app, name="catalog")
catalog_deeds.add_to(catalog.app)
needs.add_to(catalog.app)
app.add_typer(certs.app, name="certs")
papers.add_to(certs.app)
app.add_typer(rights.app, name="rights")
app.add_typer(trust.app, name="trust")
app.add_typer(uses.app, name="uses")
app.add_typer(events.app, name="events")
app.add_typer(alerts.app, name="alerts")
app.add_typer(callers.app, name="callers")
app.add_typer(accounts.app, name="accounts")
app.add_typer(ledger.app, name="ledger")
app.add_typer(lineage.app, name="lineage")
app.add_typer(keys.app, name="keys")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(holds.app, name="holds")
app.add_typer(holds.found, name="findings")
app.add_typer(secrets.app, name="secrets")
app.add_typer(materials.app, name="materials")
app.add_typer(bureau.app, name="complaints")
bureau.add_to(app)
syncing.add_to(app)
matching.add_to(app)
daily.add_to(app)
card_reader.add_to(app)
backup.add_to(app)
installing.add_to(app)
doctor.add_to(app)
logs.add_to(app)


@app.command()
def up(
    home: Home = None,
    once: Annotated[bool, typer.Option("--once", help="One whole round, then end.")] = False,
    people: Annotated[
        int | None, typer.Option(min=50, max=2_000_000, help="People of a new city (2000).")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 360700,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the round's report here, JSON.")
    ] = None,
    port_base: Annotated[
        int, typer.Option(min=1024, max=65000, help="First of the ports that it takes.")
    ] = 8600,
    crypto: Annotated[
        str | None, typer.Option(help="Of a new installation: standard, or gm (SM2, SM3, SM4).")
    ] = None,
) -> None:
    """Start the whole city: databases, sandbox, portal, Airflow; sync, unify, publish."""
    from cli.up import Options
    from cli.up import up as start
    from kernel.profile import profile_named

    folder = (home or home_from_environment()).resolve()
    chosen = profile_named(crypto) if crypto is not None else None
    raise typer.Exit(start(Options(folder, once, people, seed, report, port_base, chosen)))


@app.command()
def unify(home: Home = None) -> None:
    """Map the counties' items and materials to canonical ones."""
    from pipeline import steps
    from pipeline.recorded import run_by_hand

    counts = steps.unify_catalogue(open_home(home), run_by_hand("unify"))
    typer.echo(
        f"{counts.canonical:,} canonical items, {counts.county:,} county items: "
        f"{counts.unified:,} unified, {counts.to_review:,} to review"
    )


@app.command()
def publish(home: Home = None) -> None:
    """Publish a catalogue version if its content changed, and seal landed licences."""
    from pipeline import steps

    for line in steps.publish_all(open_home(home)):
        typer.echo(line)


@app.command()
def waivers(
    user: Annotated[str, typer.Option("--user", help="The clerk's account.")],
    case: Annotated[str, typer.Option("--case", help="The case number.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What the applicant of a case need not bring, and why. It is written into the ledger."""
    from pipeline import steps

    plan = steps.waiver_plan(open_home(home), user, case)
    if as_json:
        typer.echo(json.dumps(plan, ensure_ascii=False, indent=1))
        return
    for line in steps.plan_lines(plan):
        typer.echo(line)


@app.command()
def status(as_json: AsJson = False, home: Home = None) -> None:
    """How fresh, how full and how well everything is."""
    from pipeline import view

    facts = view.status(open_home(home))
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for line in view.status_lines(facts):
        typer.echo(line)


def open_home(home: Path | None) -> Any:
    """The installation that the command is about."""
    from pipeline.wiring import open_house

    return open_house((home or home_from_environment()).resolve())


def run() -> None:
    """The entry point: one sentence on standard error instead of a traceback."""
    from sqlalchemy.exc import OperationalError

    try:
        app()
    except ZhongtaiError as error:
        print(f"zhongtai: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OperationalError:
        print(
            "zhongtai: the database does not answer: start the city with `make run`, "
            "or check database_url in settings.json",
            file=sys.stderr,
        )
        sys.exit(4)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    run()
