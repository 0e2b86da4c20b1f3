"""Accounts that the systems give to the platform: random, kept in `secrets.json` (0600).

Written to the `--secrets` folder under the names of the platform's contracts (`GA_SEAL_TOKEN` …),
with the addresses of this start.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gmalg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from city.servers.identity import new_key

Account = dict[str, str]


class Credentials:
    """Accounts by system code.

    `window`, `hooks`, `identity`, `truth`, `mariadb` and `host` are the city's own.
    """

    def __init__(self, home: Path) -> None:
        self._file = home / "secrets.json"
        self._kept: dict[str, Account] = {}
        if self._file.exists():
            self._kept = json.loads(self._file.read_text("utf-8"))

    def account(self, name: str, kind: str) -> Account:
        """The account of that kind, made when there is none."""
        if name not in self._kept:
            self._kept[name] = MAKERS[kind](name)
            write_private(self._file, json.dumps(self._kept, indent=1))
        return self._kept[name]


def write_private(file: Path, text: str) -> None:
    """Write a file with mode 0600, whole or not at all."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(file)


def write_secrets(folder: Path, values: dict[str, str]) -> None:
    """One file a name, mode 0600, in a folder of mode 0700."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in values.items():
        write_private(folder / name, value)


def public_line(private: str) -> str:
    """The public half of an OpenSSH key: `ssh-ed25519 AAAA…`."""
    key = load_ssh_private_key(private.encode(), None)
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _signed(name: str) -> Account:
    return {"id": f"app_{name}_{secrets.token_hex(4)}", "secret": secrets.token_hex(32)}


def _sm2(name: str) -> Account:
    private, _ = gmalg.SM2().generate_keypair()
    return {"id": f"app_{name}_{secrets.token_hex(4)}", "secret": private.hex().zfill(64)}


def _token(_: str) -> Account:
    return {"token": secrets.token_urlsafe(32)}


def _webhook(_: str) -> Account:
    return {"secret": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()}


def _p256(_: str) -> Account:
    return {"key": new_key()}


def _login(name: str) -> Account:
    return {"user": f"{name}_read", "password": secrets.token_hex(16)}


def _ssh(name: str) -> Account:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    return {"user": f"{name}_read", "ssh_key": pem}


MAKERS: dict[str, Callable[[str], Account]] = {
    "hmac_sha256": _signed,
    "sm3": _signed,
    "sm2": _sm2,
    "national": _signed,
    "oauth2": _signed,
    "bearer": _token,
    "api_key": _token,
    "token": _token,
    "webhook": _webhook,
    "p256": _p256,
    "basic": _login,
    "sql": _login,
    "ssh": _ssh,
}


def kind_of(system: dict[str, Any]) -> str | None:
    """Which kind of account a system of wire.yml gives; None where it gives none of its own."""
    transport = system["transport"]
    if transport in ("rest", "soap", "push"):
        return str(system["auth"])
    if transport in ("sql", "exchange"):
        return "sql"
    if transport == "files":
        return {"sftp": "ssh", "folder": None, "s3": None}[system["store"]]
    raise ValueError(f"no transport {transport}")
