"""SFTP with a key, to a server whose own key is pinned: any other server is refused."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from stat import S_ISREG
from urllib.parse import unquote, urlsplit

import paramiko
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import AuthenticationException, BadHostKeyException, SSHException

from connectors.retry import Busy
from connectors.stores import BLOCK, Look, bounded, few, gone
from kernel.errors import NotAuthorised, PersonMustAct

SECONDS = 10.0
#: Parts of a file that are asked for ahead of their reading; more would be held in memory.
MOST_ASKED = 64
_KINDS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class SftpStore:
    """`sftp://host:port/folder`. `key`: PEM text. `host_key`: a line `ssh-ed25519 AAAA…`."""

    def __init__(self, system: str, address: str, user: str, key: str, host_key: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "sftp" or not parts.hostname:
            raise PersonMustAct(
                f"the address of {system} is not sftp://host:port/folder: mend its secret",
                system=system,
            )
        self.system, self.user = system, user
        self.host, self.port = parts.hostname, parts.port or 22
        self.folder = unquote(parts.path).rstrip("/") or "/"
        self.key = _private(system, key)
        self.host_key = _public(system, host_key)
        self._ssh: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def looks(self, start: str = "") -> dict[str, Look]:
        """The files in the folder, a part of the listing at a time. Raises Busy."""
        sftp = self._open()
        found: dict[str, Look] = {}
        try:
            for one in sftp.listdir_iter(self.folder):
                if one.filename.startswith(start) and S_ISREG(one.st_mode or 0):
                    found[one.filename] = _looked(one)
                    few(self.system, len(found))
        except (SSHException, OSError, EOFError) as error:
            self.close()
            raise self._away(error) from None
        return found

    def look(self, name: str) -> Look:
        """One file."""
        sftp = self._open()
        try:
            return _looked(sftp.stat(f"{self.folder}/{name}"))
        except (SSHException, OSError, EOFError) as error:
            self.close()
            raise gone(self.system, name, error) from None

    def blocks(self, name: str) -> Iterator[bytes]:
        """A file's bytes."""
        sftp = self._open()
        try:
            left = sftp.stat(f"{self.folder}/{name}").st_size or 0
            bounded(self.system, name, left)
            with sftp.open(f"{self.folder}/{name}", "rb") as file:
                file.prefetch(left, MOST_ASKED)
                while left > 0 and (block := file.read(min(BLOCK, left))):
                    left -= len(block)
                    yield block
        except (SSHException, OSError, EOFError) as error:
            self.close()
            raise gone(self.system, name, error) from None

    def close(self) -> None:
        """End the connection; the next call opens a new one."""
        if self._ssh is not None:
            self._ssh.close()
        self._ssh = self._sftp = None

    def _open(self) -> paramiko.SFTPClient:
        if self._sftp is None:
            self._sftp = self._connect()
        return self._sftp

    def _connect(self) -> paramiko.SFTPClient:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        place = self.host if self.port == 22 else f"[{self.host}]:{self.port}"
        client.get_host_keys().add(place, self.host_key.get_name(), self.host_key)
        try:
            client.connect(
                self.host,
                self.port,
                self.user,
                pkey=self.key,
                timeout=SECONDS,
                banner_timeout=SECONDS,
                auth_timeout=SECONDS,
                allow_agent=False,
                look_for_keys=False,
            )
            sftp = client.open_sftp()
        except BadHostKeyException:
            client.close()
            raise NotAuthorised(
                f"the SFTP server of {self.system} does not show the pinned host key: "
                "ask its contact before changing the pin",
                system=self.system,
            ) from None
        except AuthenticationException:
            client.close()
            raise NotAuthorised(
                f"the SFTP server of {self.system} refuses our key: check its secrets",
                system=self.system,
            ) from None
        except (SSHException, OSError, EOFError) as error:
            client.close()
            raise self._away(error) from None
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(60.0)
        self._ssh = client
        return sftp

    def _away(self, error: Exception) -> Busy:
        return Busy(
            f"the SFTP server of {self.system} cannot be reached ({type(error).__name__}): "
            "try again later",
            system=self.system,
        )


def _looked(one: paramiko.SFTPAttributes) -> Look:
    return Look(one.st_size or 0, str(one.st_mtime or 0))


def _private(system: str, text: str) -> paramiko.PKey:
    for kind in _KINDS:
        try:
            return kind.from_private_key(io.StringIO(text))
        except (SSHException, ValueError):
            continue
    raise PersonMustAct(
        f"the SSH key of {system} is not a private key in PEM text (Ed25519, ECDSA or RSA)",
        system=system,
    )


def _public(system: str, line: str) -> paramiko.PKey:
    kind, _, rest = line.strip().partition(" ")
    try:
        return paramiko.PKey.from_type_string(
            kind, base64.b64decode(rest.split(" ")[0], validate=True)
        )
    except (SSHException, UnknownKeyType, binascii.Error, ValueError):
        raise PersonMustAct(
            f"the host key of {system} is not a line like ssh-ed25519 AAAA…: mend its secret",
            system=system,
        ) from None
