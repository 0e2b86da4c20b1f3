"""Each page of the runbook is tried: a real fault, a real alert, the page's own commands, its end.

Alerts wait a second instead of their minutes and look back 20 seconds; else all is as installed.
"""

from __future__ import annotations

import re
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import requests
from alembic import command
from alembic.config import Config

from cli import postgres
from kernel.clock import CITY_TIME
from kernel.crypto import derive
from kernel.errors import NotAuthorised, PersonMustAct
from ledger import log
from ledger.events import event
from pipeline.events import Events, Wanted
from pipeline.mending import known_account
from pipeline.migrate import FOLDER as MIGRATIONS
from pipeline.platform import Platform
from pipeline.sealing import seal_system
from pipeline.sync import sync
from portal.sessions import Sessions
from tests.certs.receiver import SECRET, receiving
from tests.pipeline.sources import licence
from tests.portal.serving import serving
from tests.runbook.pages import RUNBOOK, filled, looked, mended, statements
from tests.runbook.place import CODE, WORD, Place, Servers, place, until
from tests.running_prometheus import alerts, prometheus

pytestmark = [pytest.mark.needs("prometheus"), pytest.mark.timeout(900)]
WHO = {"WHO": "ops", "REASON": "asked the owner"}


@pytest.fixture(scope="module")
def here(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One platform for all drills; each leaves it well."""
    with place(servers, tmp_path_factory.mktemp("drills")) as made:
        sync(made.house, CODE, "r0")
        seal_system(made.house, CODE, "r0")
        yield made


def now() -> str:
    """As the source writes times."""
    return f"{datetime.now(CITY_TIME):%F %T}"


def again(here: Place, name: str) -> None:
    """A good run after a drill."""
    here.source.rows = [licence("k1"), licence(name, changed=now())]
    sync(here.house, CODE, f"after-{name}")


def test_every_page_is_tried_here() -> None:
    tried = set(re.findall(r'fires\("(\w+)"\)', Path(__file__).read_text("utf-8")))
    assert tried | {"LedgerNotSigned"} == {file.stem for file in RUNBOOK.glob("*.md")}


def test_a_portal_that_ended_is_started_again(here: Place) -> None:
    here.end_portals()
    here.fires("PortalDown")
    assert CODE in looked(here.home, "PortalDown")
    mended(here.home, "PortalDown", PORT=str(here.port))
    here.ends("PortalDown")
    assert len(here.portals()) == 1


def test_a_database_that_is_away_comes_back(here: Place) -> None:
    here.database.stop(first=signal.SIGKILL)
    here.fires("TablesUnreadable")
    assert "the database does not answer" in looked(here.home, "TablesUnreadable")
    here.database.again()
    postgres.wait_ready(here.database, here.database_port, WORD)
    here.house.engine.dispose()
    assert "verif" in mended(here.home, "TablesUnreadable")[-1].said
    here.ends("TablesUnreadable")


def test_a_ledger_whose_signing_stopped_is_signed(here: Place, tmp_path: Path) -> None:
    """A portal whose minute has died: it serves and signs nothing."""
    here.end_portals()
    mended(here.home, "LedgerNotSigned")
    late = datetime.now(UTC) - timedelta(minutes=16)
    with here.house.engine.begin() as conn:
        log.append(conn, event(late, "account.signed_in", "ops"))
    with (
        serving(Platform(here.house), here.house.clock) as portal,
        prometheus(tmp_path, portal, hasty=True) as url,
    ):
        until(lambda: "LedgerNotSigned" in alerts(url), "LedgerNotSigned")
        assert "verif" in looked(here.home, "LedgerNotSigned")
        mended(here.home, "LedgerNotSigned")
        until(lambda: "LedgerNotSigned" not in alerts(url), "its end")
    here.start_portal()
    here.ends("PortalDown")


def test_a_stream_that_nobody_read_is_read(here: Place) -> None:
    here.sql("UPDATE landing.cursor SET complete_at = complete_at - interval '3 days'")
    assert here.fires("StreamLate")["labels"]["system"] == CODE
    assert CODE in looked(here.home, "StreamLate", CODE=CODE)
    mended(here.home, "StreamLate", CODE=CODE)
    here.ends("StreamLate")


def test_a_system_whose_token_changed_gets_the_new_one(here: Place, tmp_path: Path) -> None:
    here.source.token = "the new token"
    with pytest.raises(NotAuthorised):
        sync(here.house, CODE, "refused")
    here.fires("SystemFailing")
    said = looked(here.home, "SystemFailing", CODE=CODE)
    assert "run refused" in said
    (tmp_path / "token").write_text(here.source.token, "utf-8")
    names = {"CODE": CODE, "NAME": "SC_FOOD_TOKEN", "FILE": str(tmp_path / "token")}
    mended(here.home, "SystemFailing", **names)
    here.ends("SystemFailing")


def test_rows_that_no_category_fits_are_judged_again(here: Place, tmp_path: Path) -> None:
    changed = now()
    here.source.rows += [licence(f"q{n}", changed=changed, certState="9") for n in range(3)]
    sync(here.house, CODE, "unknown")
    here.fires("QuarantineHigh")
    assert "certState" in looked(here.home, "QuarantineHigh", CODE=CODE)
    folder = shutil.copytree(here.folder / "systems", tmp_path / "mended")
    file = folder / f"{CODE}.yml"
    text = file.read_text("utf-8").replace('"4": expired}', '"4": expired, "9": suspended}')
    file.write_text(text, "utf-8")
    mended(here.home, "QuarantineHigh", CODE=CODE, FOLDER=str(folder))
    here.ends("QuarantineHigh")


def test_a_hold_is_released_by_a_person(here: Place) -> None:
    changed = now()
    here.source.rows += [licence(f"h{n}", changed=changed, issueOrgName="") for n in range(40)]
    with pytest.raises(PersonMustAct, match="issuer is filled in"):
        sync(here.house, CODE, "emptier")
    here.fires("SealingHeld")
    number = numbered(looked(here.home, "SealingHeld"), "filled")
    done = mended(here.home, "SealingHeld", NUMBER=number, **WHO)
    assert "licences sealed" in done[-1].said
    here.ends("SealingHeld")


def numbered(shown: str, has: str) -> str:
    """The first word of the line that has this: its number."""
    (line,) = [one for one in shown.splitlines() if has in one]
    return line.split()[0]


def test_a_column_that_nobody_knows_is_known(here: Place) -> None:
    row = licence("d1", changed=now()) | {"newColumn": "x"}
    here.source.rows = [licence("k1"), row]
    sync(here.house, CODE, "drifts")
    here.fires("DriftOpen")
    number = numbered(looked(here.home, "DriftOpen", CODE=CODE), "newColumn")
    mended(here.home, "DriftOpen", NUMBER=number, **WHO)
    here.ends("DriftOpen")


def test_an_event_that_was_refused_is_told(here: Place) -> None:
    here.house.secrets.put("HOOK", SECRET)
    seal_system(here.house, CODE, "before")
    events = Events(here.house)
    ops, bureau = (known_account(here.house, name) for name in ("ops", "bureau"))
    with receiving() as there:
        wanted = Wanted(
            name="一件事", department="市市场监督管理局", url=there.url, secret="HOOK",
            kinds=["licence.issued", "licence.suspended"], types=[], departments=[], since=None,
        )  # fmt: skip
        number = events.propose(ops, wanted)
        events.approve(bureau, number, ["127.0.0.1"])
        there.answer = lambda _: 422
        again(here, "e1")
        seal_system(here.house, CODE, "told")
        assert events.deliver().refused == 1
        here.fires("EventsWaiting")
        shown = looked(here.home, "EventsWaiting", NUMBER=str(number), **WHO)
        entry = re.search(r"evt_(\d+)_\d+  http_422", shown)
        assert entry is not None, shown
        there.answer = lambda _: 204
        names = {"NUMBER": str(number), "ENTRY": entry[1], **WHO}
        mended(here.home, "EventsWaiting", **names)
        assert there.kinds() == ["licence.issued"]
        here.ends("EventsWaiting")


def test_a_backup_that_stopped_goes_on(here: Place) -> None:
    folder = str(here.folder / "backup")
    try:
        mended(here.home, "BackupStopped", FOLDER=folder)
        until(lambda: figure(here, "followed") == 1, "a follower")
        end_followers(folder)
        here.fires("BackupStopped")
        shown = looked(here.home, "BackupStopped", FOLDER=folder)
        assert "the follower is away" in shown
        mended(here.home, "BackupStopped", FOLDER=folder)
        here.ends("BackupStopped")
    finally:
        end_followers(folder)
    (drop,) = statements("BackupStopped", "What to do")
    here.fires("BackupStopped")
    here.sql(drop)
    here.ends("BackupStopped")
    assert figure(here, "behind_bytes") is None


def figure(here: Place, name: str) -> float | None:
    """A figure of the backup; None where there is none, or the portal is still starting."""
    try:
        text = requests.get(f"{here.portal}/metrics", timeout=20).text
    except requests.ConnectionError:
        return None
    found = re.search(rf"^zhongtai_backup_{name} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


def end_followers(folder: str) -> None:
    """Those of that folder, as a service manager would."""
    for one in psutil.process_iter(["cmdline"]):
        if {"follow", folder} <= set(one.info["cmdline"] or []):
            one.terminate()
            one.wait(30)


def test_a_session_that_blocks_the_others_is_ended(here: Place) -> None:
    with asking(here), blocking(here):
        here.fires("PortalSlow")
        (look,), (mend,) = (statements("PortalSlow", f"What to {one}") for one in ("look at", "do"))
        found = until(lambda: here.sql(look), "a statement that waits")
        here.sql(filled(mend, {"BLOCKER": str(found[0][1][0])}))
        here.ends("PortalSlow")


@contextmanager
def asking(here: Place, path: str = "/api/v1/status") -> Iterator[None]:
    """Somebody who asks all the time."""
    key = derive(here.house.keys.master, "portal", "sessions")
    token, over = Sessions(key, here.house.clock).begin("ops")[1], threading.Event()

    def ask() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        while not over.wait(0.02):
            requests.get(f"{here.portal}{path}", headers=headers, timeout=60)

    with _thread(ask, over):
        yield


@contextmanager
def blocking(here: Place) -> Iterator[None]:
    """A session that locks the accounts for over a second, again and again."""
    over = threading.Event()

    def block() -> None:
        try:
            with here.connection() as conn:
                while not over.is_set():
                    with conn.transaction():
                        conn.execute("LOCK TABLE registry.account IN ACCESS EXCLUSIVE MODE")
                        conn.execute("SELECT pg_sleep(1.5)")
        except psycopg.OperationalError:
            return  # ended, as the page says

    with _thread(block, over):
        yield


@contextmanager
def _thread(work: Any, over: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def test_an_upgrade_that_was_not_finished_is_finished(here: Place) -> None:
    """The last drill: it puts all 47 systems in force."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with here.house.engine.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0017")
    here.house.engine.dispose()
    with asking(here):
        here.fires("PortalErrors")
    shown = looked(here.home, "PortalErrors")
    assert "ProgrammingError" in shown or "500 stop" in shown
    assert "the program wants" in shown
    mended(here.home, "PortalErrors")
    here.ends("PortalErrors")
