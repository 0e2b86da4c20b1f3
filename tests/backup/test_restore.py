"""A round, a backup, more work; then another installation as it stood at a moment between."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from certs.tables import copy
from certs.tables import licence as sealed
from cli.backup.restoring import Restored, restore, running
from cli.backup.taking import follow, take
from cli.installation import installation
from cli.truth import Truth
from kernel.errors import BadInput, PersonMustAct, Stop
from kernel.house import House
from kernel.secrets import Secrets
from landing.tables import batch
from ledger.tables import entry
from ledger.verify import verify
from pipeline.backup.keeping import let_go
from pipeline.backup.manifest import bases
from pipeline.backup.objects import as_of, passes, place
from pipeline.migrate import migrate
from pipeline.platform import Platform
from pipeline.roles.apply import make_roles
from tests.e2e.browser import Browser
from tests.e2e.installed import Installed
from tests.e2e.people import example
from tests.e2e.state import State, state

#: What the worked example needs.
SYSTEMS = ["xzsp_items", "sc_enterprise", "zr_realestate", "xzsp_window"]
PASSES = 60.0
#: The tables of many versions ago. Still older ones have no roster, and without it nobody looks.
OLDER = "0012"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """An installation of its own with a round over it."""
    home = tmp_path_factory.mktemp("backed-up") / "home"
    with installation(home, 200) as (house, systems):
        one = Installed(house, systems, Truth(house.secrets), Browser(house.settings.portal_url))
        one.round("first", SYSTEMS)
        yield one


@contextmanager
def followed(house: House, folder: Path) -> Iterator[threading.Event]:
    """The log is followed meanwhile, with a pass over the objects each second."""
    ended = threading.Event()
    thread = threading.Thread(target=follow, args=(house, folder, 1, ended, print))
    thread.start()
    yield ended
    ended.set()
    thread.join()


def a_pass_after(folder: Path, at: datetime) -> None:
    """Wait for a whole pass that began after that moment and for the one after it."""
    waiting, deadline = threading.Event(), datetime.now(UTC) + timedelta(seconds=PASSES)
    while len([one for one in passes(folder) if one.followed and one.begun > at]) < 2:
        assert datetime.now(UTC) < deadline, "no pass over the objects"
        waiting.wait(0.05)


@dataclass(frozen=True)
class Kept:
    """A backup, and what stood at a moment between."""

    folder: Path
    between: datetime
    stood: State
    counts: dict[str, int]
    case: str


def look(platform: Platform, case: str) -> bytes:
    """The clerk plans the case and fetches what it waives first."""
    clerk = platform.account("clerk")
    assert clerk is not None
    line = next(one for one in platform.plan(clerk, case).lines if one.verdict == "waived")
    return platform.fetch(clerk, case, line.material_id, "prove").pdf


def counted(house: House) -> dict[str, int]:
    """How many batches, licences, copies and entries there are."""
    with house.engine.connect() as conn:
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (batch, sealed, copy, entry)
        }


@pytest.fixture(scope="module")
def kept(here: Installed, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A backup with its log: `between` lies after a look, before a sync and another look."""
    folder, house = tmp_path_factory.mktemp("kept"), here.house
    case = example(here)["case"]
    with followed(house, folder):
        base, _ = take(house, folder)
        look(here.platform, case)
        stood, counts, between = state(house), counted(house), datetime.now(UTC)
        a_pass_after(folder, between)
        here.truth.post("/changes", {"count": 300, "seed": 3})
        here.round("after", SYSTEMS)
        look(here.platform, case)
        a_pass_after(folder, datetime.now(UTC))
    assert base.ended < between
    return Kept(folder, between, stood, counts, case)


def restored(here: Installed, kept: Kept, home: Path, at: datetime | None) -> Restored:
    """Restored into `home` with the installation's keys."""
    return restore(kept.folder, here.home / "keys", home, at, print)


def test_a_moment_between_stands_again_and_nothing_after_it(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    home = tmp_path / "new"
    done = restored(here, kept, home, kept.between)
    assert done.whole.entries == kept.counts["entry"]
    with running(home, Secrets(home)) as house:
        assert counted(house) == kept.counts
        assert state(house) == kept.stood
        assert look(Platform(house), kept.case).startswith(b"%PDF")
        assert verify(house).verified
        assert counted(house)["entry"] > kept.counts["entry"]


def test_without_a_time_the_newest_moment_stands(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    home = tmp_path / "new"
    restored(here, kept, home, None)
    with running(home, Secrets(home)) as house:
        assert counted(house) == counted(here.house)
        assert state(house) == state(here.house)


def test_a_whole_citys_tables_go_down_and_up_again(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    """What older tables hold stays as it is; a look is made on both sides of it."""
    home = tmp_path / "new"
    restored(here, kept, home, None)
    with running(home, Secrets(home)) as house:
        owner, before, stood = house.under("owner"), counted(house), state(house)
        migrate(owner, OLDER, down=True)
        assert counted(owner) == before
        migrate(owner)
        make_roles(owner)
        assert (counted(house), state(house)) == (before, stood)
        assert verify(house).verified
        assert look(Platform(house), kept.case).startswith(b"%PDF")


def test_a_base_without_its_log_restores_to_its_own_end(here: Installed, tmp_path: Path) -> None:
    counts = counted(here.house)
    folder, home = tmp_path / "kept", tmp_path / "new"
    take(here.house, folder)
    look(here.platform, example(here)["case"])
    done = restore(folder, here.home / "keys", home, None, print)
    assert done.at is None
    with running(home, Secrets(home)) as house:
        assert counted(house) == counts


def test_what_is_left_after_letting_go_restores_whole(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    folder, home = tmp_path / "shorter", tmp_path / "new"
    shutil.copytree(kept.folder, folder)
    base, _ = take(here.house, folder)
    done = let_go(folder, datetime.now(UTC) + timedelta(days=2), 1)
    assert done is not None
    assert (done.bases, [one.folder for one in bases(folder)]) == (1, [base.folder])
    again = restore(folder, here.home / "keys", home, None, print)
    assert again.whole.entries == counted(here.house)["entry"]


def test_a_moment_that_the_log_does_not_reach_is_refused(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    late = datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(PersonMustAct, match=r"the log kept in .* reaches until .*--at"):
        restored(here, kept, tmp_path / "late", late)
    early = kept.between - timedelta(days=1)
    with pytest.raises(PersonMustAct, match=r"the first base backup .* ended at"):
        restored(here, kept, tmp_path / "early", early)


def test_a_folder_that_is_not_empty_is_left_alone(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    (tmp_path / "theirs").write_text("x", "utf-8")
    with pytest.raises(PersonMustAct, match=r"is not empty"):
        restored(here, kept, tmp_path, None)
    assert [one.name for one in tmp_path.iterdir()] == ["theirs"]


def test_a_changed_backup_and_other_keys_are_named(
    here: Installed, kept: Kept, house: House, tmp_path: Path
) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(kept.folder, changed)
    with pytest.raises(Stop, match=r"not signed by a ledger key"):
        restore(changed, house.settings.home / "keys", tmp_path / "one", None, print)
    with pytest.raises(BadInput, match=r"holds no keys \(no master.key\)"):
        restore(changed, kept.folder, tmp_path / "two", None, print)
    file = next(changed.glob("bases/*/database/base.tar"))
    with file.open("r+b") as data:
        data.seek(file.stat().st_size // 2)
        data.write(b"changed")
    with pytest.raises(Stop, match=r"base.tar is not the file that was backed up"):
        restore(changed, here.home / "keys", tmp_path / "three", None, print)
    assert not [name for name in ("one", "two", "three") if (tmp_path / name).exists()]


def test_an_object_that_the_copy_lacks_or_that_was_changed_is_named(
    here: Installed, kept: Kept, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(kept.folder, broken)
    one = next(one for name, one in as_of(broken, kept.between).items() if name.startswith("raw/"))
    place(broken, one.sha256).write_bytes(b"changed")
    with pytest.raises(Stop, match=r"the backup's copy of raw/.* was changed"):
        restore(broken, here.home / "keys", tmp_path / "one", kept.between, print)
    place(broken, one.sha256).unlink()
    with pytest.raises(Stop, match=r"lacks the content of raw/"):
        restore(broken, here.home / "keys", tmp_path / "two", kept.between, print)
    shutil.rmtree(broken / "passes")
    with pytest.raises(Stop, match=r"objects that the database names are not in the backup"):
        restore(broken, here.home / "keys", tmp_path / "three", kept.between, print)


def test_a_backup_names_the_keys_and_holds_none(here: Installed, kept: Kept) -> None:
    base = next(kept.folder.glob("bases/*"))
    secrets = [file for file in (here.home / "keys").iterdir() if file.is_file()]
    secrets += [file for file in (here.home / "secrets").iterdir() if file.stat().st_size > 20]
    said = (base / "manifest.json").read_text("utf-8")
    assert '"keys/master.key"' in said
    words = [file.read_bytes().strip() for file in secrets]
    for file in kept.folder.rglob("*"):
        if file.is_file() and "config" in file.parts:
            assert not [word for word in words if word in file.read_bytes()], file
    with pytest.raises(BadInput, match=r"lies in the state folder"):
        take(here.house, here.home / "backup")
