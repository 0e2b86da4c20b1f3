"""The repeatable steps as the launcher and the command line call them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from catalog.unify import UnifyCounts
from catalog.versions.publish import held
from certs.seals.trust import Trust, read_trust
from certs.verifying.file import verify_file, with_folder
from certs.verifying.outside import trust_now, trust_without_lists
from certs.waivers.waive import PlanLine
from kernel.clock import system_clock
from kernel.errors import BadInput, ZhongtaiError
from kernel.house import House
from landing import pauses
from pipeline import share
from pipeline.catalogued import publish, unify
from pipeline.forms import Forms
from pipeline.migrate import migrate
from pipeline.recorded import PLAIN, run_by_hand
from pipeline.refresh import refresh_one
from pipeline.roles.apply import make_roles
from pipeline.sealing import seal_system
from pipeline.sync import How, opened, sync, system_of
from pipeline.trial import tried
from pipeline.uses import Uses
from pipeline.waiving import sandbox
from pipeline.wallets import as_now
from pipeline.wiring import open_house
from registry import accounts
from registry.applied import apply
from registry.applied import read as read_registry
from registry.contract import System
from registry.mode_rules import personal_key

CONTRACTS = Path(__file__).resolve().parent.parent / "connectors" / "systems"


def prepare(house: House) -> dict[str, System]:
    """Tables, the database's roles, the object store's bucket, the registry in force; where a city
    is, its own accounts and waivers."""
    owner = house.under("owner")
    migrate(owner)
    make_roles(owner)
    house.objects.make_bucket()
    apply(house, CONTRACTS, "launcher")
    with house.engine.begin() as conn:
        accounts.make_posts(conn)
        if house.settings.city_url:
            accounts.make_demo(conn)
    if house.settings.city_url:
        sandbox(house)
    return read_registry(house.settings.home)


def sync_by_hand(house: House, code: str, full: bool, how: How = PLAIN) -> list[str]:
    """Sync one system (or read a period of it again) and seal its licences; a line for each."""
    run = run_by_hand("manual" if how.period is None else "period")
    counts = sync(house, code, run, full=full, how=how)
    if counts.probes:
        return [f"{code}: {counts.answered} of {counts.probes} probes answered"]
    line = (
        f"{code}: {counts.rows:,} rows read, {counts.stored:,} stored, "
        f"{counts.quarantined:,} quarantined, {counts.deleted:,} deleted"
    )
    return [line, *_seal(house, code, run)]


def refresh_by_hand(
    house: House, code: str, stream: str | None, record: list[str], by: str
) -> list[str]:
    """Read one record again and seal what changed; a line for each.

    `record`: the value of the key, or `column=value` for each column of it. Raises BadInput.
    """
    streams = system_of(house, code).streams
    if stream is None and len(streams) > 1:
        raise BadInput(f"{code} has more than one stream: name one of {', '.join(streams)}")
    name = stream or next(iter(streams))
    if name not in streams:
        raise BadInput(f"{code} has no stream {name}: allowed are {', '.join(streams)}")
    key, columns = {}, streams[name].key
    if streams[name].mode == "lookup":
        raise BadInput(f"{code} is asked live and keeps no rows: it has no records")
    if personal_key(streams[name]):
        raise BadInput(
            f"the key of {code} {name} tells who a person is and stands in no command: "
            "read the stream again with --since and --until"
        )
    for one in record:
        column, sign, value = one.partition("=")
        if sign and column in columns:
            key[column] = value
        elif len(columns) == 1:
            key[columns[0]] = one
        else:
            raise BadInput(
                f"the key of {code} {name} has more than one column: "
                f"write --record COLUMN=VALUE for each of {', '.join(columns)}"
            )
    run = run_by_hand("record")
    return [
        f"{code} {name}: {refresh_one(house, code, name, key, run, by)}",
        *_seal(house, code, run),
    ]


def _seal(house: House, code: str, run: str) -> list[str]:
    if all(stream.kind != "licence" for stream in system_of(house, code).streams.values()):
        return []
    sealed = seal_system(house, code, run)
    return [f"{code}: {sealed.published:,} licences sealed, {sealed.ended:,} ended"]


def pause(house: House, code: str, by: str, why: str) -> str:
    """Let nobody sync a system until it is resumed."""
    pauses.pause(house, system_of(house, code).code, by, why)
    return f"{code} is paused: `zhongtai resume {code}` lets it go on"


def resume(house: House, code: str) -> str:
    """Let a paused system run again, at its next schedule or by hand."""
    was = pauses.resume(house, system_of(house, code).code)
    return f"{code} goes on" if was else f"{code} was not paused"


def unify_catalogue(house: House, run: str) -> UnifyCounts:
    """Map local items and materials to canonical ones."""
    return unify(house, run)


def publish_all(house: House) -> Iterator[str]:
    """Catalogue and licences; a line for each that changed."""
    Forms(house).sandbox()
    run = run_by_hand("publish")
    yield f"catalogue version {publish(house, 'command line', run)}{_held(house)}"
    asked = Uses(house).request()
    if asked:
        yield f"{asked:,} new uses of licence types: `zhongtai uses list` shows what waits"
    for code, system in read_registry(house.settings.home).items():
        if any(s.kind == "licence" and s.mode != "lookup" for s in system.streams.values()):
            sealed = seal_system(house, code, run)
            if sealed.published or sealed.ended:
                yield f"{code}: {sealed.published:,} licences sealed, {sealed.ended:,} ended"


def _held(house: House) -> str:
    with house.engine.connect() as conn:
        if not held(conn):
            return ""
    return ": a roll-back holds publishing back, `zhongtai catalog release` lets it go on"


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


def dry_run(house: House, code: str) -> list[str]:
    """Read and check the first batch of each stream; keep nothing. A line for each."""
    lines = []
    for one in tried(house, system_of(house, code)):
        if one.rows is None:
            lines.append(f"{code} {one.name}: reached; {one.mode} streams are not read")
        elif one.rows == 0:
            lines.append(f"{code} {one.name}: the source is empty")
        else:
            lines.append(
                f"{code} {one.name}: {one.rows:,} rows in the first batch, "
                f"{one.refused:,} would be quarantined, {len(one.findings):,} findings"
            )
            lines += [f"  {count:>5,}  {reason}" for reason, count in one.reasons]
    return lines


def waiver_plan(house: House, user: str, case_number: str) -> dict[str, Any]:
    """The plan as JSON. Raises BadInput when there is no such account, Refused as the plan does."""
    with house.engine.connect() as conn:
        account = accounts.account(conn, user)
    if account is None:
        raise BadInput(f"no account {user}, or it is disabled")
    made = share.plan(house, account, case_number)
    return {
        "case": made.case_number,
        "item": made.item,
        "catalogue_version": made.catalogue_version,
        "materials": [_shown(line) for line in made.lines],
    }


def plan_lines(plan: dict[str, Any]) -> Iterator[str]:
    """A plan for a person at a terminal."""
    yield f"{plan['case']}  {plan['item']}（目录第 {plan['catalogue_version']} 版）"
    for line in plan["materials"]:
        yield f"  {VERDICTS[line['verdict']]}  {line['name']}：{line['why']}"


def verify_any(home: Path, file: Path, trusted: Path | None = None) -> dict[str, Any]:
    """The verdict on a file. Raises BadInput when it cannot be read.

    `trusted`: a trust file instead of the installation's keys, or a folder of certificates beside
    them. Without an installation no key of ours is known.
    """
    if not file.is_file():
        raise BadInput(f"{file} is not a file: name a PDF, OFD, licence file or case package")
    if trusted is not None and trusted.is_file():
        return verify_file(file, read_trust(_bytes(trusted)), system_clock()).as_json()
    house = open_house(home) if (home / "settings.json").is_file() else None
    own = _own_trust(house) if house is not None else Trust((), ())
    trust = own if trusted is None else with_folder(own, trusted)
    verdict = verify_file(file, trust, system_clock())
    return (as_now(house, verdict) if house is not None else verdict).as_json()


def _own_trust(house: House) -> Trust:
    """Our keys and known issuers outside; those of lists only while the database is running."""
    try:
        return trust_now(house)
    except OperationalError:
        return trust_without_lists(house)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None


VERDICTS = {
    "waived": "免提交    ",
    "could_be_waived": "可以免交  ",
    "bring": "需要带来  ",
    "not_needed": "不必提交  ",
}


def _shown(line: PlanLine) -> dict[str, Any]:
    values = asdict(line)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }
