"""An SFTP server: key login, each account sees its own folder, for reading only."""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import suppress
from io import StringIO
from pathlib import Path, PurePosixPath

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.sftp import SFTP_NO_SUCH_FILE, SFTP_PERMISSION_DENIED

from city.servers.credentials import Account

HANDSHAKE_SECONDS = 20


class Door(paramiko.ServerInterface):
    """Who may come in: a user with the public key that belongs to him."""

    def __init__(self, keys: dict[str, paramiko.PKey]) -> None:
        self._keys = keys
        self.user = ""

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        """Keys only."""
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Whether it is this user's key."""
        if username in self._keys and self._keys[username] == key:
            self.user = username
            return AUTH_SUCCESSFUL
        return AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        """Sessions only."""
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class Files(paramiko.SFTPServerInterface):
    """`/<code>` of one account; everything else is not there."""

    def __init__(self, server: Door, root: Path, codes: dict[str, str]) -> None:
        super().__init__(server)
        self._root, self._code = root, codes[server.user]

    def _real(self, path: str) -> Path | None:
        parts = [part for part in PurePosixPath(self.canonicalize(path)).parts if part != "/"]
        if not parts:
            return self._root
        if parts[0] != self._code or any(part.startswith(".") for part in parts):
            return None
        return self._root.joinpath(*parts)

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        """Names with their attributes; the root shows the account's own folder."""
        real = self._real(path)
        if real is None or not real.is_dir():
            return SFTP_NO_SUCH_FILE
        own = [real / self._code] if real == self._root else sorted(real.iterdir())
        return [
            paramiko.SFTPAttributes.from_stat(one.stat(), one.name)
            for one in own
            if not one.name.startswith(".")
        ]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Attributes of one file."""
        real = self._real(path)
        if real is None or not real.exists():
            return SFTP_NO_SUCH_FILE
        return paramiko.SFTPAttributes.from_stat(real.stat(), real.name)

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        """The same: there are no links."""
        return self.stat(path)

    def open(
        self,
        path: str,
        flags: int,
        attr: paramiko.SFTPAttributes,  # noqa: ARG002
    ) -> paramiko.SFTPHandle | int:
        """For reading."""
        real = self._real(path)
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC):
            return SFTP_PERMISSION_DENIED
        if real is None or not real.is_file():
            return SFTP_NO_SUCH_FILE
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = real.open("rb")  # type: ignore[attr-defined]  # closed by the handle
        return handle


class SftpServer:
    """Accepts clients in a thread; one paramiko transport a client."""

    def __init__(
        self, listener: socket.socket, root: Path, host: Account, accounts: dict[str, Account]
    ) -> None:
        self._listener, self._root = listener, root
        self._host = _private(host)
        self._keys = {one["user"]: _private(one) for one in accounts.values()}
        self._codes = {one["user"]: code for code, one in accounts.items()}
        self._open: list[paramiko.Transport] = []
        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
        self._thread = threading.Thread(target=self._accept, name="sftp", daemon=True)

    def start(self) -> None:
        """Accept clients."""
        self._listener.listen(64)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed: the city ends
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        transport = paramiko.Transport(client)
        transport.add_server_key(self._host)
        transport.auth_timeout = HANDSHAKE_SECONDS
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files, self._root, self._codes)
        self._open = [*[one for one in self._open if one.is_active()], transport]
        try:
            transport.start_server(server=Door(self._keys))
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()  # a client that went away, or speaks something else

    def stop(self) -> None:
        """Let every client go."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        for transport in self._open:
            transport.close()


def _private(account: Account) -> paramiko.PKey:
    return paramiko.Ed25519Key.from_private_key(StringIO(account["ssh_key"]))
