"""The encrypted store of secrets: opens only whole, under its own key, each value at its name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from kernel.errors import BadInput, PersonMustAct, Stop
from kernel.keys import make_keys
from kernel.secrets import Secrets
from kernel.settings import Settings, save_settings

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
VALUE = "s3cret-值"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_keys(tmp_path)
    save_settings(Settings(tmp_path, "postgresql+psycopg://a@127.0.0.1/b", "127.0.0.1:1", "b"))
    return tmp_path


def test_the_environment_then_the_store_then_a_plain_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = Secrets(home)
    secrets.put("GA_SEAL_URL", "plain")
    assert (secrets.get("GA_SEAL_URL"), secrets.place("GA_SEAL_URL")) == ("plain", "plain file")
    secrets.sealed.put("GA_SEAL_URL", VALUE, AT)
    assert (secrets.get("GA_SEAL_URL"), secrets.place("GA_SEAL_URL")) == (VALUE, "encrypted")
    monkeypatch.setenv("GA_SEAL_URL", "environment")
    assert secrets.get("GA_SEAL_URL") == "environment"
    assert secrets.place("GA_SEAL_URL") == "environment"


def test_the_file_is_the_owners_and_holds_no_value(home: Path) -> None:
    secrets = Secrets(home)
    secrets.sealed.put("GA_SEAL_URL", VALUE, AT)
    file = home / "secrets.enc"
    assert file.stat().st_mode & 0o777 == 0o600
    assert VALUE not in file.read_text("utf-8")
    assert secrets.sealed.names() == {"GA_SEAL_URL": AT}


def test_a_value_moved_to_another_name_does_not_open(home: Path) -> None:
    store = Secrets(home).sealed
    store.put("GA_SEAL_URL", VALUE, AT)
    store.put("GA_SEAL_TOKEN", "other", AT)
    content = json.loads(store.file.read_text("utf-8"))
    values = content["values"]
    values["GA_SEAL_URL"], values["GA_SEAL_TOKEN"] = values["GA_SEAL_TOKEN"], values["GA_SEAL_URL"]
    store.file.write_text(json.dumps(content), "utf-8")
    with pytest.raises(Stop, match=r"the secret GA_SEAL_URL in .* does not open"):
        store.get("GA_SEAL_URL")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1, "key": "zz", "values": {}}'])
def test_a_damaged_store_is_a_named_stop(home: Path, content: str) -> None:
    (home / "secrets.enc").write_text(content, "utf-8")
    with pytest.raises(Stop, match=r"secrets\.enc is damaged"):
        Secrets(home).get("GA_SEAL_URL")


def test_a_store_of_another_installation_does_not_open(home: Path) -> None:
    Secrets(home).sealed.put("GA_SEAL_URL", VALUE, AT)
    (home / "keys" / "master.key").write_bytes(b"x" * 32)
    with pytest.raises(Stop, match="another installation's key"):
        Secrets(home).get("GA_SEAL_URL")


def test_rotating_changes_every_ciphertext_and_no_value(home: Path) -> None:
    store = Secrets(home).sealed
    for n in range(3):
        store.put(f"GA_SEAL_{n}", f"value {n}", AT)
    before = json.loads(store.file.read_text("utf-8"))
    assert store.rotate() == 3
    after = json.loads(store.file.read_text("utf-8"))
    assert before["key"] != after["key"]
    for n in range(3):
        name = f"GA_SEAL_{n}"
        assert before["values"][name]["sealed"] != after["values"][name]["sealed"]
        assert store.get(name) == f"value {n}"


def test_what_is_removed_is_nowhere(home: Path) -> None:
    secrets = Secrets(home)
    secrets.sealed.put("GA_SEAL_URL", VALUE, AT)
    secrets.sealed.remove("GA_SEAL_URL")
    with pytest.raises(PersonMustAct, match="GA_SEAL_URL is neither"):
        secrets.get("GA_SEAL_URL")
    with pytest.raises(BadInput, match="GA_SEAL_URL is not in"):
        secrets.sealed.remove("GA_SEAL_URL")


def test_the_commands_never_repeat_a_value(home: Path) -> None:
    run = CliRunner()
    where = ["--home", str(home)]
    made = run.invoke(app, ["secrets", "set", "GA_SEAL_URL", *where], input=VALUE + "\n")
    assert made.exit_code == 0
    listed = run.invoke(app, ["secrets", "list", *where])
    assert "GA_SEAL_URL" in listed.output
    assert VALUE not in made.output + listed.output
    assert Secrets(home).get("GA_SEAL_URL") == VALUE
    wrong = run.invoke(app, ["secrets", "set", VALUE, *where], input="x")
    assert isinstance(wrong.exception, BadInput)
    assert VALUE not in str(wrong.exception)
