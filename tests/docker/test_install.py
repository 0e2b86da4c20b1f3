"""`zhongtai install` on servers that are there, and the services' own commands started by hand."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from cli import postgres
from cli.main import app
from kernel.errors import BadInput, PersonMustAct
from kernel.secrets import Secrets
from kernel.settings import load_settings
from pipeline.wiring import open_house
from tests.e2e.installed import ROOT
from tests.ports import free_ports

Servers = dict[str, str | int]
SECONDS = 60


@pytest.fixture
def home(servers: Servers, tmp_path: Path) -> Path:
    """A state folder with the three secrets, and a database for it."""
    password = str(servers["pg_password"])
    name = f"deployed_{tmp_path.name}".replace("-", "_").lower()[:60]
    postgres.make_database(int(servers["pg_port"]), password, name)
    secrets = Secrets(tmp_path / "state")
    secrets.put("DATABASE_PASSWORD", password)
    secrets.put("S3_ID", str(servers["s3_id"]))
    secrets.put("S3_SECRET", str(servers["s3_secret"]))
    (tmp_path / "state" / "name").write_text(name, "utf-8")
    return tmp_path / "state"


def words(home: Path, servers: Servers, **over: str) -> list[str]:
    name = (home / "name").read_text("utf-8")
    given = {
        "database": f"postgresql://zhongtai@127.0.0.1:{servers['pg_port']}/{name}",
        "store": f"http://127.0.0.1:{servers['s3_port']}/deployed-{name.replace('_', '-')[-30:]}",
        "portal": "https://zt.example", **over,
    }  # fmt: skip
    said = [part for key, value in given.items() for part in (f"--{key}", value)]
    return ["install", "--home", str(home), *said]


def install(home: Path, servers: Servers, **over: str) -> str:
    made = CliRunner().invoke(app, words(home, servers, **over))
    if made.exception is not None and not isinstance(made.exception, SystemExit):
        raise made.exception
    return made.output


def test_it_installs_once_and_upgrades_afterwards(home: Path, servers: Servers) -> None:
    said = install(home, servers)
    assert f"back up {home / 'keys'} now" in said
    assert "47 systems registered" in said
    keys = {file.name: file.read_bytes() for file in (home / "keys").iterdir()}
    settings = load_settings(home)
    assert (settings.portal_url, settings.city_url) == ("https://zt.example", "")
    again = CliRunner().invoke(app, ["install", "--home", str(home)])
    assert again.output == f"{home} is up to date: 47 systems registered\n"
    assert {file.name: file.read_bytes() for file in (home / "keys").iterdir()} == keys
    assert load_settings(home) == settings
    house = open_house(home)
    with house.engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM registry.account").scalar() == 0
        assert conn.exec_driver_sql("SELECT count(*) > 0 FROM registry.post").scalar()
    house.close()


def test_the_crypto_is_kept(home: Path, servers: Servers) -> None:
    install(home, servers)
    with pytest.raises(BadInput, match="uses the crypto standard and keeps it"):
        install(home, servers, crypto="gm")
    assert load_settings(home).crypto == "standard"


def test_nothing_is_half_there(home: Path, servers: Servers) -> None:
    (home / "secrets" / "S3_SECRET").unlink()
    with pytest.raises(PersonMustAct, match="the secret S3_SECRET is missing"):
        install(home, servers)
    assert not (home / "settings.json").exists()
    assert not (home / "keys").exists()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"database": "mysql://a@b/c"}, "--database is an address, like postgresql://"),
        ({"database": "nothing"}, "--database is an address"),
        ({"database": "postgresql://a:b@c/d"}, "holds no password"),
        ({"store": "s3.example/bucket"}, "--store is an address and a bucket"),
        ({"portal": "https://zt.example/path"}, "--portal is an address without a path"),
        ({"crypto": "none"}, "crypto"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    home: Path, servers: Servers, over: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        install(home, servers, **over)
    assert sentence in str(refused.value)
    assert not (home / "settings.json").exists()


def test_a_container_s_secrets_are_found(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.secrets.CONTAINER", tmp_path)
    (tmp_path / "AIRFLOW_DATABASE").write_text("there\n", "utf-8")
    assert Secrets(home).get("AIRFLOW_DATABASE") == "there"
    assert Secrets(home).place("AIRFLOW_DATABASE") == "container"


def test_the_portal_serves_https(home: Path, servers: Servers, tmp_path: Path) -> None:
    install(home, servers)
    certificate, key = certify(tmp_path)
    port = free_ports(1)
    options = ["--port", str(port), "--certificate", str(certificate), "--key", str(key)]
    env = {"ZHONGTAI_HOME": str(home)}
    with started([sys.executable, "-m", "portal", *options], env, tmp_path / "portal.log") as log:
        url = f"https://127.0.0.1:{port}"
        until(lambda: healthy(f"{url}/health"), log)
        answer = requests.get(f"{url}/login", verify=str(certificate), timeout=10)
        assert answer.status_code == 200
        assert "Secure" in answer.headers["set-cookie"]


def test_the_store_starts_by_its_script(home: Path, tmp_path: Path) -> None:
    first = free_ports(4)
    names = ("S3_PORT", "S3_MASTER_PORT", "S3_VOLUME_PORT", "S3_FILER_PORT")
    env = {name: str(first + place) for place, name in enumerate(names)}
    env["S3_BIND"] = "127.0.0.1"
    command = ["sh", "docker/s3.sh", str(tmp_path / "data"), str(home / "secrets")]
    with started(command, env, tmp_path / "s3.log") as log:
        until(lambda: healthy(f"http://127.0.0.1:{first}/healthz"), log)
    assert (tmp_path / "data" / "identity.json").stat().st_mode & 0o077 == 0


def test_what_is_not_healthy_says_so() -> None:
    assert not healthy(f"http://127.0.0.1:{free_ports(1)}/health")


@contextmanager
def started(command: list[str], env: dict[str, str], log: Path) -> Iterator[Path]:
    """A service's own command, as compose runs it."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PATH": path, **env}, stdout=out, stderr=out
        )
    try:
        yield log
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def healthy(address: str) -> bool:
    """The healthcheck's own command."""
    command = [sys.executable, "docker/healthy.py", address]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def until(true: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, log.read_text("utf-8", "replace")[-2000:]


def certify(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 under its own key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zt.example")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "portal.crt", folder / "portal.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def owned_by(home: Path, servers: Servers, attributes: str) -> str:
    """Give the database to a user who is no superuser; the user's name."""
    password, name = str(servers["pg_password"]), (home / "name").read_text("utf-8")
    user = f"owner_{name}"[-60:]
    with postgres.connect(int(servers["pg_port"]), password, "postgres") as conn:
        conn.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}' {attributes}")
        conn.execute(f"ALTER DATABASE {name} OWNER TO {user}")
    return user


def test_an_owner_who_may_make_no_roles_is_told_what_to_ask_for(
    home: Path, servers: Servers
) -> None:
    user = owned_by(home, servers, "")
    url = f"postgresql://{user}@127.0.0.1:{servers['pg_port']}/{(home / 'name').read_text('utf-8')}"
    with pytest.raises(PersonMustAct, match=f"ALTER ROLE {user} CREATEROLE REPLICATION"):
        install(home, servers, database=url)


def test_an_owner_who_is_no_superuser_installs_and_services_open_by_their_roles(
    home: Path, servers: Servers
) -> None:
    user = owned_by(home, servers, "CREATEROLE REPLICATION")
    name = (home / "name").read_text("utf-8")
    url = f"postgresql://{user}@127.0.0.1:{servers['pg_port']}/{name}"
    assert "47 systems registered" in install(home, servers, database=url)
    again = CliRunner().invoke(app, ["install", "--home", str(home)])
    assert "47 systems registered" in again.output
    (home / "secrets" / "DATABASE_PASSWORD").unlink()  # services do not need it
    house = open_house(home, "portal")
    with house.engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT current_user").scalar() == house.engines.user("portal")
        assert conn.exec_driver_sql("SELECT count(*) > 0 FROM registry.post").scalar()
    house.close()
