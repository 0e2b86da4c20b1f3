"""The store's volumes do not hang on the free disk: a fuller disk carries as many buckets."""

from __future__ import annotations

import requests

from cli.seaweed import ports


def test_the_number_of_volumes_is_not_counted_off_the_free_disk(
    servers: dict[str, str | int],
) -> None:
    master = ports(int(servers["s3_port"]))["master"]
    found = requests.get(f"http://127.0.0.1:{master}/dir/status", timeout=10).json()
    assert found["Topology"]["Max"] == 4096
