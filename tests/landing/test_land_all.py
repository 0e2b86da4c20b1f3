"""Batches that land one behind the other end as batches that land one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kernel.batch import Batch
from kernel.errors import RetryLater
from kernel.house import House
from landing import cursors
from landing.land import land_all, land_batch
from tests.landing.frames import Row, batch_of, raw, stream_of
from tests.landing.state import all_of, live, refused

STREAM = stream_of("ga_vehicle", "licence")


def made(seed: int) -> list[Batch]:
    """Five batches over twelve keys: good, bad and deleted versions, keys twice in a batch too."""
    draw = random.Random(seed)
    return [
        batch_of(*(_row(draw) for _ in range(8)), cursor=f'{{"since": "{n}"}}') for n in range(5)
    ]


def _row(draw: random.Random) -> Row:
    what = draw.choice(["good", "good", "good", "bad", "gone"])
    fields = {"status": "?"} if what == "bad" else {}
    row = raw(STREAM, f"k{draw.randrange(12)}", issuer=f"v{draw.randrange(9)}", **fields)
    return {**row, "操作标志": "D" if what == "gone" else "U"}


@pytest.mark.parametrize("seed", range(6))
def test_a_first_read_ends_as_one_batch_after_the_other(house: House, seed: int) -> None:
    batches = made(seed)
    for seq, batch in enumerate(batches):
        land_batch(house, "ga_vehicle", STREAM, "r", seq, batch)
    want = all_of(house)
    with house.engine.begin() as conn:
        conn.execute(text("TRUNCATE landing.licence, landing.quarantine, landing.batch"))
        conn.execute(text("TRUNCATE landing.finding, landing.cursor"))
    landed = [one for one, _ in land_all(house, "ga_vehicle", STREAM, "r", 0, batches)]
    assert landed == batches
    got = all_of(house)
    assert {k: v for k, v in got.items() if k != "batch"} == {
        k: v for k, v in want.items() if k != "batch"
    }
    again = [counts for _, counts in land_all(house, "ga_vehicle", STREAM, "r2", 0, batches[-1:])]
    assert again[0].stored == 0


def test_what_lands_before_an_error_stays_and_the_error_comes_out(house: House) -> None:
    def source() -> Iterator[Batch]:
        yield batch_of(raw(STREAM, "k1"), cursor='{"since": "1"}')
        yield batch_of(raw(STREAM, "k2"), cursor='{"since": "2"}')
        raise RetryLater("the source ends here")

    landed = land_all(house, "ga_vehicle", STREAM, "r", 0, source())
    with pytest.raises(RetryLater, match="ends here"):
        list(landed)
    assert len(live(house, "licence")) == 2
    assert refused(house) == {}
    with house.engine.connect() as conn:
        assert cursors.read(conn, "ga_vehicle", "licence") == '{"since": "2"}'


def test_a_mended_mapping_reads_unchanged_rows_anew(house: House) -> None:
    batch = batch_of(raw(STREAM, "k1"))
    land_batch(house, "ga_vehicle", STREAM, "r", 0, batch)
    assert land_batch(house, "ga_vehicle", STREAM, "r", 1, batch).unchanged == 1
    fields = {**STREAM.fields}
    del fields["issuer"]
    mended = STREAM.model_copy(update={"fields": fields, "ignore": [*STREAM.ignore, "发证机关"]})
    assert land_batch(house, "ga_vehicle", mended, "r", 2, batch).stored == 1
    [row] = live(house, "licence").values()
    assert row["issuer"] is None
