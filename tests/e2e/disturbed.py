"""An installation whose programs are killed and started again, and rounds that are killed too."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from cli import postgres, seaweed
from cli.installation import free_base
from cli.place import Ports, make_secrets
from cli.processes import Child
from cli.services import Services
from kernel.secrets import Secrets
from pipeline import steps as launcher_steps
from pipeline.wiring import open_house
from tests.e2e.forks import FORKS, steps_process
from tests.e2e.installed import PEOPLE

SEED = 360700
ROUND = "round"  # the process of the round itself
STEP_SECONDS = 120.0


@dataclass(frozen=True)
class Blow:
    """What is killed: `what`, `after` seconds from the begin of a step."""

    step: str
    what: str
    after: float


@dataclass
class Disturbed:
    """A running installation that can be hurt. `failures`: what steps said when they failed."""

    services: Services
    failures: list[str] = field(default_factory=list)
    starts: int = 0

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.services.home

    def round(self, name: str, steps: list[str], blows: list[Blow]) -> None:
        """All steps, through all blows: after each, what was killed starts again and goes on.

        Every other start takes a new run's name, as a new `up` does; the others keep it, as
        Airflow's second try does.
        """
        left, coming = list(steps), sorted(blows, key=lambda blow: steps.index(blow.step))
        while left:
            self.starts += 1
            run = f"{name}-{self.starts // 2}"
            progress = self.home / f"{name}-{self.starts}.progress"
            progress.touch()
            process = steps_process(self.home, run, left, progress)
            while coming and (coming[0].step in left or process.is_alive()):
                blow = coming.pop(0)
                if not _begun(process, progress, blow.step):
                    coming.insert(0, blow)
                    break
                time.sleep(blow.after)
                self._strike(blow, process)
                if blow.what == ROUND:
                    break
            process.join(STEP_SECONDS)
            assert not process.is_alive(), f"{name} hangs: {progress.read_text('utf-8')[-200:]}"
            lines = progress.read_text("utf-8").splitlines()
            self.failures += [line for line in lines if line.startswith("failed ")]
            done = {line.removeprefix("end ") for line in lines if line.startswith("end ")}
            left = [step for step in left if step not in done]
            assert self.starts < 60, self.failures

    def _strike(self, blow: Blow, process: BaseProcess) -> None:
        if blow.what == ROUND:
            process.kill()
        else:
            self.kill(blow.what)
            self.start(blow.what)

    def kill(self, name: str) -> None:
        """SIGKILL to every process of a program, at once."""
        child = next(one for one in self.services.children if one.name == name)
        while members := [
            one for one in psutil.process_iter() if _session(one.pid) == child.process.pid
        ]:  # again: one may be forked meanwhile
            for member in members:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.send_signal(signal.SIGKILL)
            psutil.wait_procs(members, 10)
        child.process.wait()
        self.services.children.remove(child)

    def start(self, name: str) -> None:
        """Start it again where it was, and wait for it."""
        services, ports, secrets = self.services, self.services.ports, self.services.secrets
        if name == "city":
            services.start_city()
            services.wait_city()
        elif name == "portal":
            services.start_portal()
            services.wait_portal()
        elif name == "postgres":
            child = postgres.start_cluster(self.home, name, self.home / name, ports.database)
            services.children.append(child)
            postgres.wait_ready(child, ports.database, secrets.get("DATABASE_PASSWORD"))
        elif name == "s3":
            services.children.append(self._store())
        else:
            raise ValueError("city, portal, postgres or s3")

    def _store(self) -> Child:
        port, secrets = self.services.ports.s3, self.services.secrets
        account = secrets.get("S3_ID"), secrets.get("S3_SECRET")
        child = seaweed.start_store(self.home, "s3", self.home / "s3", port, *account)
        seaweed.wait_ready(child, port, *account, "zhongtai")
        return child


@contextmanager
def disturbed(home: Path, keys: Path | None = None, base: int = 0) -> Iterator[Disturbed]:
    """The same city as the session's; under the same `keys` its hashes agree."""
    home.mkdir(parents=True, exist_ok=True)
    if keys is not None:
        shutil.copytree(keys, home / "keys")
    services = Services(home, Ports(base or free_base()), PEOPLE, SEED)
    try:
        start_all(services)
        yield Disturbed(services)
    finally:
        services.stop()


def start_all(services: Services) -> None:
    """Everything but Airflow, in the launcher's order."""
    make_secrets(Secrets(services.home))
    services.start_stores()
    services.start_city()
    house = open_house(services.home)
    launcher_steps.prepare(house)
    house.close()
    services.start_portal()
    services.wait_portal()
    services.wait_city()


def starting(home: Path, base: int) -> BaseProcess:
    """A process that starts everything in a folder, and is to be killed while it does."""
    process = FORKS.Process(target=_start, args=(home, base), daemon=True)
    process.start()
    return process


def _start(home: Path, base: int) -> None:
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    start_all(Services(home, Ports(base), PEOPLE, SEED))
    signal.pause()


def _begun(process: BaseProcess, progress: Path, step: str) -> bool:
    """Wait until the step begins; False when the round has ended before."""
    wanted, deadline = f"begin {step}\n", time.monotonic() + STEP_SECONDS
    while time.monotonic() < deadline:
        if wanted in progress.read_text("utf-8"):
            return True
        if not process.is_alive():
            return wanted in progress.read_text("utf-8")
        time.sleep(0.002)
    raise AssertionError(f"{step} did not begin")


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return 0
