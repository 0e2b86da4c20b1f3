"""One DAG a system, made from the applied registry. No logic here."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Asset, CronTriggerTimetable, task

from registry.dag_entries import dag_entries, home_folder


@task(retries=2, retry_delay=timedelta(seconds=10))
def land(code: str, run_id: str | None = None) -> dict[str, int]:
    from pipeline.tasks import land as step

    return step(code, run_id or "")


@task(retries=2, retry_delay=timedelta(seconds=10))
def seal(code: str, run_id: str | None = None) -> dict[str, int]:
    from pipeline.tasks import seal as step

    return step(code, run_id or "")


def at(cron: str | None) -> CronTriggerTimetable | None:
    return CronTriggerTimetable(cron, timezone="Asia/Shanghai") if cron else None


for entry in dag_entries(home_folder()):
    with DAG(
        dag_id=f"sync_{entry.code}",
        description=entry.name,
        schedule=at(entry.schedule),
        catchup=False,
        max_active_runs=1,
        tags=[entry.mode, *entry.produces],
    ) as dag:
        outlets = [Asset(f"zhongtai://landing/{kind}/{entry.code}") for kind in entry.produces]
        landed = land.override(outlets=outlets)(entry.code)
        if "licence" in entry.produces:
            landed >> seal(entry.code)
    globals()[dag.dag_id] = dag
