"""What the platform gets to know: addresses of this start and the accounts, by contract names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from city.servers.credentials import Credentials, kind_of, public_line
from city.servers.drops import BUCKET, Bucket
from city.servers.identity import SERVICE, public_key
from city.servers.options import ObjectStore, Options

NAMES = {
    "id": "ID",
    "secret": "SECRET",
    "token": "TOKEN",
    "user": "USER",
    "password": "PASSWORD",
    "ssh_key": "SSH_KEY",
}


def bucket(
    options: Options, code: str, make: Callable[[ObjectStore, str], Bucket]
) -> tuple[Bucket, str]:
    """A system's place in the object store, and its address."""
    return make(options.s3, code), f"http://{options.s3.address}/{BUCKET}/{code}"


def secrets(
    options: Options, credentials: Credentials, urls: dict[str, str], wire: dict[str, Any]
) -> dict[str, str]:
    """Every file of the `--secrets` folder: name to text. `urls` are those not on HTTP."""
    host = public_line(credentials.account("host", "ssh")["ssh_key"])
    found = {}
    for code, system in wire.items():
        name, kind = code.upper(), kind_of(system)
        found[f"{name}_URL"] = urls.get(code, f"{options.base}/sys/{code}")
        account = credentials.account(code, kind) if kind and kind != "sql" else {}
        if system.get("store") == "s3":
            account = {"id": options.s3.id, "secret": options.s3.secret}
        found.update({f"{name}_{NAMES[key]}": value for key, value in account.items()})
        if kind == "ssh":
            found[f"{name}_HOST_KEY"] = host
    window, truth = (
        credentials.account("window", "hmac_sha256"),
        credentials.account("truth", "bearer"),
    )
    found["WINDOW_URL"], found["CITY_TRUTH_URL"] = f"{options.base}/window", f"{options.base}/truth"
    found["WINDOW_ID"], found["WINDOW_SECRET"] = window["id"], window["secret"]
    found["CITY_TRUTH_TOKEN"] = truth["token"]
    identity = credentials.account("identity", "p256")
    found[f"IDENTITY_KEY_{SERVICE.upper()}"] = public_key(identity["key"])
    found["IDENTITY_URL"] = f"{options.base}/identity"
    found["IDENTITY_ID"], found["IDENTITY_SECRET"] = window["id"], window["secret"]
    found["ONE_THING_HOOK_URL"] = f"{options.base}/hooks/one-thing"
    found["ONE_THING_HOOK_SECRET"] = credentials.account("hooks", "webhook")["secret"]
    return found
