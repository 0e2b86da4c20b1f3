"""Events: each minute, every receiver is told what is due."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task


@task(retries=2, retry_delay=timedelta(seconds=10))
def deliver(run_id: str | None = None) -> dict[str, int]:
    from pipeline.tasks import deliver as step

    return step(run_id or "")


with DAG(
    dag_id="events",
    description="事件通知：向已批准的接收方签名推送，失败重试",
    schedule=CronTriggerTimetable("* * * * *", "Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
):
    deliver()
