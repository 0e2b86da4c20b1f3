"""DAG files hold no logic: light to parse, and parsed with the database down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.airflow import AirflowPlace, environment
from tests.e2e.installed import ROOT, Installed

HEAVY = (
    "pandas", "pyarrow", "sqlalchemy", "psycopg", "great_expectations", "zeep", "paramiko", "minio",
    "pydantic", "requests", "fastapi", "connectors", "landing", "catalog", "certs", "ledger",
    "kernel", "portal", "cli",
)  # fmt: skip


@pytest.fixture(scope="module")
def parsed(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What parsing all files did; no database answers where Airflow is told that it is."""
    folder = tmp_path_factory.mktemp("airflow")
    place = AirflowPlace(folder, 1, "127.0.0.1:1/none")
    env = {
        **os.environ,
        **environment(place),
        "PYTHONPATH": str(ROOT),
        "ZHONGTAI_HOME": str(installed.home),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "parse_dags.py"), str(ROOT / "dags")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def test_there_is_a_dag_for_each_system_two_for_the_catalogue_one_for_promises(
    parsed: dict[str, Any], installed: Installed
) -> None:
    assert parsed["errors"] == {}
    assert set(parsed["dags"]) == {f"sync_{code}" for code in installed.systems} | {
        "unify",
        "publish",
        "later",
        "events",
    }
    assert len(parsed["dags"]) == 51


def test_parsing_imports_nothing_heavy_and_no_step(parsed: dict[str, Any]) -> None:
    print(f"parsing took {parsed['seconds']:.3f} s beyond airflow.sdk")
    heavy = [
        name
        for name in parsed["loaded"]
        if name.split(".")[0] in HEAVY or name.split(".")[0] == "pipeline"
    ]
    assert heavy == []
    ours = {name for name in parsed["loaded"] if name.split(".")[0] == "registry"}
    assert ours <= {"registry", "registry.dag_entries"}


def test_without_an_applied_registry_there_is_no_dag_and_no_error(tmp_path: Path) -> None:
    from registry.dag_entries import dag_entries

    assert dag_entries(tmp_path) == []


def test_the_files_hold_no_logic() -> None:
    for file in (ROOT / "dags").glob("*.py"):
        lines = file.read_text("utf-8").splitlines()
        assert len(lines) <= 60
        assert not [line for line in lines if line.lstrip().startswith(("try", "while", "class"))]
