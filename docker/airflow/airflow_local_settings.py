"""Airflow reads this at start. The scheduler loads the heavy libraries once, before it forks.

LocalExecutor's workers and each task's process are forks of the scheduler: what it has imported
costs them nothing. great-expectations alone takes 3–4 s to import; 47 systems would pay it 47
times a round. Other programs of Airflow do not load it.
"""

import sys

if "scheduler" in sys.argv:
    import pipeline.preload  # noqa: F401
