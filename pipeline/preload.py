"""Imports what every task needs, so that forks of this process have it. See docker/airflow/."""

import importlib

MODULES = (
    "great_expectations",
    "openpyxl",
    "pandas",
    "paramiko",
    "psycopg",
    "pyarrow.parquet",
    "sqlalchemy",
    "zeep",
)

for module in MODULES:
    importlib.import_module(module)
