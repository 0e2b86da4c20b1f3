"""`zhongtai up`: the whole city on one machine, until Ctrl-C, or one round with --once."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli import report as reports
from cli.place import Ports, check_home, check_ports, make_secrets, only_launcher
from cli.processes import end_leftovers
from cli.round import end_old_runs, run_round
from cli.services import Services
from cli.truth import Truth
from kernel.errors import BadInput, PersonMustAct
from kernel.house import House
from kernel.profile import ProfileName
from kernel.secrets import Secrets
from pipeline import steps
from pipeline.platform import Platform
from pipeline.wiring import open_house

DEMO_PASSWORD = "zhongtai-demo"  # noqa: S105  (the embedded default only; printed at start)
DEFAULT_PEOPLE = 2000
DEFAULT_SEED = 360700


@dataclass(frozen=True)
class Options:
    """What the command line says. `people` None: as the city has it, else 2,000; `crypto` None:
    as the installation has it, else standard."""

    home: Path
    once: bool
    people: int | None
    seed: int
    report: Path | None
    port_base: int
    crypto: ProfileName | None = None


class Ended(Exception):
    """Ctrl-C, SIGTERM or SIGHUP."""


def up(options: Options) -> int:
    """Start everything, run a round, stay until Ctrl-C unless --once. Returns the exit status."""
    check_home(options.home)
    with only_launcher(options.home):
        return _up(options, time.monotonic())


def _up(options: Options, began: float) -> int:
    people = _people(options)
    left = end_leftovers(options.home)
    if left:
        say(f"Ended what an earlier run left behind: {', '.join(left)}.")
    ports = Ports(options.port_base)
    check_ports(ports)
    make_secrets(Secrets(options.home))
    services = Services(options.home, ports, people, options.seed, options.crypto)
    with _signals():
        try:
            return _run(options, services, began)
        except Ended:
            say("\nStopping …")
            return 0 if not options.once else 130
        finally:
            _quietly_stop(services)


def say(line: str) -> None:
    """One line for the person who waits."""
    print(line, flush=True)


def _run(options: Options, services: Services, began: float) -> int:
    say(f"Zhongtai in {options.home}")
    _step("database and object store", services.start_stores)
    with ThreadPoolExecutor(1) as pool:
        airflow_ready = pool.submit(services.prepare_airflow)
        services.start_city()
        house = open_house(options.home)
        systems = _step("tables, registry, accounts", lambda: steps.prepare(house))
        services.start_portal()
        _step("portal", services.wait_portal)
        say(f"  portal on {house.settings.portal_url}")
        _step("Airflow's database", airflow_ready.result)
    started = datetime.now(UTC)
    api = services.start_airflow()
    _step("the city: 47 systems served", services.wait_city)
    _step("Airflow", lambda: api.wait_ready(services.airflow_children(), len(systems) + 2))
    end_old_runs(api, started)
    say(f"One round: {len(systems)} systems")
    failed = run_round(house, api, systems, say)
    example = _example(house)
    report = reports.make_report(
        house, systems, Truth(house.secrets), time.monotonic() - began, example
    )
    wrong = _result(options, report, failed)
    if options.once:
        return 1 if wrong else 0
    _say_where(services, house, example)
    return _stay(services)


def _result(options: Options, report: dict[str, Any], failed: list[str]) -> list[str]:
    """Write the report, say the totals and what does not hold."""
    if options.report:
        options.report.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    wrong = [f"{name} failed" for name in failed] + reports.problems(report)
    _say_totals(report)
    for line in wrong:
        print(f"zhongtai: {line}", file=sys.stderr)
    return wrong


def _stay(services: Services) -> int:
    """Until Ctrl-C. Raises PersonMustAct when a program ends by itself."""
    while True:
        gone = services.gone()
        if gone is not None:
            raise PersonMustAct(f"{gone.name} has ended by itself: see {gone.log}")
        time.sleep(1)


def _say_totals(report: dict[str, Any]) -> None:
    copies = [one for one in report["systems"] if one.get("source_rows") is not None]
    total = {key: sum(one[key] for one in copies) for key in reports.COUNTED}
    catalogue, licences = report["catalogue"], report["licences"]
    say(
        f"{report['seconds']:.0f} s: {total['source_rows']:,} rows at the sources = "
        f"{total['stored_rows']:,} stored + {total['quarantined']:,} quarantined"
    )
    say(
        f"catalogue version {catalogue['version']}: {catalogue['canonical_items']:,} items, "
        f"{catalogue['unified']:,} of {catalogue['county_items']:,} county items unified, "
        f"{catalogue['to_review']:,} to review; {licences['published']:,} licences "
        f"of {licences['types']} types; ledger: {report['ledger']['entries']:,} entries"
    )


def _say_where(services: Services, house: House, example: dict[str, Any]) -> None:
    password = services.secrets.get("AIRFLOW_PASSWORD")
    say("")
    say(f"Portal   {house.settings.portal_url}")
    say(f"         clerk, clerk2, window, officer, ops, bureau; password {DEMO_PASSWORD}")
    say(f"Airflow  {services.airflow_place.url}")
    say(f"         admin; password {password}")
    say("")
    say(f"Example  case {example['case']}: {example['item']}")
    for line in example["lines"]:
        say(f"         {line}")
    say(f"         zhongtai waivers --user clerk --case {example['case']}")
    say("")
    say("Ctrl-C ends everything. `make run` again goes on with the kept data.")


def _example(house: House) -> dict[str, Any]:
    """The city's example case, planned by the demo clerk."""
    number = Truth(house.secrets).get("/example")["case"]
    platform = Platform(house)
    account = platform.account("clerk")
    if account is None:
        raise PersonMustAct("the demo account clerk is missing")
    plan = platform.plan(account, number)
    words = steps.VERDICTS
    return {
        "case": number,
        "item": plan.item,
        "materials": [line.material_id for line in plan.lines],
        "waived": [line.material_id for line in plan.lines if line.verdict == "waived"],
        "lines": [f"{words[x.verdict]}  {x.name}：{x.why}" for x in plan.lines],
    }


def _people(options: Options) -> int:
    """How many people the city has: what it was made with, unless it is new."""
    file = options.home / "city.json"
    try:
        made = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        people = options.people or DEFAULT_PEOPLE
        draft = file.with_suffix(".json.new")
        draft.write_text(json.dumps({"people": people, "seed": options.seed}), "utf-8")
        draft.replace(file)
        return people
    if options.people not in (None, made["people"]) or options.seed != made["seed"]:
        raise BadInput(
            f"the city in {options.home} was made with --people {made['people']} "
            f"--seed {made['seed']}: name another --home for another city"
        )
    return int(made["people"])


def _step(name: str, work: Any) -> Any:
    began = time.monotonic()
    result = work()
    say(f"  {name} ({time.monotonic() - began:.1f} s)")
    return result


@contextmanager
def _signals() -> Iterator[None]:
    def end(number: int, frame: object) -> None:
        del number, frame
        raise Ended

    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _quietly_stop(services: Services) -> None:
    """A second Ctrl-C must not leave half of it running."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    services.stop()
