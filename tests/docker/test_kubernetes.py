"""The Kubernetes files as far as they can be read without a cluster; see docs/deploy.md."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from cli.airflow import shared
from tests.docker.byhand import SERVICES
from tests.e2e.installed import ROOT

FOLDER = ROOT / "docker" / "kubernetes"
TEXT = (FOLDER / "portal.yaml").read_text("utf-8")
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all(TEXT))
VALUES: dict[str, Any] = yaml.safe_load((FOLDER / "airflow-values.yaml").read_text("utf-8"))
KINDS = {
    "Namespace": "v1", "ConfigMap": "v1", "PersistentVolumeClaim": "v1", "Service": "v1",
    "Job": "batch/v1", "Deployment": "apps/v1", "PodDisruptionBudget": "policy/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}  # fmt: skip
WORK = [one for one in MANIFESTS if one["kind"] in ("Deployment", "Job")]
IDS = [one["metadata"]["name"] for one in WORK]
NOBODY = {
    "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip
HARD = {
    "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}  # fmt: skip


def pod(one: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = one["spec"]["template"]["spec"]
    return spec


def test_kinds_stand_in_versions_that_are_there() -> None:
    assert {one["kind"] for one in MANIFESTS} == set(KINDS)
    assert all(one["apiVersion"] == KINDS[one["kind"]] for one in MANIFESTS)
    named = [one for one in MANIFESTS if one["kind"] != "Namespace"]
    assert {one["metadata"]["namespace"] for one in named} == {"zhongtai"}


@pytest.mark.parametrize("one", WORK, ids=IDS)
def test_a_pod_may_no_more_than_it_needs(one: dict[str, Any]) -> None:
    spec = pod(one)
    assert spec["securityContext"] == NOBODY
    assert spec["automountServiceAccountToken"] is False
    for container in spec["containers"]:
        assert container["securityContext"] == HARD
        assert set(container["resources"]) == {"requests", "limits"}
        assert all(set(said) == {"cpu", "memory"} for said in container["resources"].values())
        assert re.fullmatch(r"zhongtai:\d+\.\d+\.\d+", container["image"])


@pytest.mark.parametrize("one", WORK, ids=IDS)
def test_what_is_mounted_is_there_and_secrets_are_named_only(one: dict[str, Any]) -> None:
    volumes = {volume["name"]: volume for volume in pod(one)["volumes"]}
    claims = {
        claim["metadata"]["name"] for claim in MANIFESTS if claim["kind"] == "PersistentVolumeClaim"
    }
    for volume in volumes.values():
        assert volume.get("persistentVolumeClaim", {}).get("claimName") in {None, *claims}
        for kind in ("secret", "projected"):
            assert volume.get(kind, {}).get("defaultMode", 0o440) == 0o440
    for container in pod(one)["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= set(volumes)
        assert "env" not in container
    assert not [kind for kind in MANIFESTS if kind["kind"] == "Secret"]


def test_the_owner_of_the_tables_is_known_to_migrations_only() -> None:
    with_it = [one["metadata"]["name"] for one in WORK if "zhongtai-owner" in str(pod(one))]
    assert len(with_it) == 1
    assert "install" in with_it[0]
    assert "zhongtai-owner" not in str(VALUES)
    documented = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    [of_services] = re.findall(r"^\| `zhongtai` \| (.*) \|$", documented, re.MULTILINE)
    assert "`DATABASE_PASSWORD`" not in of_services


@pytest.mark.parametrize("one", WORK, ids=IDS)
def test_what_stays_is_probed_and_found_by_its_labels(one: dict[str, Any]) -> None:
    if one["kind"] == "Job":
        assert one["spec"]["backoffLimit"] > 0
        return
    assert one["spec"]["selector"]["matchLabels"].items() <= (
        one["spec"]["template"]["metadata"]["labels"].items()
    )
    [container] = pod(one)["containers"]
    assert "livenessProbe" in container
    if one["metadata"]["name"] == "zhongtai-portal":
        assert {"startupProbe", "readinessProbe"} < set(container)
        [service] = [kind for kind in MANIFESTS if kind["kind"] == "Service"]
        assert service["spec"]["selector"] == one["spec"]["selector"]["matchLabels"]
        assert service["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]


def test_the_commands_are_those_of_compose() -> None:
    commands = {one["metadata"]["name"]: pod(one)["containers"][0]["command"] for one in WORK}
    assert commands["zhongtai-backup"] == SERVICES["backup"]["command"]
    portal = SERVICES["portal"]["command"]
    assert commands["zhongtai-portal"][:8] == portal[:8]
    [install] = [words for name, words in commands.items() if "install" in name]
    assert install[:2] == SERVICES["install"]["command"][:2]
    assert [word for word in install if word.startswith("--")] == [
        word for word in SERVICES["install"]["command"] if word.startswith("--")
    ]


def test_airflow_has_the_settings_of_the_two_files() -> None:
    given = {one["name"]: one["value"] for one in VALUES["env"]}
    wanted = shared() | shared("celery.env")
    assert {name: given.get(name) for name in wanted} == wanted
    own = set(given) - set(wanted)
    assert own == {
        "ZHONGTAI_HOME", "PYTHONPATH", "AIRFLOW__CORE__DAGS_FOLDER",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
    }  # fmt: skip


def test_airflows_pods_are_hard_too_and_its_secrets_by_name() -> None:
    assert VALUES["securityContexts"] == {"pod": NOBODY, "containers": HARD}
    assert VALUES["defaultAirflowTag"] == "0.1.0"
    for name in ("workers", "scheduler", "dagProcessor", "apiServer", "triggerer"):
        assert set(VALUES[name]["resources"]) == {"requests", "limits"}
    text = (FOLDER / "airflow-values.yaml").read_text("utf-8") + TEXT
    assert not re.search(r"(?i)^\s*(password|pass|token|fernetKey|jwtSecret)\s*:", text, re.M)
    documented = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    names = {value for name, value in VALUES["data"].items() if name.endswith("SecretName")}
    names |= {VALUES[key] for key in VALUES if key.endswith("SecretName")}
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []
