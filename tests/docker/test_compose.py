"""The compose file as far as it can be checked without a Docker engine; see docs/deploy.md."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.configuration import conf
from airflow.jobs import scheduler_job_runner

from cli.airflow import shared
from tests.e2e.installed import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
OURS = {name for name, one in SERVICES.items() if "build" in one}
CITY = {"city", "city-postgres", "city-s3"}
STORES = ("postgres", "s3", "redis", "city-postgres", "city-s3")
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
ONCE = {name for name, one in SERVICES.items() if one["restart"] == "no"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_may_more_than_it_needs(name: str) -> None:
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert not one.get("privileged")
    assert name not in OURS or one["user"] == "10001:10001"


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_named_with_a_version(name: str) -> None:
    assert re.search(r":v?\d+\.\d+[\w.-]*\}?$", SERVICES[name]["image"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_what_stays_says_how_it_is(name: str) -> None:
    check = SERVICES[name]["healthcheck"]["test"]
    assert check[0] in ("CMD", "CMD-SHELL")
    program = check[1].split()[0]
    assert name not in OURS or shutil.which(program, path=PATH)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_command_is_one_of_the_image(name: str) -> None:
    program, *words = SERVICES[name]["command"]
    assert program in ("python", "zhongtai", "airflow", "sh")
    if program == "sh":
        assert (ROOT / words[0]).is_file()


def test_what_has_a_port_or_a_way_out_is_named_here() -> None:
    """Nothing else is reached from outside its network."""
    out = {name for name, one in SERVICES.items() if "outer" in one["networks"]}
    assert out == {"portal", "airflow-api", "airflow-worker", "grafana"}
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == out - {"airflow-worker"}


def test_the_city_is_there_only_when_it_is_asked_for() -> None:
    assert {name for name, one in SERVICES.items() if one.get("profiles") == ["city"]} == CITY
    for name in set(SERVICES) - CITY:
        assert not CITY & set(SERVICES[name].get("depends_on", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_volumes_and_networks_are_declared(name: str) -> None:
    one = SERVICES[name]
    named = {text.partition(":")[0] for text in one.get("volumes", ()) if text[0] != "."}
    assert named <= set(COMPOSE["volumes"])
    assert set(one["networks"]) <= set(COMPOSE["networks"])
    assert set(one.get("depends_on", ())) <= set(SERVICES)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_volume_belongs_to_the_user_who_writes_it(name: str) -> None:
    """A new volume takes the owner of the image's folder; where there is none, it is root's."""
    made = re.search(r"install -d -o zhongtai -g zhongtai -m 0700 \\?\s*(.*)", DOCKERFILE)
    assert made is not None
    mounted = {text.split(":")[1] for text in SERVICES[name]["volumes"] if text[0] != "."}
    assert mounted <= set(made[1].split())


def test_what_the_issue_lists_is_there() -> None:
    airflow = {f"airflow-{one}" for one in ("api", "scheduler", "dags", "triggerer", "worker")}
    others = {"postgres", "s3", "redis", "portal", "prometheus", "grafana", "backup"}
    assert airflow | others | CITY | ONCE == set(SERVICES)
    assert SERVICES["airflow-worker"]["deploy"]["replicas"] >= 2


def test_ports_are_on_loopback_unless_told_otherwise() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", ())]
    assert ports
    assert all(port.startswith(("127.0.0.1:", "${ZHONGTAI_BIND:-127.0.0.1}:")) for port in ports)


def test_the_stores_are_in_the_inner_network_alone() -> None:
    assert COMPOSE["networks"]["inner"] == {"internal": True}
    assert [SERVICES[name]["networks"] for name in STORES] == [["inner"]] * len(STORES)


def test_every_secret_is_a_file_and_every_file_is_used() -> None:
    named = {name for one in SERVICES.values() for name in one.get("secrets", ())}
    assert named == set(COMPOSE["secrets"])
    text = (ROOT / "docker" / "compose.yaml").read_text("utf-8")
    used = set(re.findall(r"/run/secrets/(\w+)", text))
    for script in (ROOT / "docker").glob("*.sh"):
        used |= set(re.findall(r"\b(?:word |/)([A-Z][A-Z\d_]+)\b", script.read_text("utf-8")))
    for script in (ROOT / "docker" / "postgres").glob("*.sh"):
        used |= set(re.findall(r"/([A-Z][A-Z\d_]+)\"", script.read_text("utf-8")))
    scraped = (ROOT / "docker" / "prometheus" / "compose.yaml").read_text("utf-8")
    used |= set(re.findall(r"/run/secrets/(\w+)", scraped))
    assert used | {"S3_ID", "S3_SECRET", "DATABASE_PASSWORD"} >= named
    documented = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert [name for name in sorted(named) if name not in documented] == []


def test_the_owner_of_the_tables_is_known_to_migrations_and_the_server_only() -> None:
    """What serves opens the database by the roles of its duty (docs/roles.md)."""
    with_it = {
        name for name, one in SERVICES.items() if "DATABASE_PASSWORD" in one.get("secrets", ())
    }
    assert with_it == {"postgres", "install"}
    documented = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert "postgresql+psycopg://zhongtai_airflow:" in documented
    assert "://zhongtai:" not in documented


def test_airflow_knows_each_of_its_settings() -> None:
    unknown = []
    scheduler = Path(scheduler_job_runner.__file__).read_text("utf-8")
    files = shared() | shared("celery.env")
    for name in [*files, *SERVICES["airflow-scheduler"]["environment"]]:
        if not name.startswith("AIRFLOW__"):
            continue
        section, key = name.removeprefix("AIRFLOW__").lower().split("__")
        known = conf.configuration_description.get(section, {}).get("options", {})
        # one that the scheduler reads stands in no reference of Airflow
        if key.removesuffix("_cmd") not in known and f'"{key}"' not in scheduler:
            unknown.append(name)
    assert unknown == []


def test_the_image_runs_as_nobody_special_and_installs_by_hashes() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^ARG BASE=python:3\.11\.\d+-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    copied = re.findall(r"^COPY (?:--from=\w+ )?(\S+)", DOCKERFILE, re.MULTILINE)
    assert copied == ["requirements.lock", ".", "/opt/zhongtai"]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".git", "docker/secrets", "docker/tls", "var"} <= set(ignored)


def test_secrets_stay_out_of_git() -> None:
    assert set((ROOT / "docker" / ".gitignore").read_text("utf-8").split()) == {"secrets/", "tls/"}


def test_what_compose_takes_from_here_is_here() -> None:
    folder = SERVICES["airflow-scheduler"]["environment"]["PYTHONPATH"]
    here = ROOT / Path(folder.split(":")[1]).relative_to("/opt/zhongtai")
    assert (here / "airflow_local_settings.py").is_file()
    started = [one.partition(":")[0] for one in SERVICES["postgres"]["volumes"] if one[0] == "."]
    scripts = [sorted((ROOT / "docker" / one).glob("*")) for one in started]
    assert [[file.name for file in one] for one in scripts] == [["airflow.sh", "replication.sh"]]
    assert all(os.access(file, os.X_OK) for one in scripts for file in one)  # else they are sourced
    for one in SERVICES.values():
        for text in one.get("volumes", ()):
            assert text[0] != "." or (ROOT / "docker" / text.partition(":")[0]).exists()
        for file in one.get("env_file", ()):
            assert (ROOT / "docker" / file).is_file()
