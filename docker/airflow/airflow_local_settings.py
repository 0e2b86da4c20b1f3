"""Airflow reads this at start; what `__all__` names takes the place of its own settings.

What forks the tasks loads the heavy libraries once, before: the scheduler (LocalExecutor), or a
Celery worker. What it has imported costs a task's process nothing. great-expectations alone takes
3–4 s to import; 47 systems would pay it 47 times a round. Other programs do not load it.

The address of the database for asynchronous calls follows from the one address that is a secret.
Airflow derives one for asyncpg, which is not installed, and lets none be read from a file.
"""

import os
import sys

from airflow.configuration import conf

__all__ = ["SQL_ALCHEMY_CONN_ASYNC"]

PARENT = "worker" if os.environ.get("AIRFLOW__CORE__EXECUTOR") == "CeleryExecutor" else "scheduler"
SQL_ALCHEMY_CONN_ASYNC = conf.get("database", "sql_alchemy_conn").replace(
    "postgresql+psycopg:", "postgresql+psycopg_async:", 1
)

if PARENT in sys.argv:
    import pipeline.preload  # noqa: F401
