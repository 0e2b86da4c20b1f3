"""The repeatable steps as the launcher and the command line call them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from catalog.unify import UnifyCounts, unify
from catalog.version import publish
from certs.publish import publish_system
from kernel.errors import BadInput, ZhongtaiError
from kernel.house import House
from pipeline.migrate import migrate
from pipeline.sync import opened, sync, system_of
from registry import accounts
from registry.applied import apply
from registry.applied import read as read_registry
from registry.contract import System

CONTRACTS = Path(__file__).resolve().parent.parent / "connectors" / "systems"


def prepare(house: House) -> dict[str, System]:
    """Tables, the object store's bucket, the registry in force; demo accounts where a city is."""
    migrate(house)
    house.objects.make_bucket()
    apply(house, CONTRACTS, "launcher")
    with house.engine.begin() as conn:
        accounts.make_posts(conn)
        if house.settings.city_url:
            accounts.make_demo(conn)
    return read_registry(house.settings.home)


def run_by_hand(step: str) -> str:
    """A name for a run that a person started."""
    return datetime.now(UTC).strftime(f"{step}-%Y%m%dT%H%M%S")


def sync_by_hand(house: House, code: str, full: bool) -> list[str]:
    """Sync one system and seal its licences; a line for each step."""
    run = run_by_hand("manual")
    counts = sync(house, code, run, full=full)
    if counts.probes:
        return [f"{code}: {counts.answered} of {counts.probes} probes answered"]
    line = (
        f"{code}: {counts.rows:,} rows read, {counts.stored:,} stored, "
        f"{counts.quarantined:,} quarantined, {counts.deleted:,} deleted"
    )
    kinds = {stream.kind for stream in system_of(house, code).streams.values()}
    if "licence" not in kinds:
        return [line]
    sealed = publish_system(house, code, run)
    return [line, f"{code}: {sealed.published:,} licences sealed, {sealed.ended:,} ended"]


def unify_catalogue(house: House, run: str) -> UnifyCounts:
    """Map local items and materials to canonical ones."""
    return unify(house, run)


def publish_all(house: House) -> Iterator[str]:
    """Catalogue and licences; a line for each that changed."""
    yield f"catalogue version {publish(house, 'command line')}"
    run = run_by_hand("publish")
    for code, system in read_registry(house.settings.home).items():
        if any(s.kind == "licence" and s.mode != "lookup" for s in system.streams.values()):
            sealed = publish_system(house, code, run)
            if sealed.published or sealed.ended:
                yield f"{code}: {sealed.published:,} licences sealed, {sealed.ended:,} ended"


def check_systems(
    house: House, systems: dict[str, System], codes: list[str] | None
) -> Iterator[tuple[str, str | None]]:
    """Reach every system; its problem in one sentence, or None. Raises BadInput on a wrong code."""
    unknown = sorted(set(codes or ()) - set(systems))
    if unknown:
        raise BadInput(f"no system {unknown[0]}: `zhongtai systems list` shows the codes")
    for code in codes or systems:
        try:
            with opened(house, systems[code]) as connector:
                connector.check()
            yield code, None
        except ZhongtaiError as error:
            yield code, str(error)
