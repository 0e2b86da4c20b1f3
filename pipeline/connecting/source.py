"""How a new system is reached: its secrets by name, and whether it answers.

A value goes into the encrypted store and is never shown again.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from connectors.discovery import AUTH_WORDS, Place, Target, auth_of, open_explorer
from connectors.drivers import DRIVERS
from kernel.errors import BadInput
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline.connecting.rows import SecretRow

ADDRESS: Final = "address"
#: Addresses that a page takes; a folder or file of this machine is for who has its command line.
SCHEMES: Final = tuple(
    sorted({*DRIVERS, "mariadb", "http", "https", "sftp"} - {"sqlite"})
)  # fmt: skip
#: What is not read off a page: the national gateway needs the id of a service beside its secrets.
KINDS: Final = tuple(sorted(set(AUTH_WORDS) - {"national"}))


def names_of(code: str, auth: str | None) -> dict[str, str]:
    """What is needed → the name of the secret that holds it; the address first."""
    signed = {key: name for key, name in (auth_of(code, auth) or {}).items() if key != "kind"}
    return {ADDRESS: f"{code.upper()}_URL", **signed}


def secret_rows(house: House, code: str, auth: str | None) -> tuple[SecretRow, ...]:
    """Each secret and where it is found; never its value."""
    return tuple(
        SecretRow(key, name, house.secrets.place(name))
        for key, name in names_of(code, auth).items()
    )


def put(house: House, code: str, auth: str | None, values: Mapping[str, str], by: str) -> None:
    """Keep what was typed, encrypted, each on record by its name. Empty ones stay as they are.

    Raises BadInput for an address that a page does not take, for one that is changed while the
    secrets that were given for the old one stay, and for a name that the environment answers.
    """
    given = {key: text for key, value in values.items() if (text := value.strip())}
    names = names_of(code, auth)
    for key in given:
        if key in names and house.secrets.place(names[key]) == "environment":
            raise BadInput(f"{names[key]} 由服务器的环境变量给出，网页上改不了，请联系管理员")
    if ADDRESS in given:
        check_address(given[ADDRESS], auth)
        kept = [names[key] for key in names if key not in given and house.secrets.has(names[key])]
        if house.secrets.has(names[ADDRESS]) and kept:
            raise BadInput(f"地址改了，密钥也要重新填写：{'、'.join(kept)}")
    for key, name in names.items():
        if key in given:
            house.secrets.sealed.put(name, given[key], house.clock())
            with house.engine.begin() as conn:
                log.append(conn, event(house.clock(), "secret.set", by, system=code, subject=name))


def check_address(address: str, auth: str | None) -> None:
    """Raises BadInput in Chinese, without the address: its scheme and host must be allowed."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadInput("地址读不懂，请核对主机名和端口") from None
    if parts.scheme.partition("+")[0] not in SCHEMES or not host:
        raise BadInput(
            "地址应以这些开头：postgresql://、mysql://、http://、https://、sftp:// 等。"
            "本机的文件夹由管理员在服务器上设置"
        )
    if _is_link_local(host):
        raise BadInput("这个地址只在本机所在的网段内有效，不能作为业务系统的地址")
    if parts.password and parts.scheme in ("http", "https") and auth:
        raise BadInput("接口地址里不写账号和密码，请填在下面的密钥里")


def _is_link_local(host: str) -> bool:
    """169.254.0.0/16 and its like: a cloud answers there with its own credentials."""
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False


def target(house: House, code: str, auth: str | None, paths: tuple[str, ...]) -> Target:
    """What to look at. Raises PersonMustAct naming a secret that is not there."""
    address = house.secrets.get(names_of(code, auth)[ADDRESS])
    return Target(code, address, auth_of(code, auth), paths)


def listed(house: House, one: Target) -> list[Place]:
    """What is there: the connection is tested by it. Raises the errors of a connector."""
    explorer = open_explorer(one, house.secrets, house.clock)
    try:
        return explorer.places()
    finally:
        explorer.close()
