"""An upgrade while people work: migrations add, wait for moments only, and refuse no look."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, text

from certs.copies.share import fetch
from certs.licences.publish import publish_system
from kernel.db import lock
from kernel.errors import RetryLater
from kernel.house import House
from pipeline import moments
from pipeline.migrate import FOLDER, migrate
from pipeline.roles.apply import make_roles
from tests.certs.town import Town

#: The newest version of the tables that was in use before these rules were.
BEFORE: Final = "0022"
HEAVY: Final = re.compile(
    r"DROP (TABLE|COLUMN)|RENAME|ALTER COLUMN \w+ (TYPE|SET NOT NULL)|LOCK TABLE|VACUUM FULL"
    r"|CLUSTER|TRUNCATE|CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)",
    re.IGNORECASE,
)
CALLS: Final = {"drop_table", "drop_column", "alter_column", "rename_table", "create_index"}
#: What an upgrade does all the same, by revision, and why nobody who works meanwhile is stopped.
NAMED: Final[dict[str, str]] = {
    "0024": "an index stops no reading; cases are written by syncs, which wait for a second",
    "0027": "an index stops no reading; reviews are written by unifying, corrections by a person",
    "0028": "an index stops no reading; of facts that were given there is a row a look",
    "0030": "an index of no row yet stops no reading; licences are written by syncs",
    "0029": "an index stops no reading; lists of materials are written by syncs, which wait for it",
}


def versions() -> list[Path]:
    """The migrations that these rules are for."""
    found = sorted((FOLDER / "versions").glob("[0-9]*.py"))
    return [file for file in found if file.name[:4] > BEFORE]


def heavy(file: Path) -> Iterator[str]:
    """What an upgrade does that old programs, or a full table, do not stand."""
    tree = ast.parse(file.read_text("utf-8"))
    made = {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "create_table"
        and isinstance(node.args[0], ast.Constant)
    }
    down = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "downgrade")
    tree.body.remove(down)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (found[0] for found in HEAVY.finditer(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name == "create_index" and len(node.args) > 1:
                table = getattr(node.args[1], "value", "")
                if table in made:
                    continue  # of a table that is new and empty
            if name in CALLS:
                yield name


@pytest.mark.parametrize("file", versions(), ids=lambda file: file.stem)
def test_a_migration_adds_and_holds_no_table_for_long(file: Path) -> None:
    assert file.name[:4] in NAMED or list(heavy(file)) == []


def test_the_rule_sees_what_is_heavy(tmp_path: Path) -> None:
    file = tmp_path / "0099_bad.py"
    file.write_text(
        'def upgrade():\n    op.drop_column("a", "b")\n'
        '    op.execute("ALTER TABLE a ALTER COLUMN b TYPE text")\n'
        '    op.create_index("i", "landing_licence", ["b"])\n'
        'def downgrade():\n    op.drop_table("c")\n',
        "utf-8",
    )
    assert sorted(heavy(file)) == ["ALTER COLUMN b TYPE", "create_index", "drop_column"]


@pytest.fixture
def busy(city: Town) -> Town:
    """A published licence, and a case that asks for it."""
    city.material("M1", ["食品经营许可证"])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def test_no_look_is_refused_while_the_tables_are_brought_up(busy: Town) -> None:
    """The same portal looks on tables of before, while they change, and after: down again too."""
    owner, done, wrong = busy.house, threading.Event(), []
    looks, account = [0], busy.account("clerk")
    portal = busy.house.under("portal")

    def work() -> None:
        while not done.is_set():
            try:
                made = fetch(portal, account, "C1", "M1", "办理食品经营许可（变更）（办件 C1）")
                looks[0] += made.pdf.startswith(b"%PDF")
            except Exception as error:  # noqa: BLE001  (whatever it was counts as refused)
                wrong.append(f"{type(error).__name__}: {error}"[:200])

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    try:
        for _ in range(3):
            migrate(owner, BEFORE, down=True)
            migrate(owner)
            make_roles(owner)
            seen, deadline = looks[0], threading.Event()
            while looks[0] < seen + 4 and not wrong:
                deadline.wait(0.05)
    finally:
        done.set()
        for one in workers:
            one.join()
    assert wrong == []
    assert looks[0] >= 12


def test_a_migration_lets_go_of_a_table_that_is_in_use(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes meanwhile is served: a migration that waits for long would stop them behind it."""
    monkeypatch.setattr(moments, "TRIES", 2)
    monkeypatch.setattr(moments, "WAIT_MS", 50)
    migrate(house, BEFORE, down=True)
    with house.engine.connect() as reader, reader.begin():
        reader.execute(text("SELECT count(*) FROM landing.quarantine"))
        with pytest.raises(RetryLater, match="a table was in use all the time"):
            migrate(house)
    migrate(house)
    with house.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM registry.owner")).scalar_one() == 0


def test_two_migrations_at_once_go_one_after_the_other(house: House) -> None:
    migrate(house, BEFORE, down=True)
    with house.engine.connect() as other, other.begin():
        lock(other, "migrate")
        late = threading.Thread(target=migrate, args=(house,))
        late.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        pause = threading.Event()
        while late.is_alive() and not other.execute(waiting).scalar_one():
            pause.wait(0.02)
        assert late.is_alive()
    late.join()
    with house.engine.connect() as conn:
        found = conn.execute(text("SELECT to_regclass('registry.owner')")).scalar_one()
    assert found is not None


def test_who_comes_second_finds_it_done_and_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its list of versions was made before the first had gone through them."""
    migrate(house, BEFORE, down=True)
    one_by_one = moments.in_moments
    first = iter([True])

    def later(owner: House, change: Callable[[Connection], None]) -> None:
        if next(first, False):
            migrate(owner)
        one_by_one(owner, change)

    monkeypatch.setattr("pipeline.migrate.in_moments", later)
    migrate(house)
    with house.engine.connect() as conn:
        found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert found == versions()[-1].name[:4]
