"""Imports what every task needs, so that forks of this process have it. See docker/airflow/."""

import importlib

MODULES = (
    "adbc_driver_postgresql.dbapi",
    "great_expectations",
    "landing.bulk",
    "openpyxl",
    "pandas",
    "paramiko",
    "psycopg",
    "pyarrow.parquet",
    "pymysql",
    "sqlalchemy",
    "zeep",
)

for module in MODULES:
    importlib.import_module(module)
