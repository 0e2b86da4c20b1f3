"""Called by bundle-try.sh with an installed bundle: stores of the wheels, `zhongtai install`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cli import postgres, seaweed
from cli.place import make_secrets
from kernel.secrets import Secrets

FIRST = 18600


def main(home: Path) -> int:
    """The exit status of `zhongtai install` on stores that were started here."""
    secrets = Secrets(home)
    make_secrets(secrets)
    word = secrets.get("DATABASE_PASSWORD")
    access, key = secrets.get("S3_ID"), secrets.get("S3_SECRET")
    postgres.make_cluster(home / "postgres", word)
    database = postgres.start_cluster(home, "postgres", home / "postgres", FIRST + 8)
    store = seaweed.start_store(home, "s3", home / "s3", FIRST, access, key)
    try:
        postgres.wait_ready(database, FIRST + 8, word)
        postgres.make_database(FIRST + 8, word, "zhongtai")
        seaweed.wait_ready(store, FIRST, access, key, "zhongtai")
        words = ["install", "--home", str(home), "--portal", "https://zt.example"]
        words += ["--database", f"postgresql://zhongtai@127.0.0.1:{FIRST + 8}/zhongtai"]
        words += ["--store", f"http://127.0.0.1:{FIRST}/zhongtai"]
        zhongtai = Path(sys.executable).parent / "zhongtai"
        return subprocess.run([str(zhongtai), *words], check=False).returncode
    finally:
        seaweed.stop(store)
        postgres.stop(database)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
