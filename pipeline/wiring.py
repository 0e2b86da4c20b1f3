"""The one place where an installation is opened: settings, database, store, keys, clock."""

from __future__ import annotations

from pathlib import Path

from kernel import logs
from kernel.clock import Clock, system_clock
from kernel.duties import Duty, Engines, secret_of
from kernel.errors import PersonMustAct
from kernel.house import House
from kernel.keys import load_keys
from kernel.objects import Objects
from kernel.profile import PROFILES
from kernel.secrets import Secrets
from kernel.settings import Settings, load_settings
from kernel.signers.device import Device


def open_house(
    home: Path, duty: Duty = "operator", clock: Clock = system_clock, program: str = "cli"
) -> House:
    """Open the installation in `home` by the database role of that duty, for this program. Nothing
    is connected until it is used.

    Raises PersonMustAct when there is none or a secret is missing, Stop when a key is gone.
    """
    settings = load_settings(home)
    logs.start(program, home, settings.log_lines)
    secrets = Secrets(home)
    engines = Engines(
        settings.database_url,
        settings.database_roles,
        settings.crypto,
        lambda one: _password(secrets, one),
    )
    return House(
        settings=settings,
        engine=engines.of(duty),
        engines=engines,
        objects=Objects(
            settings.s3_endpoint,
            settings.s3_bucket,
            secrets.get("S3_ID"),
            secrets.get("S3_SECRET"),
            settings.s3_secure,
        ),
        keys=load_keys(home, PROFILES[settings.crypto], _device(settings, secrets)),
        secrets=secrets,
        clock=clock,
    )


def _password(secrets: Secrets, duty: Duty) -> str:
    name = secret_of(duty)
    if duty != "owner" and not secrets.has(name):
        raise PersonMustAct(
            f"the secret {name} is missing: `zhongtai install` (or `up`, whichever set it up) "
            "makes the database's roles and their passwords",
            name=name,
        )
    return secrets.get(name)


def _device(settings: Settings, secrets: Secrets) -> Device | None:
    """The device that holds the signing keys; None where they are in files."""
    if settings.signer == "file":
        return None
    module, token = settings.pkcs11_module, settings.pkcs11_token
    return Device(module, token, lambda: secrets.get("PKCS11_PIN"))
