"""A sandbox city in a process of its own, on the tests' PostgreSQL and S3."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.ports import free_ports

START_SECONDS = 120


class RunningCity:
    """A city process and what it wrote for the platform."""

    def __init__(self, home: Path, servers: dict[str, Any], people: int = 200) -> None:
        self.home, self.secrets = home, home.parent / f"{home.name}-secrets"
        first = free_ports(3)
        at = f"zhongtai:{servers['pg_password']}@127.0.0.1:{servers['pg_port']}"
        store = f"{servers['s3_id']}:{servers['s3_secret']}@127.0.0.1:{servers['s3_port']}"
        self.command = [sys.executable, "-m", "city", "serve", "--home", str(home)]
        self.command += ["--people", str(people), "--port", str(first)]
        self.command += ["--sftp-port", str(first + 1), "--mysql-port", str(first + 2)]
        for name, text in (("postgres", f"postgresql://{at}/postgres"), ("s3", f"http://{store}")):
            file = home.parent / f"{home.name}.{name}"
            file.write_text(text, "utf-8")
            self.command += [f"--{name}-file", str(file)]
        self.command += ["--secrets", str(self.secrets)]
        self.base = f"http://127.0.0.1:{first}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home.parent / f"{home.name}.log"

    def start(self) -> None:
        """Until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        try:
            self._wait()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text("utf-8")
            try:
                assert requests.get(f"{self.base}/health", timeout=5).json()["ready"]
                return
            except (requests.ConnectionError, requests.Timeout):
                assert time.monotonic() < deadline, "the city did not answer"
                time.sleep(0.05)

    def stop(self) -> None:
        """SIGTERM, which it follows by itself."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(60) == 0

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def children(self) -> list[psutil.Process]:
        """The programs that it started."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def secret(self, name: str) -> str:
        """A file of the secrets folder."""
        return (self.secrets / name).read_text("utf-8")

    def truth(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the truth (POST when there is a body)."""
        headers = {"Authorization": f"Bearer {self.secret('CITY_TRUTH_TOKEN')}"}
        url = self.secret("CITY_TRUTH_URL") + path
        if body is None:
            answer = requests.get(url, headers=headers, timeout=30)
        else:
            answer = requests.post(url, headers=headers, json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def keys(self, system: str, stream: str) -> set[str]:
        """The live keys of a stream, from the truth."""
        return {one["key"] for one in self.truth(f"/streams/{system}/{stream}/keys")}
