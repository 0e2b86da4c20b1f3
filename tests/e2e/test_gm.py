"""An installation of the gm profile from the source to the copy; the other profile starts none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from certs.licences.holders import open_document
from certs.seals.seal import licence_file
from certs.tables import licence_holder
from cli.installation import installation
from cli.truth import Truth
from kernel.house import House
from kernel.keys import make_keys
from kernel.profile import STANDARD
from ledger.heads import sign_head
from pipeline.platform import Platform
from tests.e2e.installed import do_step, steps_of
from tests.e2e.shell import zhongtai

PEOPLE = 50
#: What the worked example needs: its item, its case, and who holds what stands for its materials.
CODES = ("xzsp_items", "xzsp_window", "sc_enterprise", "zr_realestate")
GM = tuple[House, dict[str, Any]]


@pytest.fixture(scope="module")
def gm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GM]:
    """A city's worked example synced, sealed and published under SM2, SM3 and SM4; the example."""
    home = tmp_path_factory.mktemp("gm") / "home"
    with installation(home, PEOPLE, portal=False, crypto="gm") as (house, systems):
        for step in steps_of(systems, CODES):
            do_step(house, step, "gm")
        yield house, Truth(house.secrets).get("/example")


def copies(gm: GM) -> list[bytes]:
    """A copy of each material that the worked example need not bring."""
    house, told = gm
    platform = Platform(house)
    clerk = platform.account("clerk")
    assert clerk is not None
    plan = platform.plan(clerk, told["case"])
    waived = [line for line in plan.lines if line.verdict == "waived"]
    assert {line.name for line in waived} == {
        one["name"] for one in told["materials"] if one["waived"]
    }
    return [platform.fetch(clerk, told["case"], one.material_id, "prove").pdf for one in waived]


def test_what_is_shared_verifies_by_the_trust_file_alone(gm: GM, tmp_path: Path) -> None:
    house = gm[0]
    trust, nowhere = tmp_path / "trust.json", tmp_path / "nowhere"
    assert zhongtai("certs", "trust", "--out", str(trust), home=house.settings.home).code == 0
    with house.engine.connect() as conn:
        held = conn.execute(select(licence_holder).limit(1)).one()
        document = open_document(house, conn, held.licence_id, held.holder_hash)
        files = [*copies(gm), licence_file(house, conn, held.licence_id, document)]
    for number, data in enumerate(files):
        file = tmp_path / f"{number}"
        file.write_bytes(data)
        said = zhongtai("certs", "verify", str(file), "--trust", str(trust), home=nowhere)
        assert (said.code, "valid" in said.out) == (0, True), said
        file.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
        said = zhongtai("certs", "verify", str(file), "--trust", str(trust), home=nowhere)
        assert said.code == 1, said


def test_the_ledger_and_a_package_verify(gm: GM, tmp_path: Path) -> None:
    house, told = gm
    copies(gm)
    sign_head(house)
    home, out = house.settings.home, str(tmp_path / "package.zip")
    assert zhongtai("ledger", "verify", home=home).code == 0
    asked = ("certs", "package", told["case"], "--by", "clerk", "--out", out)
    assert zhongtai(*asked, home=home).code == 0
    assert zhongtai("certs", "verify", out, home=home).code == 0


def test_keys_of_the_other_profile_start_nothing(gm: GM, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("settings.json", "secrets"):
        kept = gm[0].settings.home / name
        (shutil.copytree if kept.is_dir() else shutil.copy)(kept, home / name)
    make_keys(home, STANDARD)
    said = zhongtai("ledger", "verify", home=home)
    assert said.code != 0
    assert "of the standard profile" in said.err
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("18\n")
    said = zhongtai("up", "--home", str(home), "--crypto", "standard")
    assert said.code != 0
    assert "uses the crypto gm and keeps it" in said.err
