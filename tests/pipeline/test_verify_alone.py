"""Verifying needs no database: without it our own keys alone are known."""

from __future__ import annotations

from pathlib import Path

from kernel.keys import make_keys
from kernel.secrets import Secrets
from kernel.settings import Settings, save_settings
from pipeline import steps

FILE = Path(__file__).parents[1] / "certs/data/vectors/ofd/ofdrw-sign__allprotected.ofd"
URL = "postgresql+psycopg://zhongtai@127.0.0.1:1/zhongtai"


def test_a_file_is_verified_while_the_database_is_not_running(tmp_path: Path) -> None:
    make_keys(tmp_path)
    save_settings(Settings(tmp_path, URL, "127.0.0.1:1", "bucket"))
    for name in ("DATABASE_PASSWORD_OPERATOR", "S3_ID", "S3_SECRET"):
        Secrets(tmp_path).put(name, "test-only")
    verdict = steps.verify_any(tmp_path, FILE)
    assert (verdict["untouched"], verdict["status"]) == (True, "unknown_issuer")
