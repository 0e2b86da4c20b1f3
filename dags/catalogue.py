"""Unify runs on any item or material that has landed, one at a time; publish runs on unify."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Asset, AssetAny, task

from registry.dag_entries import dag_entries, home_folder

UNIFIED = Asset("zhongtai://catalog/unified")


@task(retries=2, retry_delay=timedelta(seconds=10))
def unify(run_id: str | None = None) -> dict[str, int]:
    from pipeline.tasks import unify as step

    return step(run_id)


@task(retries=2, retry_delay=timedelta(seconds=10))
def publish(run_id: str | None = None) -> dict[str, int]:
    from pipeline.tasks import publish as step

    return step(run_id)


sources = [
    Asset(f"zhongtai://landing/{kind}/{entry.code}")
    for entry in dag_entries(home_folder())
    for kind in entry.produces
    if kind in ("item", "material")
]
if sources:
    with DAG(
        dag_id="unify",
        description="归并：事项与材料统一到目录",
        schedule=AssetAny(*sources),
        catchup=False,
        max_active_runs=1,
    ):
        unify.override(outlets=[UNIFIED])()

    with DAG(
        dag_id="publish",
        description="发布：目录的新版本",
        schedule=[UNIFIED],
        catchup=False,
        max_active_runs=1,
    ):
        publish()
