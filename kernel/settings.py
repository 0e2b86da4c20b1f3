"""Settings of one installation, read from its state folder.

The state folder (`var/` unless ZHONGTAI_HOME or --home says otherwise) holds `settings.json`,
`keys/`, `secrets/`, `registry.json`, logs and, on the embedded default, the servers' data.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from kernel.errors import BadInput, PersonMustAct
from kernel.profile import PROFILES, ProfileName

PERCENT = re.compile(r"(100|[1-9]?\d)%")
LOOPBACK = re.compile(r"http://127\.0\.0\.1:[1-9]\d{2,4}")


@dataclass(frozen=True)
class Settings:
    """Where things are. Passwords are not here: they are in `secrets/` (0600)."""

    home: Path
    database_url: (
        str  # postgresql+psycopg://user@host:port/name; password: secret DATABASE_PASSWORD
    )
    s3_endpoint: str  # host:port; credentials: secrets S3_ID, S3_SECRET
    s3_bucket: str
    s3_secure: bool = False
    database_roles: str = ""  # what the roles' names begin with; empty: the database's name
    portal_url: str = "http://127.0.0.1:8600"
    quarantine_limit: str = "10%"  # share of refused rows that stops a stream; see limits
    heads_folder: str = ""  # signed ledger heads are written there too; a place outside
    trust_folder: str = ""  # certificates of other issuers; empty: `trust` of the state folder
    crypto: ProfileName = "standard"  # or gm: SM2, SM3, SM4 and nothing else
    signer: Literal["file", "pkcs11"] = "file"  # where the signing keys are
    pkcs11_module: str = ""  # the device's library; PIN: secret PKCS11_PIN
    pkcs11_token: str = ""  # the token's label
    exchange: Literal["direct", "gateway"] = "direct"  # gateway: by the provincial exchange only
    exchange_gateway: str = ""  # with gateway: the exchange's address, by which receivers are told
    exchange_own: str = ""  # the department that runs the platform: its own systems are not others'
    second_factor: Literal["off", "staff"] = "off"  # staff: everybody but the demo's accounts
    reader_url: str = ""  # the card reader's bridge on each clerk's machine; empty: there is none
    log_lines: Literal["folder", "stderr"] = "folder"  # where the structured log goes
    lineage: str = ""  # OpenLineage events: empty, file, or an endpoint's address
    airflow_url: str = ""  # where Airflow's pages are; empty: no links to them
    city_url: str = ""  # empty: no sandbox city, hence no truth and no demo accounts

    @property
    def registry_file(self) -> Path:
        """The registry as applied, the only thing that DAG files read."""
        return self.home / "registry.json"


def home_from_environment() -> Path:
    """ZHONGTAI_HOME, else `var` in the current folder."""
    return Path(os.environ.get("ZHONGTAI_HOME", "var")).resolve()


def load_settings(home: Path) -> Settings:
    """Read `settings.json`. Raises PersonMustAct when there is no installation."""
    file = home / "settings.json"
    try:
        values = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise PersonMustAct(
            f"{home} holds no installation (no settings.json): start one with `make run`, "
            "or name its folder with --home or ZHONGTAI_HOME"
        ) from None
    except ValueError:
        raise BadInput(f"{file} is not JSON: mend it or remove it and run `make run`") from None
    known = {name for name in Settings.__dataclass_fields__ if name != "home"}
    unknown = sorted(set(values) - known)
    if unknown:
        raise BadInput(f"{file}: unknown key {unknown[0]}; allowed are {', '.join(sorted(known))}")
    limit = values.get("quarantine_limit", "10%")
    if not (isinstance(limit, str) and PERCENT.fullmatch(limit)):
        raise BadInput(f'{file}: quarantine_limit must be a share in whole percent, like "10%"')
    if values.get("exchange", "direct") not in ("direct", "gateway"):
        raise BadInput(f'{file}: exchange must be "direct" or "gateway"')
    if values.get("second_factor", "off") not in ("off", "staff"):
        raise BadInput(f'{file}: second_factor must be "off" or "staff"')
    if values.get("log_lines", "folder") not in ("folder", "stderr"):
        raise BadInput(f'{file}: log_lines must be "folder" or "stderr"')
    _check_lineage(file, values.get("lineage", ""))
    reader = values.get("reader_url", "")
    if reader and not (isinstance(reader, str) and LOOPBACK.fullmatch(reader)):
        raise BadInput(f"{file}: reader_url is on loopback, like http://127.0.0.1:8765")
    _check_crypto(file, values)
    return Settings(home=home, **values)


def _check_lineage(file: Path, lineage: object) -> None:
    address = isinstance(lineage, str) and re.fullmatch(r"https?://[^\s/@]+(/\S*)?", lineage)
    if lineage not in ("", "file") and not address:
        raise BadInput(
            f'{file}: lineage must be empty, "file", or an address without a password, '
            "like http://127.0.0.1:5000/api/v1/lineage"
        )


def _check_crypto(file: Path, values: dict[str, object]) -> None:
    crypto, signer = values.get("crypto", "standard"), values.get("signer", "file")
    if crypto not in PROFILES:
        raise BadInput(f'{file}: crypto must be "standard" or "gm"')
    if signer not in ("file", "pkcs11"):
        raise BadInput(f'{file}: signer must be "file" or "pkcs11"')
    if signer == "pkcs11" and not (values.get("pkcs11_module") and values.get("pkcs11_token")):
        raise BadInput(f"{file}: the signer pkcs11 needs pkcs11_module and pkcs11_token")
    if crypto == "gm" and values.get("second_factor", "off") != "off":
        raise BadInput(
            f"{file}: authenticator apps reckon with SHA-1, which the gm profile does not use: "
            'second_factor must be "off", and the identity provider asks for one (OIDC)'
        )
    if signer == "pkcs11" and crypto == "gm":
        raise BadInput(
            f"{file}: the gm profile signs with SM2, for which PKCS#11 has no mechanism: "
            'signer must be "file"'
        )


def save_settings(settings: Settings) -> None:
    """Write `settings.json` at once or not at all.

    Only what is not the default: while an upgrade goes on an older version reads the file too, and
    refuses keys that it does not know.
    """
    usual = {one.name: one.default for one in fields(Settings)}
    values = {name: said for name, said in asdict(settings).items() if said != usual[name]}
    values.pop("home")
    file = settings.home / "settings.json"
    draft = file.with_suffix(".json.new")
    draft.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    draft.replace(file)
