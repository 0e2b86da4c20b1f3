"""The standing folder: whose seals are known beside our own, until they are taken out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from certs.verifying.file import verify_file
from certs.verifying.outside import issuers, trust_now
from kernel.errors import PersonMustAct
from kernel.house import House
from pipeline.platform import Platform
from tests.certs import sealer
from tests.certs.sealer import FROM, TO
from tests.certs.test_pdf import NOW, ROOT, cms, sealed
from tests.certs.town import Town


@pytest.fixture
def there(town: Town, tmp_path: Path) -> House:
    """An installation whose settings name a folder with one authority in it."""
    folder = tmp_path / "known"
    folder.mkdir()
    (folder / "root.cer").write_bytes(ROOT.certificate)
    (folder / "README").write_text("not read")
    return replace(town.house, settings=replace(town.house.settings, trust_folder=str(folder)))


def status(house: House) -> str:
    return verify_file(sealed(cms), trust_now(house), NOW).status


def test_who_is_in_the_folder_is_known_until_taken_out(there: House) -> None:
    assert status(there) == "valid"
    (one,) = issuers(there)
    assert (one.name, one.since, one.until, one.origin) == (ROOT.name, FROM, TO, "root.cer")
    (Path(there.settings.trust_folder) / "root.cer").unlink()
    assert status(there) == "unknown_issuer"


def test_the_verify_page_goes_by_it_and_says_its_days(there: House) -> None:
    platform = Platform(there)
    assert platform.verify(sealed(cms))["issuer_known"] is True
    (row,) = platform.issuers()
    assert (row.name, row.since.year, row.until.year) == (ROOT.name, FROM.year, TO.year)


def test_the_state_folders_own_is_read_where_none_is_named(town: Town, tmp_path: Path) -> None:
    house = replace(town.house, settings=replace(town.house.settings, home=tmp_path))
    assert issuers(house) == []
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "root.der").write_bytes(ROOT.certificate)
    assert [one.origin for one in issuers(house)] == ["root.der"]


def test_a_folder_that_cannot_be_read_answers_for_nobody(there: House) -> None:
    (Path(there.settings.trust_folder) / "more.pem").write_text("-----BEGIN nothing")
    with pytest.raises(PersonMustAct, match=r"more.pem is no certificate"):
        trust_now(there)
    gone = replace(there, settings=replace(there.settings, trust_folder="/nowhere/at/all"))
    with pytest.raises(PersonMustAct, match="/nowhere/at/all is not a folder"):
        trust_now(gone)


def test_a_name_is_what_the_certificate_says(there: House) -> None:
    other = sealer.certify("某省电子印章中心", authority=True)
    (Path(there.settings.trust_folder) / "a.der").write_bytes(other.certificate)
    assert [one.name for one in issuers(there)] == ["某省电子印章中心", ROOT.name]
