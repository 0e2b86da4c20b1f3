"""Parses the DAG files in a process of its own and prints what that loaded, as JSON.

`python parse_dags.py FOLDER`. First as plain Python after Airflow's own import, to see what they
import and how long it takes; then as Airflow's DAG processor reads them.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from pathlib import Path


def main(folder: Path) -> None:
    """Print {"seconds", "loaded", "dags", "errors"}."""
    import airflow.sdk

    for name in ("DAG", "Asset", "AssetAny", "task"):  # its parts are loaded when asked for
        getattr(airflow.sdk, name)
    before, began = set(sys.modules), time.perf_counter()
    for file in sorted(folder.glob("*.py")):
        runpy.run_path(str(file))
    seconds, loaded = time.perf_counter() - began, sorted(set(sys.modules) - before)

    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(folder)
    said = {"seconds": seconds, "loaded": loaded, "dags": sorted(bag.dag_ids)}
    print(json.dumps({**said, "errors": bag.import_errors}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
