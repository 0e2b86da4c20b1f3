"""SFTP against a real OpenSSH: its keys, its signs, its ways to refuse."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from connectors import Connector, open_connector
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import NotAuthorised, RetryLater
from tests.connectors.made import made_secrets, made_stream, made_system
from tests.ports import free_ports

pytestmark = pytest.mark.needs("sshd")

STREAM = made_stream(
    path="licence",
    key=["序号"],
    deletes={"sign": "flag", "column": "标志", "value": "D"},
    fields={"number": {"column": "证号"}, "updated": {"column": "更新时间"}},
    ignore=["序号"],
)
TRANSPORT = {
    "kind": "files",
    "store": "sftp",
    "address": "XX_URL",
    "format": "csv",
    "encoding": "gbk",
    "complete": "checksum",
    "auth": {"kind": "ssh_key", "user": "XX_USER", "key": "XX_SSH_KEY", "host_key": "XX_HOST_KEY"},
}
KINDS = ("ed25519", "ecdsa", "rsa")
SERVER = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))


class OpenSsh:
    """A server on loopback for the current user, with a host key of each kind."""

    def __init__(self, home: Path) -> None:
        self.port, self.home, self.drops = free_ports(1), home, home / "drops"
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.drops.mkdir()
        for name in (*(f"host_{kind}" for kind in KINDS), "ours", "other"):
            make_key(home / name, name.partition("_")[2] or "ed25519")
        make_key(home / "ours_rsa", "rsa")
        known = [(home / f"{name}.pub").read_text("ascii") for name in ("ours", "ours_rsa")]
        (home / "authorized").write_text("".join(known), "ascii")
        lines = [
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            *(f"HostKey {home / f'host_{kind}'}" for kind in KINDS),
            f"AuthorizedKeysFile {home / 'authorized'}",
            f"AllowUsers {self.user}",
            "PermitRootLogin prohibit-password",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "StrictModes no",
            "UsePAM no",
            "UseDNS no",
            "PidFile none",
            "Subsystem sftp internal-sftp",
            "ForceCommand internal-sftp",
        ]
        (home / "config").write_text("\n".join(lines) + "\n", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it answers."""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # it separates privileges there
        command = [str(SERVER), "-D", "-e", "-f", str(self.home / "config")]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while True:
            assert self._process.poll() is None, (self.home / "log").read_text("utf-8")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "sshd did not answer"
                time.sleep(0.02)

    def stop(self) -> None:
        """End it and its connections."""
        if self._process is None:
            return
        sessions = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        self._process.wait(10)
        for one in sessions:
            with suppress(psutil.NoSuchProcess):
                one.kill()

    def text(self, name: str) -> str:
        """A key file."""
        return (self.home / name).read_text("ascii")

    def open(self, *, key: str = "ours", host_key: str = "host_ed25519.pub") -> Connector:
        """The client of the drops."""
        secrets = made_secrets(
            self.home / "home",
            URL=f"sftp://127.0.0.1:{self.port}{self.drops}",
            USER=self.user,
            SSH_KEY=self.text(key),
            HOST_KEY=self.text(host_key),
        )
        return open_connector(made_system(TRANSPORT, STREAM), secrets, system_clock)

    def drop(self, name: str, *rows: str, signed: bool = True) -> None:
        """A GBK file, and its checksum."""
        text = "序号,证号,更新时间,标志\r\n" + "".join(f"{row}\r\n" for row in rows)
        content = text.encode("gbk")
        (self.drops / name).write_bytes(content)
        if signed:
            said = f"{hashlib.sha256(content).hexdigest()}  {name}\n"
            (self.drops / f"{name}.sha256").write_text(said, "ascii")


def make_key(file: Path, kind: str) -> None:
    """A private key in PEM text and its public line, as ssh-keygen makes them."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSsh]:
    server = OpenSsh(tmp_path_factory.mktemp("openssh"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(served: OpenSsh) -> OpenSsh:
    """The server, with nothing dropped."""
    for file in served.drops.iterdir():
        file.unlink()
    return served


def test_gbk_files_with_checksums_are_read_in_order(server: OpenSsh) -> None:
    server.drop("licence_full_20261101000000.csv", "a,赣B·镕〇,2026/11/01,I", 'b,"㈱,""圳""",,I')
    server.drop("licence_inc_20261102000000.csv", "c,喆,2026/11/02,I", signed=False)
    client = server.open()
    batches = list(client.rows(STREAM, None, full=False))
    assert ids_of(batches) == ["a", "b"]
    assert list(batches[0].frame["证号"]) == ["赣B·镕〇", '㈱,"圳"']
    server.drop("licence_inc_20261102000000.csv", "c,喆,2026/11/02,I")
    later = list(client.rows(STREAM, batches[-1].cursor, full=False))
    client.close()
    assert ids_of(later) == ["c"]


def ids_of(batches: list[Batch]) -> list[str]:
    """The keys of all rows."""
    return [one for batch in batches for one in batch.frame["序号"]]


def test_a_file_larger_than_a_window_of_ssh_comes_whole(server: OpenSsh) -> None:
    rows = [f"r{i:06},{'证' * 40},2026/11/01,I" for i in range(40_000)]
    server.drop("licence_full_20261101000000.csv", *rows)
    client = server.open()
    assert len(ids_of(list(client.rows(STREAM, None, full=False)))) == len(rows)
    client.close()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_host_key_may_be_the_pinned_one(server: OpenSsh, kind: str) -> None:
    client = server.open(host_key=f"host_{kind}.pub")
    client.check()
    client.close()


def test_an_rsa_key_of_ours_opens_too(server: OpenSsh) -> None:
    client = server.open(key="ours_rsa")
    client.check()
    client.close()


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"host_key": "other.pub"}, "pinned host key"), ({"key": "other"}, "refuses our key")],
)
def test_another_host_key_or_user_key_is_not_authorised(
    server: OpenSsh, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(NotAuthorised, match=said) as raised:
        server.open(**changed).check()
    assert "127.0.0.1" not in str(raised.value)


def test_a_server_that_went_away_is_retry_later_and_met_again_when_back(server: OpenSsh) -> None:
    server.drop("licence_full_20261101000000.csv", "a,甲,2026/11/01,I")
    client = server.open()
    assert ids_of(list(client.rows(STREAM, None, full=False))) == ["a"]
    server.stop()
    with pytest.raises(RetryLater, match="SFTP server of xx_test"):
        client.check()
    server.start()
    assert ids_of(list(client.rows(STREAM, None, full=False))) == ["a"]
    client.close()
