"""Evidence for an examiner: what it names is there, and gaps are said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kernel.house import House
from kernel.settings import save_settings
from pipeline.evidence.clauses import Standard, standards
from pipeline.evidence.samples import samples
from pipeline.evidence.written import write
from tests.conftest import keep_passwords

ROOT = Path(__file__).resolve().parents[2]
#: Sections of ASVS 5.0.0 with a requirement of level 1 or 2: the last of each chapter, less those
#: that have requirements of level 3 alone.
LAST = (5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5, 3)
DEEPER = {"V3.1", "V3.6", "V6.7", "V11.7", "V15.4"}
EVERY = pytest.mark.parametrize("one", standards(), ids=lambda one: one.standard)


@pytest.fixture
def home(house: House, servers: dict[str, str | int]) -> Path:
    """An installation that can be opened from its folder."""
    save_settings(house.settings)
    keep_passwords(house)
    house.secrets.put("S3_ID", str(servers["s3_id"]))
    house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
    return house.settings.home


@EVERY
def test_every_file_and_test_that_a_clause_names_is_there(one: Standard) -> None:
    for clause in one.clauses:
        assert [name for name in clause.where if not (ROOT / name).is_file()] == [], clause.clause
        for test in clause.test:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), (clause.clause, test)


@EVERY
def test_a_clause_says_what_is_set_or_what_is_lacking(one: Standard) -> None:
    numbers = [clause.clause for clause in one.clauses]
    assert len(numbers) == len(set(numbers))
    for clause in one.clauses:
        if clause.state == "met":
            assert clause.how, clause.clause
            assert clause.where, clause.clause
        if clause.state == "part":
            assert clause.how, clause.clause
        if clause.state != "met":
            assert clause.gap, clause.clause


def test_no_section_of_level_2_is_left_out() -> None:
    wanted = {f"V{at}.{one}" for at, last in enumerate(LAST, 1) for one in range(1, last + 1)}
    [asvs] = [one for one in standards() if one.standard.startswith("OWASP")]
    assert wanted - DEEPER <= {clause.clause for clause in asvs.clauses} <= wanted


def test_it_is_written_with_what_is_seen_now(home: Path, house: House, tmp_path: Path) -> None:
    seen = samples(home)
    said = write(tmp_path / "evidence", seen, house.clock())
    assert len(said) == 3
    facts = json.loads((tmp_path / "evidence" / "evidence.json").read_text("utf-8"))
    clauses = {clause["clause"]: clause for one in facts["standards"] for clause in one["clauses"]}
    assert clauses["8.1.4.2"]["seen"]["roles"].startswith("ok: each service has the rights")
    assert clauses["8.4 e"]["seen"]["crypto"] == "profile standard, signing keys in files"
    page = (tmp_path / "evidence" / "evidence.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| (8|V)", line)]
    assert len(rows) == len(clauses) > 90
    assert {line.count("|") for line in rows} == {9}


def test_no_secret_stands_in_it(home: Path, house: House, tmp_path: Path) -> None:
    write(tmp_path / "evidence", samples(home), house.clock())
    text = (tmp_path / "evidence" / "evidence.md").read_text("utf-8")
    text += (tmp_path / "evidence" / "evidence.json").read_text("utf-8")
    words = [file.read_text("utf-8") for file in (home / "secrets").iterdir()]
    assert [word for word in words if len(word) > 7 and word in text] == []
