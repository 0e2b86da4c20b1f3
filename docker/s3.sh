#!/bin/sh
# SeaweedFS of the wheel as one S3 server. Its identity is written out of the container's secrets,
# so that neither stands in a command line. $1: where its data lies; $2: the folder of secrets;
# $3: what their names begin with (the city's own store: CITY_).
set -eu
data="$1"
secrets="${2:-/run/secrets}"
prefix="${3:-}"
umask 077
mkdir -p "$data"
python - "$secrets/$prefix" "$data/identity.json" <<'PY'
import json, pathlib, sys

secrets, out = sys.argv[1], pathlib.Path(sys.argv[2])
access, secret = (pathlib.Path(secrets + name).read_text().strip("\n") for name in ("S3_ID", "S3_SECRET"))
identity = {
    "name": "zhongtai",
    "credentials": [{"accessKey": access, "secretKey": secret}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}
out.write_text(json.dumps({"identities": [identity]}))
PY
exec weed -logdir="$data" server -s3 -dir="$data" -s3.config="$data/identity.json" \
  -ip="${S3_HOST:-127.0.0.1}" -ip.bind="${S3_BIND:-0.0.0.0}" -s3.port="${S3_PORT:-8333}" \
  -master.port="${S3_MASTER_PORT:-9333}" -volume.port="${S3_VOLUME_PORT:-8080}" \
  -filer.port="${S3_FILER_PORT:-8888}" \
  -master.telemetry=false -master.volumeSizeLimitMB=512 -volume.max=4096 \
  -volume.minFreeSpace=512MiB -s3.port.iceberg=0 -s3.port.lance=0
