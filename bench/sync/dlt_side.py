"""dlt's side, in its own environment (bench/requirements.lock): one pipeline run; prints JSON.

SQL sources with the pyarrow backend, HTTP with `rest_api`; merge on the key, as ours upserts.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """`--kind sql|http`, `--source` address, `--table`, `--to` address, `--home` folder."""
    parser = argparse.ArgumentParser(prog="dlt_side")
    for name in ("--kind", "--source", "--table", "--to", "--dataset"):
        parser.add_argument(name, required=True)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt

    source: Any = _sql(options) if options.kind == "sql" else _http(options)
    pipeline = dlt.pipeline(
        options.dataset,
        destination=dlt.destinations.postgres(options.to),
        dataset_name=options.dataset,
        pipelines_dir=str(options.home),
    )
    began = time.perf_counter()
    pipeline.run(source)
    seconds = time.perf_counter() - began
    with pipeline.sql_client() as client:
        rows = client.execute_sql(f"SELECT count(*) FROM {options.table}")[0][0]  # noqa: S608
    print(json.dumps({"seconds": seconds, "stored": rows}), flush=True)


def _sql(options: argparse.Namespace) -> Any:
    from dlt.sources.sql_database import sql_table

    table = sql_table(
        credentials=options.source,
        table=options.table,
        backend="pyarrow",
        chunk_size=50_000,
        reflection_level="full",
    )
    table.apply_hints(primary_key="row_guid", write_disposition="merge")
    return table


def _http(options: argparse.Namespace) -> Any:
    from dlt.sources.rest_api import rest_api_source

    pages = {
        "type": "page_number",
        "base_page": 1,
        "page_param": "pageNo",
        "total_path": None,
        "stop_after_empty_page": True,
    }
    resource = {
        "name": options.table,
        "primary_key": "row_guid",
        "write_disposition": "merge",
        "endpoint": {
            "path": "rows",
            "params": {"pageSize": 1000},
            "data_selector": "data.rows",
            "paginator": pages,
        },
    }
    return rest_api_source({"client": {"base_url": options.source}, "resources": [resource]})


if __name__ == "__main__":
    main()
