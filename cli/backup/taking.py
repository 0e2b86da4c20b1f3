"""Take a base backup; follow the database's log and the store's new objects until ended."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cli.backup import tools
from kernel.errors import BadInput, RetryLater, Stop
from kernel.house import House
from pipeline.backup.manifest import Base, ledger_now, stamp, write_manifest
from pipeline.backup.objects import Pass, beat, copy_objects
from pipeline.backup.slot import SLOT

#: Of the state folder: what an installation needs and is neither a key nor a plain secret.
CONFIG = ("settings.json", "registry.json", "secrets.enc", "alerts.yml", "city.json")
APART = ("keys", "secrets")


def take(house: House, folder: Path) -> tuple[Base, Pass]:
    """A base backup of the whole cluster, then the objects; signed when both are there.

    In this order: an object is written before the row that names it, so what is copied after the
    database names everything that the database does. Killed, it leaves a draft that the next one
    removes. Raises RetryLater when database or store is away.
    """
    check_folder(house, folder)
    (folder / "bases").mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in (folder / "bases").glob(".new-*"):
        shutil.rmtree(left)
    before, begun = ledger_now(house), beat(house)
    draft = folder / "bases" / f".new-{stamp(begun)}"
    draft.mkdir(mode=0o700)
    tools.base_backup(house, draft / "database")
    ended = beat(house)
    copied = copy_objects(house, folder, ended)
    _keep_config(house, draft / "config")
    made = write_manifest(house, draft, ended, before, kept_apart(house.settings.home))
    return replace(made, folder=draft.rename(folder / "bases" / stamp(begun))), copied


def follow(
    house: House, folder: Path, every: float, ended: threading.Event, say: Callable[[str], None]
) -> None:
    """Receive the log as it is written, and copy new objects each `every` seconds, until `ended`.

    A database or a store that is away is said once and tried again.
    """
    check_folder(house, folder)
    with _receiving(house, folder) as receiver:
        trouble = ""
        while True:
            if receiver.poll() is not None:
                raise Stop(
                    f"pg_receivewal has ended by itself with {receiver.returncode}: "
                    f"see {folder / 'wal.log'}"
                )
            now = _one_pass(house, folder, say)
            if now != trouble:
                say(now or "database and store answer again")
            trouble = now
            if ended.wait(every):
                return


def kept_apart(home: Path) -> list[str]:
    """The names of keys and plain secrets, which a backup does not hold."""
    return [
        f"{folder}/{file.name}"
        for folder in APART
        for file in sorted((home / folder).glob("[!.]*"))
        if file.is_file()
    ]


def check_folder(house: House, folder: Path) -> None:
    """It can be had, and does not lie in the state folder, with which it would go. Raises
    BadInput."""
    if folder == house.settings.home or house.settings.home in folder.parents:
        raise BadInput(f"{folder} lies in the state folder, and would be lost with it")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made or is no folder ({error.strerror})") from None


def _one_pass(house: House, folder: Path, say: Callable[[str], None]) -> str:
    """What was wrong; empty when nothing was."""
    try:
        done = copy_objects(house, folder, beat(house), lambda: tools.received(house))
    except RetryLater as error:
        return str(error)
    except SQLAlchemyError:
        return "the database does not answer; its log is received when it does"
    if done.new:
        say(f"{done.begun:%Y-%m-%d %H:%M:%S}Z: {done.new:,} new of {done.objects:,} objects")
    return ""


@contextmanager
def _receiving(house: House, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "wal"
    log.mkdir(mode=0o700, exist_ok=True)
    tools.make_slot(house)
    arguments = ["--directory", str(log), f"--slot={SLOT}", "--synchronous"]
    with tools.password_file(house) as env, (folder / "wal.log").open("ab") as out:
        said = tools.command(house, "pg_receivewal", *arguments)
        receiver = subprocess.Popen(said, env=env, stdout=out, stderr=out)
        try:
            yield receiver
        finally:
            receiver.terminate()
            receiver.wait()


def _keep_config(house: House, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for name in CONFIG:
        file = house.settings.home / name
        if file.is_file():
            shutil.copyfile(file, folder / name)
