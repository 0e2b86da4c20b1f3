"""Laws of the landing: retry = once, and the end state is what the last words said."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kernel.crypto import keyed_hash
from kernel.house import House
from landing.land import land_batch
from tests.landing.frames import Row, batch_of, raw, stream_of
from tests.landing.state import all_of, live, refused

STREAM = stream_of("ga_vehicle", "licence")
TABLES = ("licence", "quarantine", "finding", "batch", "cursor", "seen")
Change = tuple[str, str, int]
changes = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["good", "bad", "gone"]), st.integers(0, 2)
)


def row_of(change: Change) -> Row:
    """A row that says: this key is good in this version, or bad, or gone."""
    key, what, version = change
    row = raw(STREAM, key, issuer=f"v{version}", **({"status": "?"} if what == "bad" else {}))
    return {**row, "操作标志": "D" if what == "gone" else "U"}


def fresh(house: House) -> None:
    """Empty the landing."""
    with house.engine.begin() as conn:
        conn.execute(text(f"TRUNCATE {', '.join('landing.' + name for name in TABLES)}"))


def end_state(house: House, batches: list[list[Change]], times: list[int]) -> dict[str, list[str]]:
    """Land batches, each so many times, and give the end state."""
    fresh(house)
    for seq, (changed, count) in enumerate(zip(batches, times, strict=True)):
        batch = batch_of(*(row_of(one) for one in changed), cursor=str(seq))
        for _ in range(count):
            land_batch(house, "ga_vehicle", STREAM, "r", seq, batch)
    return all_of(house)


@settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(changes, min_size=1, max_size=5), min_size=1, max_size=2), st.data())
def test_a_batch_landed_again_is_landed_once(
    house: House, batches: list[list[Change]], data: st.DataObject
) -> None:
    times = data.draw(st.lists(st.integers(1, 2), min_size=len(batches), max_size=len(batches)))
    once = end_state(house, batches, [1] * len(batches))
    assert end_state(house, batches, times) == once
    last = {key: (what, version) for batch in batches for key, what, version in batch}
    hashes = {
        key: keyed_hash(house.keys.index, "key", "ga_vehicle", "licence", key) for key in last
    }
    want = {hashes[key]: f"v{version}" for key, (what, version) in last.items() if what == "good"}
    assert {key: row["issuer"] for key, row in live(house, "licence").items()} == want
    assert set(refused(house)) == {hashes[key] for key, (what, _) in last.items() if what == "bad"}
