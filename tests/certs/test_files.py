"""An issuer's file is under its licence's data key: it closes with the keys of the holders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from certs.copies.originals import original, take_in
from certs.licences import files
from certs.licences.publish import publish_system
from certs.tables import issuer_file
from kernel.clock import stopped_clock
from kernel.crypto import decrypt, derive, encrypt
from kernel.errors import Stop
from pipeline.erasing import erase_holder
from pipeline.rotating import GRACE, rotate_storage
from registry.accounts import Account
from tests.certs.test_originals import FOOD, OFFICER, PLAIN, licence
from tests.certs.town import LI, NOW, WANG, Town

BUREAU = Account("bureau", "局", "bureau", None, (), demo=True)


@pytest.fixture
def ready(city: Town) -> Town:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def stored(town: Town) -> str:
    ((found,),) = town.query("SELECT object FROM certs.issuer_file")
    return str(found)


def under_the_master(town: Town, licence_id: str, data: bytes) -> str:
    """A file as it was kept before: under the installation's key."""
    old = f"files/{licence_id}.enc"
    key = derive(town.house.keys.master, "file", licence_id)
    town.house.objects.put(old, encrypt(key, data, old))
    for name in town.house.objects.names("originals/"):
        town.house.objects.remove(name)
    with town.house.engine.begin() as conn:
        conn.execute(update(issuer_file).values(object=old))
    return old


def test_erasing_every_holder_closes_the_file(ready: Town) -> None:
    ready.licence("k1", co_holder=LI)
    publish_system(ready.house, "sc_food", "r2")
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    sealed_ = ready.house.objects.get(files.object_of(licence(ready)))
    erase_holder(ready.house, BUREAU, "person", LI, "赣数〔2026〕7号")
    ready.licence("k1", co_holder=LI)  # landed again, as the source still has it
    with ready.house.engine.connect() as conn, pytest.raises(Stop, match="key of the licence"):
        files.get(ready.house, conn, licence(ready), stored(ready), ready.holder(LI))
    with ready.house.engine.connect() as conn:
        place = stored(ready)
        assert files.get(ready.house, conn, licence(ready), place, ready.holder(WANG)) == PLAIN
    gone, place = licence(ready), stored(ready)
    erase_holder(ready.house, BUREAU, "person", WANG, "赣数〔2026〕7号")
    assert ready.house.objects.get(place) == sealed_  # by key: what is stored opens no more
    for holder in (WANG, LI):
        with ready.house.engine.connect() as conn, pytest.raises(Stop, match="key of the licence"):
            files.get(ready.house, conn, gone, place, ready.holder(holder))
    with pytest.raises(Stop):
        decrypt(derive(ready.house.keys.master, "file", gone), sealed_, place)


def test_a_file_from_before_is_moved_by_a_rotation_and_the_old_object_goes(ready: Town) -> None:
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    under_the_master(ready, licence(ready), PLAIN)
    assert original(ready.house, ready.account(), "C1", "M1", "办理变更")[0] == PLAIN
    ready.house.objects.put("files/nobodys.enc", b"left behind by a kill")
    rotate_storage(ready.house, "ops")
    later = replace(ready.house, clock=stopped_clock(NOW + GRACE))
    assert rotate_storage(later, "ops").kept == 0
    assert list(ready.house.objects.names("files/")) == []
    assert stored(ready) == files.object_of(licence(ready))
    assert original(ready.house, ready.account(), "C1", "M1", "办理变更")[0] == PLAIN
    assert files.bring_under(ready.house) == 0


def test_an_erasure_takes_a_file_from_before_with_it(ready: Town) -> None:
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    old, gone = under_the_master(ready, licence(ready), PLAIN), licence(ready)
    erase_holder(ready.house, BUREAU, "person", WANG, "赣数〔2026〕7号")
    assert old not in set(ready.house.objects.names("files/"))
    with ready.house.engine.connect() as conn, pytest.raises(Stop, match="key of the licence"):
        files.get(ready.house, conn, gone, stored(ready), ready.holder(WANG))
