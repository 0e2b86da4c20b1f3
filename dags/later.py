"""容缺: every ten minutes, what cases were promised while a source rested is fetched."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task


@task(retries=2, retry_delay=timedelta(seconds=10))
def fetch(run_id: str | None = None) -> dict[str, int]:
    from pipeline.tasks import later as step

    return step(run_id or "")


with DAG(
    dag_id="later",
    description="容缺补取：来源恢复后由平台补取，并告知窗口",
    schedule=CronTriggerTimetable("*/10 * * * *", "Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
):
    fetch()
