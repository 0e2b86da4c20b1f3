"""A new state folder out of a backup: database at a moment, objects, keys; then all is checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from cli import postgres, seaweed
from cli.backup.recovering import recover, unpack
from cli.installation import free_base
from cli.place import Ports, make_secrets
from kernel.errors import BadInput, PersonMustAct, Stop
from kernel.house import House
from kernel.keys import load_keys
from kernel.objects import Objects
from kernel.profile import PROFILES
from kernel.secrets import Secrets
from kernel.settings import load_settings, save_settings
from pipeline.backup.checking import Whole, check_restored
from pipeline.backup.manifest import Base, base_at, check_base
from pipeline.backup.objects import Version, as_of, content, passes
from pipeline.roles.apply import make_roles
from pipeline.wiring import open_house

TOGETHER = 8


@dataclass(frozen=True)
class Restored:
    """What stands in the new folder. `at`: the moment; None: as the base backup ended."""

    base: Base
    at: datetime | None
    objects: int
    whole: Whole
    secrets_gone: tuple[str, ...]


def restore(
    folder: Path, keys: Path, home: Path, at: datetime | None, say: Callable[[str], None]
) -> Restored:
    """Restore into a folder that is empty or not there. `keys`: the keys, kept apart.

    Without `at`: the newest moment that log and objects both reach, else as the base ended.
    Raises PersonMustAct on a folder that is not empty or a log that does not reach `at`, Stop when
    what was restored is not whole; the folder then stays, to be looked into.
    """
    if home.exists() and any(home.iterdir()):
        raise PersonMustAct(f"{home} is not empty: name a new folder with --to")
    at = at or _newest(folder)
    base = base_at(folder, at)
    _settle(base, keys, home)
    say("the list's signature and its files hold")
    secrets = Secrets(home)
    unpack(base, home / "postgres")
    recover(home, home / "postgres", folder / "wal", at, secrets.get("DATABASE_PASSWORD"))
    say("database recovered")
    there = as_of(folder, at or base.ended)
    with running(home, secrets) as house:
        _load(house.objects, folder, list(there.values()))
        say(f"{len(there):,} objects put back")
        whole = check_restored(house, base.facts, there)
    if whole.missing:
        raise Stop(
            f"{len(whole.missing)} of {whole.named} objects that the database names are not in "
            f"the backup, the first is {whole.missing[0]}: name an earlier time with --at"
        )
    gone = [one.partition("/")[2] for one in base.facts["kept_apart"] if one.startswith("secrets/")]
    return Restored(
        base, at, len(there), whole, tuple(name for name in gone if not secrets.has(name))
    )


def _newest(folder: Path) -> datetime | None:
    """The begin of the last pass while the log was followed, if it is later than the bases."""
    followed = [one.begun for one in passes(folder) if one.followed]
    if not followed or base_at(folder, None).ended > followed[-1]:
        return None
    return followed[-1]


def _settle(base: Base, keys: Path, home: Path) -> None:
    """Keys, settings and made secrets of the new folder; the base checked under those keys."""
    source = keys / "keys" if (keys / "keys").is_dir() else keys
    if not (source / "master.key").is_file():
        raise BadInput(f"{keys} holds no keys (no master.key): name the folder of the kept keys")
    with TemporaryDirectory() as folder:  # nothing is in the new folder until all of this holds
        (Path(folder) / "keys").symlink_to(source)
        loaded = load_keys(Path(folder), PROFILES[base.facts["crypto"]])
        check_base(base, loaded.ledger.known())
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copytree(source, home / "keys")
    (home / "keys").chmod(0o700)
    for file in (base.folder / "config").iterdir():
        shutil.copyfile(file, home / file.name)
        (home / file.name).chmod(0o600)
    make_secrets(Secrets(home))


@contextmanager
def running(home: Path, secrets: Secrets) -> Iterator[House]:
    """The new installation's stores, and it opened; ended with the context."""
    ports = Ports(free_base())
    before = load_settings(home)
    name = make_url(before.database_url).database
    settings = replace(
        before,
        database_url=f"postgresql+psycopg://zhongtai@127.0.0.1:{ports.database}/{name}",
        s3_endpoint=f"127.0.0.1:{ports.s3}",
        s3_bucket="zhongtai",
        s3_secure=False,
    )
    save_settings(settings)
    access, key = secrets.get("S3_ID"), secrets.get("S3_SECRET")
    database = postgres.start_cluster(home, "postgres", home / "postgres", ports.database)
    store = seaweed.start_store(home, "s3", home / "s3", ports.s3, access, key)
    try:
        postgres.wait_ready(database, ports.database, secrets.get("DATABASE_PASSWORD"))
        seaweed.wait_ready(store, ports.s3, access, key, "zhongtai")
        house = open_house(home)
        try:
            make_roles(house.under("owner"))
            yield house
        finally:
            house.close()
    finally:
        seaweed.stop(store)
        postgres.stop(database)


def _load(objects: Objects, folder: Path, versions: list[Version]) -> None:
    with ThreadPoolExecutor(TOGETHER) as pool:
        for done in pool.map(lambda one: objects.put(one.name, content(folder, one)), versions):
            del done
