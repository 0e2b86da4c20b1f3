"""The command line: every command has its help; wrong use is one sentence and a non-zero exit."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
from typer.testing import CliRunner

from cli.installation import free_base
from cli.main import app
from tests.e2e.installed import ROOT, Installed
from tests.e2e.people import example
from tests.e2e.shell import Said, typed, zhongtai

COMMANDS = {
    "", "up", "sync", "unify", "publish", "waivers", "status", "pause", "resume", "systems",
    "systems list", "systems show", "systems check", "systems test", "systems apply",
    "systems propose", "systems discover", "systems form", "systems register", "systems states",
    "systems move", "systems summary", "systems submit", "systems approve", "systems versions",
    "systems diff", "systems rollback", "quarantine", "quarantine list", "quarantine export",
    "quarantine replay", "holds", "holds list", "holds release", "findings", "findings list",
    "findings acknowledge", "secrets", "secrets set", "secrets list", "secrets check",
    "secrets remove", "secrets rotate", "catalog", "catalog questions", "catalog judge",
    "catalog undo", "catalog proposals", "catalog decide", "catalog contradictions",
    "catalog wishes", "catalog wish", "catalog move-wish", "catalog versions", "catalog diff",
    "catalog rollback", "catalog release", "catalog compare", "catalog flow", "catalog deciding",
    "catalog deviations", "catalog propose-deviations", "catalog decide-deviation",
    "catalog assign", "catalog unassign", "catalog export", "catalog import-faults",
    "catalog faults", "catalog settle", "certs", "certs verify", "certs trust",
    "certs audit",
    "certs erase", "certs later", "certs promises", "certs messages", "certs report",
    "certs corrections", "certs answer", "certs history", "certs keep-scan",
    "certs withdraw-scan", "certs keep-file", "certs package", "certs check-package",
    "install",
    "backup", "backup make", "backup keep", "backup follow", "backup list", "restore", "doctor",
    "ledger",
    "ledger verify", "ledger prove", "ledger export", "ledger audit", "ledger heads",
    "ledger sign", "ledger extend", "ledger agree", "keys", "keys rotate", "keys renew",
    "materials", "materials parse", "match",
    "catalog needs", "catalog fields", "catalog forms", "catalog decide-form", "catalog ask",
    "catalog ask unused", "catalog ask more-materials", "catalog ask package",
    "catalog ask next-system", "catalog ask unsatisfied", "catalog waivers",
    "catalog waivers list", "catalog waivers history", "catalog waivers propose",
    "catalog waivers confirm", "catalog waivers publish", "catalog waivers withdraw",
    "complaints", "complaints import", "complaints list", "letter", "count",
    "events", "events list", "events propose", "events approve", "events end", "events replay",
    "events letters", "events deliver",
    "alerts", "alerts list", "alerts channels", "alerts test", "alerts tell", "report",
    "trust", "trust import", "trust list",
    "uses", "uses list", "uses history", "uses decide", "uses dispute", "uses rule",
    "callers", "callers list", "callers apply", "callers approve", "callers pause",
    "callers resume",
    "accounts", "accounts first", "accounts list", "accounts add", "accounts grant",
    "accounts disable", "accounts password", "accounts factor", "accounts audit",
    "rights", "rights roster", "rights duty", "rights end-duty", "rights orders",
    "reader", "rights confirm-order", "rights end-order", "rights alarms", "rights close-alarm",
    "logs", "lineage", "lineage send",
}  # fmt: skip
#: All that can be given. None of it is a person's number; a new one is looked at before it is here.
PARAMETERS = {
    "--home", "--once", "--people", "--seed", "--report", "--port-base", "--crypto",
    "--full", "--dry-run", "--user", "--case", "--json", "--folder", "--offline",
    "system", "code", "codes", "file",
    "--help", "--stream", "--since", "--until", "--accept-deletes", "--why", "--by",
    "--record",  # refused where the key tells who a person is
    "number", "numbers",  # of a finding, a hold, forms that were proposed
    "--queries", "--canonical",  # files of item names
    "--materials",  # a file of names of papers
    "--auth", "--code", "--out", "--schema", "--secret", "name", "new", "old", "state", "version",
    "what", "of", "relation", "answer", "kind", "--to", "--only", "--subject", "--limit",
    "item",  # of the catalogue: a code or an id
    "--item", "--name", "--department", "--division", "--day", "--version", "--verify", "--state",
    "--document", "--documents", "--as", "--table", "--all", "--resend",
    "items", "--answer",  # of a situation, about nobody; answers of a case go over the API
    "--trust", "--size", "--old", "--key", "--kept", "--public-key",
    "--kind",  # person or organisation; the number of a holder comes on standard input
    "post", "--field", "--overdue",
    "case", "material", "licence", "scan",  # a case's number, ids
    "outcome", "--read", "--source", "--answered", "--month",
    "--address", "--entry",  # of a receiver of events
    "--evidence",  # a folder
    "--sysadmin", "--secadmin", "--auditor", "--display", "--role", "--post", "--who", "--before",
    "--person",  # a staff number; a citizen's is refused
    "channel",  # a name in alerts.yml
    "--database", "--store",  # addresses without a password
    "--portal", "--port", "--token-file", "--simulate",  # of a card reader; no card is typed
    "--at", "--from", "--keys", "--every",  # a moment and folders
    "--run", "--batch", "--request", "--system", "--level", "--days",  # names, never a person's
    "types", "--years", "--from-nothing", "--dated",
}  # fmt: skip


class Command(NamedTuple):
    """A command by its words, and what may be given to it."""

    words: str
    parameters: list[str]


def commands(command: Any, words: str = "") -> Iterator[Command]:
    """Every command below this one, itself too."""
    names = [
        (one.opts[0] if one.param_type_name == "option" else str(one.name))
        for one in command.params
    ]
    yield Command(words, names)
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{words} {name}".strip())


def one_sentence(said: Said, *, codes: set[int], has: str) -> None:
    """A wrong use: nothing on standard output, one line on standard error, no traceback."""
    assert said.code in codes, said
    assert said.out == ""
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1, said.err
    assert has in said.err


ALL = list(commands(typer.main.get_command(app)))


def test_these_are_the_commands() -> None:
    assert {one.words for one in ALL} >= COMMANDS


@pytest.mark.parametrize("words", [one.words for one in ALL])
def test_every_command_has_its_help(words: str) -> None:
    said = CliRunner().invoke(app, [*words.split(), "--help"])
    assert said.exit_code == 0
    assert "Usage:" in said.output
    assert len(said.output.splitlines()) > 4


def test_help_works_as_typed() -> None:
    said = typed("systems", "check", "--help")
    assert (said.code, said.err) == (0, "")
    one_sentence(typed("systems", "show", "nope"), codes={2}, has="no system nope")


def test_no_personal_number_is_ever_an_argument() -> None:
    assert {name for one in ALL for name in one.parameters} <= PARAMETERS


@pytest.mark.parametrize(
    ("words", "code", "has"),
    [
        ("sync nope", 2, "no system nope"),
        ("sync nope --dry-run", 2, "no system nope"),
        ("systems show nope", 2, "no system nope"),
        ("systems check nope", 2, "no system nope"),
        ("systems test nope", 2, "no system nope"),
        ("up --once --crypto sha", 2, "there is no crypto sha: allowed are standard, gm"),
        ("waivers --user nobody --case X", 2, "no account nobody"),
        ("waivers --user clerk --case X", 5, "没有找到这个办件"),
        ("match --queries no.csv --canonical no.csv --out o.csv", 2, "no.csv cannot be read"),
        ("match --queries no.csv --canonical no.csv --out tests", 2, "tests is a folder"),
        ("certs verify missing.pdf", 2, "missing.pdf is not a file"),
        ("certs verify tests", 2, "tests is not a file"),
        ("systems list --folder tests", 2, "holds no system"),
        ("ledger prove 999999999", 2, "no entry 999999999"),
        ("ledger prove 0 --old", 2, "an old size is between 1 and"),
        ("ledger prove 0 --size 999999999", 2, "a size is between 1 and"),
        ("ledger prove 0 --out tests/nope/x", 2, "cannot be written"),
        ("ledger export tests/nope/x", 2, "tests/nope is not a folder"),
        ("ledger heads --kept tests/nope", 2, "is no folder of heads"),
        ("ledger extend --by nobody --why x", 2, "no account nobody"),
        ("ledger extend --by clerk --why 维修", 5, "only operations and the bureau"),
        ("ledger extend --by ops --why 维修", 2, "nothing to put off"),
        ("ledger agree --by bureau", 2, "nothing to put off"),
        ("keys rotate nope --by ops", 2, "no kind of key nope"),
        ("keys rotate storage --by clerk", 5, "only operations replaces keys"),
        ("events approve 7 --by bureau --address 127.0.0.1", 2, "no receiver 7"),
        ("events propose tests/nope.json --by ops", 2, "tests/nope.json cannot be read"),
        ("events replay 7 --by ops", 2, "either --since or --entry"),
        ("events replay 7 --by ops --since 昨天", 2, "昨天 is no time"),
        ("events letters 7 --by nobody", 2, "no account nobody"),
        ("trust import tests/nope.json --by ops", 2, "tests/nope.json cannot be read"),
        ("trust import pyproject.toml --by ops", 2, "no signed list of issuers"),
        ("trust import pyproject.toml --by clerk", 5, "只有运维人员和审批局"),
        ("reader --portal x --token-file no", 2, "--portal is an address without a path"),
        ("reader --portal http://a --token-file no", 2, "no cannot be read"),
        ("reader --portal http://a --token-file LICENSE", 2, "no device is known here"),
        ("lineage send", 2, "lineage in settings.json names no endpoint"),
        ("logs --run nope", 2, "no such line in"),
        ("logs --level loud", 2, "no level loud: allowed are info, warning, error"),
        ("logs --batch sc_food", 2, "a batch is SYSTEM/STREAM/RUN/NUMBER"),
        ("logs --batch a/b/c/0 --run c", 2, "--batch names its run and system itself"),
        ("certs erase --document 文件一号 --by ops --kind firm", 2, "a person or an organisation"),
    ],
)
def test_wrong_use_is_one_sentence(installed: Installed, words: str, code: int, has: str) -> None:
    one_sentence(zhongtai(*words.split(), home=installed.home), codes={code}, has=has)


@pytest.mark.parametrize(
    "words", ["nope", "sync", "sync a b", "status --nope", "up --people 1", "up --port-base x"]
)
def test_what_is_no_command_is_said_without_a_traceback(words: str) -> None:
    said = zhongtai(*words.split())
    assert said.code == 2
    assert "Traceback" not in said.err
    assert said.err


@pytest.mark.parametrize(
    "words",
    ["status", "sync sc_food", "unify", "publish", "ledger verify", "systems check",
     "systems apply", "waivers --user clerk --case X", "certs trust --out x.json"],
)  # fmt: skip
def test_a_folder_without_an_installation_is_named(tmp_path: Path, words: str) -> None:
    said = zhongtai(*words.split(), home=tmp_path)
    one_sentence(said, codes={2}, has=f"{tmp_path} holds no installation")


def test_a_broken_contract_is_named_by_file_line_and_choices(tmp_path: Path) -> None:
    shutil.copy(ROOT / "connectors" / "systems" / "sc_food.yml", tmp_path)
    file = tmp_path / "sc_food.yml"
    text = file.read_text("utf-8")
    file.write_text(re.sub("level: .*", "level: village", text), "utf-8")
    line = text[: text.index("level:")].count("\n") + 1
    said = zhongtai("systems", "check", "--offline", "--folder", str(tmp_path))
    one_sentence(said, codes={2}, has=f"sc_food.yml, line {line}")
    assert "municipal" in said.err


def test_yaml_that_is_none_is_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("code: [1,\nname: {", "utf-8")
    said = zhongtai("systems", "list", "--folder", str(tmp_path))
    one_sentence(said, codes={2}, has="broken.yml, line 3")


def test_a_folder_that_cannot_be_made_is_named() -> None:
    said = zhongtai("up", "--once", "--home", "/proc/zhongtai")
    one_sentence(said, codes={2}, has="/proc/zhongtai cannot be written")


def test_a_taken_port_is_named_with_what_holds_it_and_what_to_type(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        said = zhongtai("up", "--once", "--home", str(tmp_path), "--port-base", str(port))
    one_sentence(said, codes={2}, has=f"port {port}")
    assert "--port-base" in said.err


def test_another_citys_people_or_seed_is_refused_for_a_folder_that_has_one(tmp_path: Path) -> None:
    (tmp_path / "city.json").write_text('{"people": 200, "seed": 360700}', "utf-8")
    for words in ("--people 300", "--seed 1"):
        said = zhongtai("up", "--once", "--home", str(tmp_path), *words.split())
        one_sentence(said, codes={2}, has="was made with --people 200 --seed 360700")


def test_keys_gone_while_data_is_there_stop_the_start(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n", "utf-8")
    (tmp_path / "keys").mkdir()
    said = zhongtai("up", "--once", "--home", str(tmp_path), "--port-base", str(free_base()))
    assert said.code == 3
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert "is gone but the data is there" in said.err
    assert list((tmp_path / "keys").iterdir()) == []
    assert not (tmp_path / "logs").exists()


def test_a_key_that_was_damaged_is_named(installed: Installed, tmp_path: Path) -> None:
    for name in ("keys", "secrets"):
        shutil.copytree(installed.home / name, tmp_path / name)
    shutil.copy(installed.home / "settings.json", tmp_path)
    for name in ("master.key", "ledger.pem"):
        whole = (tmp_path / "keys" / name).read_bytes()
        (tmp_path / "keys" / name).write_bytes(whole[:-1][1:])
        said = zhongtai("status", home=tmp_path)
        one_sentence(said, codes={3}, has=f"{name} is damaged")
        (tmp_path / "keys" / name).write_bytes(whole)


def test_a_database_that_does_not_answer_is_one_sentence(
    installed: Installed, tmp_path: Path
) -> None:
    for name in ("keys", "secrets"):
        shutil.copytree(installed.home / name, tmp_path / name)
    settings = json.loads((installed.home / "settings.json").read_text("utf-8"))
    url = "postgresql+psycopg://zhongtai@127.0.0.1:1/zhongtai"
    (tmp_path / "settings.json").write_text(json.dumps({**settings, "database_url": url}), "utf-8")
    shutil.copy(installed.home / "registry.json", tmp_path)
    for words in ("status", "sync sc_food", "ledger verify"):
        said = zhongtai(*words.split(), home=tmp_path)
        one_sentence(said, codes={4}, has="the database does not answer")


def test_every_system_is_reached(installed: Installed) -> None:
    said = zhongtai("systems", "check", home=installed.home)
    assert (said.code, said.err) == (0, "")
    lines = said.out.strip().splitlines()
    assert len(lines) == len(installed.systems) == 47
    assert all(line.endswith("reached") for line in lines)


def test_the_steps_by_hand(installed: Installed) -> None:
    home, case = installed.home, example(installed)["case"]
    for words, has in (
        ("sync sc_food --dry-run", "would be quarantined"),
        ("sync sc_food", "rows read"),
        ("sync ga_population", "1 of 1 probes answered"),
        ("unify", "canonical items"),
        ("publish", "catalogue version"),
        ("systems apply", "0 changed"),
        ("systems list", "sc_food"),
        ("systems show sc_food", '"code": "sc_food"'),
        ("status", "sc_food"),
        (f"waivers --user clerk --case {case}", "免提交"),
    ):
        said = zhongtai(*words.split(), home=home)
        assert (said.code, said.err) == (0, ""), words
        assert has in said.out, words


def test_the_json_of_the_commands(installed: Installed, tmp_path: Path) -> None:
    home, told = installed.home, example(installed)
    plan = json.loads(
        zhongtai("waivers", "--user", "clerk", "--case", told["case"], "--json", home=home).out
    )
    waived = [one["name"] for one in plan["materials"] if one["verdict"] == "waived"]
    assert waived == [one["name"] for one in told["materials"] if one["waived"]]
    status = json.loads(zhongtai("status", "--json", home=home).out)
    assert len(status["systems"]) == 47

    clerk = installed.account("clerk")
    material = next(one for one in plan["materials"] if one["verdict"] == "waived")
    copy = installed.platform.fetch(clerk, told["case"], material["material_id"], "prove")
    file = tmp_path / "copy.pdf"
    file.write_bytes(copy.pdf)
    said = zhongtai("certs", "verify", str(file), "--json", home=home)
    verdict = json.loads(said.out)
    assert (said.code, verdict["untouched"], verdict["issuer_known"]) == (0, True, True)
    file.write_bytes(copy.pdf[:-40] + b"x" + copy.pdf[-39:])
    assert zhongtai("certs", "verify", str(file), home=home).code == 1
