"""Compose's backup job and Prometheus, started by hand with what the compose file says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests
import yaml

from cli import postgres
from cli.airflow import ROLE
from cli.processes import Child, start
from kernel.secrets import Secrets
from tests.conftest import stores
from tests.docker.byhand import BIN, SERVICES, airflow_database, secrets_of
from tests.docker.test_install import certify, install
from tests.docker.waiting import healthy, until
from tests.e2e.installed import ROOT
from tests.ports import free_ports

Servers = dict[str, str | int]


#: The database, as compose names it.
NAME = str(SERVICES["postgres"]["environment"]["POSTGRES_DB"])
#: The one line that the image of PostgreSQL adds for who comes from another container.
IMAGE = "host all all all scram-sha-256\n"


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Stores with nothing else in them: a backup takes all that a server has. Who comes is let in
    as from another container: nothing is open to loopback alone."""
    with stores(tmp_path_factory.mktemp("apart")) as made:
        port, word = int(made["pg_port"]), str(made["pg_password"])
        with postgres.connect(port, word, "postgres") as conn:
            [(rules,)] = conn.execute("SHOW hba_file").fetchall()
            Path(rules).write_text(IMAGE, "utf-8")
            env = {"PGDATA": str(Path(rules).parent), **SERVICES["postgres"]["environment"]}
            script = ["sh", "docker/postgres/replication.sh"]
            subprocess.run(script, check=True, cwd=ROOT, env={**os.environ, **env})
            conn.execute("SELECT pg_reload_conf()")
        yield made


@pytest.fixture(scope="module")
def home(apart: Servers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation there."""
    folder = tmp_path_factory.mktemp("jobs")
    postgres.make_database(int(apart["pg_port"]), str(apart["pg_password"]), NAME)
    secrets = Secrets(folder)
    for name, known in (("DATABASE_PASSWORD", "pg_password"), ("S3_ID", "s3_id"),
                        ("S3_SECRET", "s3_secret")):  # fmt: skip
        secrets.put(name, str(apart[known]))
    (folder / "name").write_text(NAME, "utf-8")
    install(folder, apart)
    return folder


def begun(home: Path, name: str, words: list[str], **env: str) -> Child:
    settings = {"PATH": f"{BIN}:{os.environ['PATH']}", "ZHONGTAI_HOME": str(home), **env}
    return start(home, name, words, env=settings, cwd=ROOT)


def bases(folder: Path) -> int:
    """How many whole bases a backup's folder has, by its own list."""
    command = [str(BIN / "zhongtai"), *SERVICES["backup"]["healthcheck"]["test"][2:-1], str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert said.returncode in (0, 2), said.stderr
    return sum(line[:2] == "20" for line in said.stdout.splitlines())


def test_the_backup_job_makes_bases_and_follows_until_it_is_ended(
    home: Path, tmp_path: Path
) -> None:
    words = [tmp_path.as_posix() if one == "/backup" else one for one in job()]
    child = begun(home, "backup", words, BACKUP_EVERY_SECONDS="1")
    try:
        until(lambda: bases(tmp_path) >= 2, child)
        assert [file for file in tmp_path.rglob("*.partial") if file.stat().st_size]
        child.process.send_signal(signal.SIGTERM)
        assert child.process.wait(60) == 0
    finally:
        child.stop()


def test_the_backup_job_fails_when_the_folder_cannot_be_had(home: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    words = [str(tmp_path / "taken" / "x") if one == "/backup" else one for one in job()]
    child = begun(home, "backup-wrong", words)
    assert child.process.wait(60) != 0
    said = child.log.read_text("utf-8")
    assert "cannot be made or is no folder (Not a directory)" in said
    assert "Traceback" not in said


def test_airflows_database_belongs_to_its_role_which_opens_no_other(
    home: Path, apart: Servers, tmp_path: Path
) -> None:
    port, word = int(apart["pg_port"]), str(apart["pg_password"])
    with postgres.connect(port, word, "postgres") as conn:
        conn.execute(f"DROP ROLE {ROLE}")  # `home` is installed already: as in a new cluster
    secrets = Secrets(tmp_path)
    secrets.put("DATABASE_PASSWORD_AIRFLOW", "airflow's own '$1 \\")
    airflow_database(port, word, secrets.folder)
    password = secrets.get("DATABASE_PASSWORD_AIRFLOW")

    def opened(name: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=port, user=ROLE, password=password, dbname=name
        )

    with opened("airflow") as conn:
        conn.execute("CREATE TABLE of_airflow ()")
        [(may,)] = conn.execute("SELECT rolsuper FROM pg_roles WHERE rolname = user").fetchall()
    assert may is False
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        opened(NAME)


def job() -> list[str]:
    return list(SERVICES["backup"]["command"])


@pytest.mark.needs("promtool")
def test_prometheus_reads_the_portal_over_https_by_its_token(home: Path, tmp_path: Path) -> None:
    port, own = free_ports(1), free_ports(1)
    certificate, key = certify(tmp_path)
    options = ["--port", str(port), "--certificate", str(certificate), "--key", str(key)]
    Secrets(home).put("METRICS_TOKEN", "a word of its own")
    portal = begun(home, "portal", [sys.executable, "-m", "portal", *options])
    config = yaml.safe_load((ROOT / "docker/prometheus/compose.yaml").read_text("utf-8"))
    config["rule_files"] = [str(ROOT / "docker/prometheus/rules/*.yaml")]
    config["global"]["scrape_interval"] = "1s"
    [scraped] = config["scrape_configs"]
    scraped["static_configs"][0]["targets"] = [f"127.0.0.1:{port}"]
    token = Path(scraped["authorization"]["credentials_file"]).name
    assert token in secrets_of("prometheus")
    assert token in secrets_of("portal")
    scraped["authorization"]["credentials_file"] = str(home / "secrets" / token)
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(config), "utf-8")
    words = [
        word.replace("/etc/prometheus", str(tmp_path))
        .replace("=/prometheus", f"={tmp_path / 'series'}")
        .replace("0.0.0.0:9090", f"127.0.0.1:{own}")
        for word in SERVICES["prometheus"]["command"]
    ]
    prometheus = begun(home, "prometheus", ["prometheus", *words])
    try:
        until(lambda: healthy(f"https://127.0.0.1:{port}/health"), portal)
        until(lambda: up(own) == ["1"], prometheus)
        bare = requests.get(
            f"https://127.0.0.1:{port}/metrics", verify=str(certificate), timeout=20
        )
        assert bare.status_code == 401
    finally:
        prometheus.stop()
        portal.stop()


def up(port: int) -> list[str]:
    """What Prometheus says of its targets."""
    try:
        answer = requests.get(f"http://127.0.0.1:{port}/api/v1/query?query=up", timeout=30)
    except requests.ConnectionError:
        return []
    return [one["value"][1] for one in answer.json().get("data", {}).get("result", ())]
