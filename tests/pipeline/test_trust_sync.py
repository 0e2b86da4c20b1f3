"""A whole sync of dropped files: frozen columns stop it, too many refused rows fail its run."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.errors import PersonMustAct, SchemaChanged
from kernel.house import House
from landing.read import counts
from landing.tables import run as runs
from pipeline.sync import sync
from registry.applied import apply
from tests.landing.frames import citizen

TRIAL = Path(__file__).parents[1] / "registry" / "data" / "files_full.yml"
COLUMNS = (
    "流水号",
    "办件编号",
    "事项编码",
    "办件状态",
    "受理时间",
    "申请人",
    "申请人证件号码",
    "申请人类型",
)
CODE = "jy_trial"


@pytest.fixture
def dropped(house: House, tmp_path: Path) -> Path:
    """An installation with one system that drops files, and the folder where it does."""
    contracts, folder = tmp_path / "contracts", tmp_path / "drop"
    contracts.mkdir()
    folder.mkdir()
    text = TRIAL.read_text("utf-8").replace("store: sftp", "store: folder")
    lines = [line for line in text.splitlines() if "auth:" not in line]
    (contracts / f"{CODE}.yml").write_text("\n".join(lines) + "\n", "utf-8")
    apply(house, contracts, "test")
    house.secrets.put("JY_TRIAL_URL", str(folder))
    return folder


def drop(folder: Path, number: int, rows: int, odd: int = 0, without: str = "") -> None:
    """A whole file; `odd` of its rows have a state that is not mapped."""
    names = [name for name in COLUMNS if name != without]
    lines = [",".join(names)]
    for n in range(rows):
        state = "不详" if n < odd else "已受理"
        row = (
            f"{n}", f"C{n}", "T1", state, "2026-11-01 08:30:00", "某人", citizen(n), "居民身份证",
        )  # fmt: skip
        lines.append(",".join(dict(zip(COLUMNS, row, strict=True))[name] for name in names))
    file = folder / f"case_full_2026110100000{number}.csv"
    file.write_bytes("\r\n".join(lines).encode("gbk") + b"\r\n")
    (folder / f"{file.name}.done").touch()


def state(house: House, run: str) -> tuple[str, str | None]:
    with house.engine.connect() as conn:
        row = conn.execute(select(runs.c.state, runs.c.error).where(runs.c.id == run)).one()
    return row.state, row.error


def test_a_frozen_stream_stops_and_goes_on_when_the_column_is_back(
    house: House, dropped: Path
) -> None:
    drop(dropped, 1, 30)
    assert sync(house, CODE, "r1").stored == 30
    drop(dropped, 2, 30, without="申请人")
    with pytest.raises(SchemaChanged) as caught:
        sync(house, CODE, "r2")
    assert "the column 申请人 is missing; the stream is frozen" in caught.value.message
    assert state(house, "r2") == ("failed", caught.value.message)
    with house.engine.connect() as conn:
        assert [(one.stored, one.quarantined) for one in counts(conn)] == [(30, 0)]
    drop(dropped, 3, 31)
    assert sync(house, CODE, "r3").stored == 1


def test_too_many_refused_rows_fail_the_run_until_they_are_mended(
    house: House, dropped: Path
) -> None:
    drop(dropped, 1, 60, odd=20)
    with pytest.raises(PersonMustAct) as caught:
        sync(house, CODE, "r1")
    assert caught.value.message.startswith(
        "jy_trial case: 20 of 60 rows are in quarantine, and at most 10% city-wide may be"
    )
    assert state(house, "r1") == ("failed", caught.value.message)
    with house.engine.connect() as conn:
        assert [(one.stored, one.quarantined) for one in counts(conn)] == [(40, 20)]
    drop(dropped, 2, 60)
    assert sync(house, CODE, "r2").stored == 20
    assert state(house, "r2") == ("done", None)
