"""`zhongtai install`: an installation on servers that are there: PostgreSQL, an object store.

The embedded default (`zhongtai up`) makes its own. Repeating it brings tables and registry up to
this version; what stands in `settings.json` stays unless it is named again.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cli.options import Home
from kernel.errors import BadInput, PersonMustAct
from kernel.keys import make_keys
from kernel.profile import PROFILES, profile_named
from kernel.secrets import Secrets
from kernel.settings import Settings, home_from_environment, load_settings, save_settings

NEEDED: Final = ("DATABASE_PASSWORD", "S3_ID", "S3_SECRET")
STORE: Final = re.compile(r"(https?)://([a-z0-9.-]+(?::\d{1,5})?)/([a-z0-9][a-z0-9.-]{2,62})")
PORTAL: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command()(install)


def install(
    database: Annotated[
        str | None, typer.Option(help="postgresql://user@host:port/name, without a password.")
    ] = None,
    store: Annotated[str | None, typer.Option(help="https://host:port/bucket.")] = None,
    portal: Annotated[
        str | None, typer.Option(help="Where people reach the portal, like https://zt.example.")
    ] = None,
    crypto: Annotated[
        str | None, typer.Option(help="Of a new installation: standard, or gm; kept for good.")
    ] = None,
    home: Home = None,
) -> None:
    """Install on a PostgreSQL and an object store that are there, or upgrade what is there."""
    from pipeline.roles.apply import make_passwords
    from pipeline.steps import prepare
    from pipeline.wiring import open_house

    place = (home or home_from_environment()).resolve()
    new = not (place / "settings.json").is_file()
    if new:
        before = _empty(place, database, store, portal, crypto)
    else:
        before = _kept(load_settings(place), crypto)
    wanted = _named(before, database, store, portal)
    _secrets_are_there(place)
    if new:
        make_keys(place, PROFILES[wanted.crypto])
        typer.echo(f"back up {place / 'keys'} now, apart from the data: nothing opens without it")
    save_settings(wanted)
    make_passwords(Secrets(place))
    with closing(open_house(place)) as house:
        systems = prepare(house)
    typer.echo(f"{place} is up to date: {len(systems)} systems registered")
    if new:
        typer.echo("next: zhongtai accounts first")


def _empty(
    place: Path, database: str | None, store: str | None, portal: str | None, crypto: str | None
) -> Settings:
    if database is None or store is None or portal is None:
        raise BadInput("a new installation needs --database, --store and --portal")
    profile = profile_named(crypto or "standard")
    return Settings(home=place, database_url="", s3_endpoint="", s3_bucket="", crypto=profile)


def _kept(settings: Settings, crypto: str | None) -> Settings:
    if crypto is not None and profile_named(crypto) != settings.crypto:
        raise BadInput(
            f"the installation in {settings.home} uses the crypto {settings.crypto} and keeps it: "
            "leave --crypto out, or start a new one with --home"
        )
    return settings


def _named(
    settings: Settings, database: str | None, store: str | None, portal: str | None
) -> Settings:
    """The settings with what was named on the command line."""
    if database is not None:
        settings = replace(settings, database_url=_database(database))
    if store is not None:
        found = STORE.fullmatch(store)
        if found is None:
            raise BadInput(
                "--store is an address and a bucket, like https://s3.example:9000/zhongtai"
            )
        secure, endpoint, bucket = found[1] == "https", found[2], found[3]
        settings = replace(settings, s3_secure=secure, s3_endpoint=endpoint, s3_bucket=bucket)
    if portal is not None:
        if not PORTAL.fullmatch(portal.rstrip("/")):
            raise BadInput("--portal is an address without a path, like https://zt.example")
        settings = replace(settings, portal_url=portal.rstrip("/"))
    return settings


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadInput(
            "--database is an address, like postgresql://zhongtai@db:5432/zhongtai"
        ) from None
    if url.get_backend_name() != "postgresql" or not (url.username and url.host and url.database):
        raise BadInput("--database is an address, like postgresql://zhongtai@db:5432/zhongtai")
    if url.password is not None:
        raise BadInput("--database holds no password: set the secret DATABASE_PASSWORD")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _secrets_are_there(place: Path) -> None:
    known = Secrets(place)
    for name in NEEDED:
        if not known.has(name):
            raise PersonMustAct(
                f"the secret {name} is missing: set it in the environment, in {known.folder}, or "
                "as a container's secret of that name",
                name=name,
            )
