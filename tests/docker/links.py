"""Machines of one test: network namespaces on a bridge of their own, each with a link to cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


def possible() -> bool:
    """Whether this process may make network namespaces: root on a Linux with `ip`, not confined."""
    if os.geteuid() or not shutil.which("ip"):
        return False
    name = f"ztcan{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode == 0:
        _ip("netns", "del", name)
    return made.returncode == 0


class Links:
    """A bridge 10.N.0.1/24 on this machine and namespaces 10.N.0.2, … beside it. `number`: N, and
    what the names of bridge and namespaces carry: unused on this machine."""

    def __init__(self, number: int) -> None:
        self.number, self.names = number, [""]
        self.address = f"10.{number}.0.1"
        _ip("link", "add", "name", self._bridge, "type", "bridge")
        _ip("addr", "add", f"{self.address}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")

    @property
    def _bridge(self) -> str:
        return f"ztb{self.number}"

    def space(self, name: str) -> str:
        """The namespace of that machine."""
        return f"zt{self.number}-{name}"

    def _link(self, name: str) -> str:
        return f"zt{self.number}h{self.names.index(name)}"

    def add(self, name: str) -> str:
        """A machine more. Gives its address."""
        self.names.append(name)
        space, outer = self.space(name), self._link(name)
        inner = outer.replace("h", "i")
        address = f"10.{self.number}.0.{len(self.names)}"
        _ip("netns", "add", space)
        _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
        _ip("link", "set", inner, "netns", space)
        _ip("link", "set", outer, "master", self._bridge, "up")
        for words in (
            ("addr", "add", f"{address}/24", "dev", inner),
            ("link", "set", inner, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", space, *words)
        return address

    def inside(self, name: str) -> tuple[str, ...]:
        """What a command is run by to be on that machine, under its name."""
        named = f'hostname {name}; exec "$@"'
        return ("ip", "netns", "exec", self.space(name), "unshare", "--uts", "sh", "-c", named, "-")

    def cut(self, name: str) -> None:
        """Its link goes down: nothing arrives any more, and nobody is told."""
        _ip("link", "set", self._link(name), "down")

    def mend(self, name: str) -> None:
        """Its link is there again."""
        _ip("link", "set", self._link(name), "up")

    def processes(self, name: str) -> list[int]:
        """Every process on that machine."""
        said = subprocess.run(
            ["ip", "netns", "pids", self.space(name)], capture_output=True, text=True, check=True
        )
        return [int(pid) for pid in said.stdout.split()]

    def kill(self, name: str) -> int:
        """SIGKILL to all of them, until none is left. Gives how many the first blow met."""
        met = 0
        while pids := self.processes(name):
            met = met or len(pids)
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)
        return met

    def close(self) -> None:
        """Machines and bridge are gone."""
        for name in self.names[1:]:
            self.kill(name)
            subprocess.run(["ip", "netns", "del", self.space(name)], check=False)
        subprocess.run(["ip", "link", "del", self._bridge], check=False)


def unused() -> int:
    """A number for `Links` that no bridge has."""
    return next(n for n in range(200, 250) if not Path(f"/sys/class/net/ztb{n}").exists())


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
