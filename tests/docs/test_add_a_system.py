"""docs/add-a-system.md, followed to the letter against a real gateway on loopback."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import report as reports
from cli.main import app
from kernel.errors import BadContract, ZhongtaiError
from kernel.house import House
from kernel.settings import save_settings
from landing.read import StreamCounts, counts, open_quarantine
from pipeline import wiring
from registry.applied import apply
from registry.loader import load_folder
from tests.conftest import keep_passwords
from tests.connectors.gateway import Gateway, Reply, Request, gateway
from tests.docs.pages import ROOT, Typed, agrees, blocks, typed

PAGE = (ROOT / "docs/add-a-system.md").read_text("utf-8")
[YAML] = blocks(PAGE, "yaml")
[ANSWER] = blocks(PAGE, "json")
[MISTAKE] = blocks(PAGE, "text")
CODE, TOKEN, ADDRESS = "sl_ruijin", "a-token-of-the-department", "http://10.20.30.40:8080/qsxk"
SYSTEMS = ROOT / "connectors" / "systems"


class Source:
    """The page's gateway: one list, in pages, from a time on."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = json.loads(ANSWER)["data"]["rows"]

    def mend(self) -> None:
        """The department writes the right check character into its bad row."""
        self.rows[3] |= {"HOLDER_CODE": "91360781MA35000341", "UPDATED": "2026-11-04 08:00:00"}

    def answer(self, request: Request) -> Reply:
        """One request."""
        if request.headers.get("X-API-Key") != TOKEN:
            return Reply({"code": 401, "message": "unknown key"}, 401)
        since, size = request.query.get("since", ""), int(request.query["pageSize"])
        found = [row for row in self.rows if row["UPDATED"] >= since]
        start = (int(request.query["pageNo"]) - 1) * size
        data = {"total": len(found), "rows": found[start : start + size]}
        return Reply({"code": 200, "message": "success", "data": data})


class Place:
    """A folder like the repository's: connectors/systems, and var with the installation in it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def run(self, one: Typed) -> list[str]:
        """Run a command of the page as it stands; the lines that it prints."""
        if one.command.startswith("zhongtai "):
            return self._zhongtai(shlex.split(one.command)[1:])
        assert "umask 077" in one.command or one.command.split()[0] in ("printf", "cat", "rm")
        script = "umask 077; " + one.command.replace(ADDRESS, self.url)
        done = subprocess.run(
            ["sh", "-c", script], cwd=self.folder, input=f"{TOKEN}\n", text=True, check=True
        )
        assert done.returncode == 0
        return []

    def _zhongtai(self, arguments: list[str]) -> list[str]:
        if arguments[0] == "systems" and arguments[1] != "discover":
            arguments = [*arguments, "--folder", str(self.folder / "connectors/systems")]
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, ZhongtaiError):
            return [f"zhongtai: {result.exception}"]
        assert result.exit_code == 0, result.output
        return result.output.splitlines()


@pytest.fixture
def place(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An installation with the 47 systems applied, and a running source."""
    folder = tmp_path / "repository"
    (folder / "connectors").mkdir(parents=True)
    shutil.copytree(SYSTEMS, folder / "connectors/systems")
    (folder / "var").symlink_to(house.settings.home)
    save_settings(house.settings)
    keep_passwords(house)
    house.secrets.put("S3_ID", "test-id")
    house.secrets.put("S3_SECRET", "test-secret-0123456789")
    apply(house, SYSTEMS, "test")
    opened: list[House] = []
    monkeypatch.setattr(wiring, "open_house", _remembering(wiring.open_house, opened))
    monkeypatch.delenv("ZHONGTAI_HOME", raising=False)
    monkeypatch.chdir(folder)
    source = Source()
    with gateway(source.answer) as running:
        yield _with(Place(folder, running.url), source, running)
    for one in opened:
        one.close()


def _remembering(real: Callable[..., House], opened: list[House]) -> Callable[..., House]:
    def open_house(home: Path, *more: Any, **about: Any) -> House:
        opened.append(real(home, *more, **about))
        return opened[-1]

    return open_house


def _with(place: Place, source: Source, running: Gateway) -> Any:
    place.source, place.running = source, running  # type: ignore[attr-defined]
    return place


def test_the_page_followed_to_the_letter(house: House, place: Any) -> None:
    (place.folder / f"connectors/systems/{CODE}.yml").write_text(YAML, "utf-8")
    synced = 0
    for one in typed(PAGE):
        if one.command == f"zhongtai sync {CODE}":
            synced += 1
            if synced == 2:
                _first_sync_has_landed(house, place.source)
                place.source.mend()
        printed = place.run(one)
        for shown in one.shown:
            assert any(agrees(shown, line) for line in printed), (one.command, printed)
    assert synced == 2
    with house.engine.connect() as conn:
        [after] = [c for c in counts(conn) if c.system == CODE]
    assert (after.stored, after.quarantined) == (4, 0)
    assert CODE not in load_folder(place.folder / "connectors/systems")


def _first_sync_has_landed(house: House, source: Source) -> None:
    """The good rows are stored, the bad one waits with its raw values and its reason."""
    with house.engine.connect() as conn:
        [found] = [c for c in counts(conn) if c.system == CODE]
    assert (found.stored, found.quarantined) == (3, 1)
    [entry] = open_quarantine(house, CODE, 10)
    assert (entry.rule, entry.column, entry.raw) == ("holder", "HOLDER_CODE", source.rows[3])


def test_address_and_token_are_for_their_owner_only(house: House, place: Any) -> None:
    for one in typed(PAGE):
        if "var/secrets" in one.command:
            place.run(one)
    assert house.secrets.get("SL_RUIJIN_TOKEN") == TOKEN
    assert house.secrets.get("SL_RUIJIN_URL") == place.url
    for name in ("SL_RUIJIN_TOKEN", "SL_RUIJIN_URL"):
        assert (house.settings.home / "secrets" / name).stat().st_mode & 0o777 == 0o600


def test_the_mistake_is_told_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / f"{CODE}.yml").write_text(
        YAML.replace("share: conditional", "share: open"), "utf-8"
    )
    with pytest.raises(BadContract) as caught:
        load_folder(tmp_path)
    assert f"zhongtai: {caught.value}" == MISTAKE.strip()


def test_every_file_to_start_from_is_there_and_reached_as_the_page_says() -> None:
    table = PAGE.split("## Other kinds of source")[1].split("\n## ")[0]
    systems = load_folder(SYSTEMS)
    named = {word.removesuffix(".yml") for word in table.split("`") if word.endswith(".yml")}
    assert named <= set(systems)
    assert {systems[code].transport.kind for code in named} == {
        "rest", "soap", "sql", "exchange", "files", "push",
    }  # fmt: skip


def test_the_round_compares_only_what_the_sandbox_serves(tmp_path: Path) -> None:
    (tmp_path / f"{CODE}.yml").write_text(YAML, "utf-8")
    ours = load_folder(tmp_path)[CODE]
    stored = {(CODE, "licence"): StreamCounts(CODE, "licence", "licence", 3, 1)}
    run = SimpleNamespace(state="done", seconds=1)
    good = {"ledger": {"verified": True}}
    unknown = reports._system(ours, run, {}, stored, [])
    assert (unknown["source_rows"], unknown["stored_rows"]) == (None, 3)
    assert reports.problems({**good, "systems": [unknown]}) == []
    wrong = reports._system(ours, run, {(CODE, "licence"): 5}, stored, [])
    assert len(reports.problems({**good, "systems": [wrong]})) == 1
