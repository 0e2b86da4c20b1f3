"""What an operator sets in settings.json outlives a start; the profile is the first start's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.place import Ports
from cli.services import Services, _kept
from kernel.errors import BadInput
from kernel.settings import Settings, load_settings, save_settings


def settings(home: Path, port: int) -> Settings:
    return Settings(home, f"postgresql+psycopg://zhongtai@127.0.0.1:{port}/zhongtai", "s3", "b")


def test_a_start_changes_addresses_and_nothing_else(tmp_path: Path) -> None:
    own = replace(settings(tmp_path, 1), heads_folder="/mnt/heads", quarantine_limit="3%")
    save_settings(own)
    kept = _kept(load_settings(tmp_path), settings(tmp_path, 2))
    assert (kept.heads_folder, kept.quarantine_limit) == ("/mnt/heads", "3%")
    assert ":2/" in kept.database_url
    assert _kept(None, kept) == kept


def test_an_installation_keeps_its_profile(tmp_path: Path) -> None:
    save_settings(replace(settings(tmp_path, 1), crypto="gm"))
    with pytest.raises(BadInput, match="uses the crypto gm and keeps it"):
        Services(tmp_path, Ports(9000), 50, 1, "standard").start_stores()
    assert json.loads((tmp_path / "settings.json").read_text())["crypto"] == "gm"
    assert not (tmp_path / "keys").exists()


def test_a_file_holds_what_somebody_said_and_no_default(tmp_path: Path) -> None:
    """An older version beside this one refuses keys that it does not know."""
    own = replace(settings(tmp_path, 1), lineage="file", portal_url="https://zt.example")
    save_settings(own)
    said = json.loads((tmp_path / "settings.json").read_text("utf-8"))
    named = {"database_url", "s3_endpoint", "s3_bucket", "lineage", "portal_url"}
    assert said.keys() == named
    assert load_settings(tmp_path) == own
