"""What blind search found is kept once, with all of its scan or not at all."""

from __future__ import annotations

import asyncpg
import msgspec
import pytest

from schemas import Candidate, Instant, ScanRun, Spike
from schemas.errors import NotYet
from transients.store import LIVE, CandidateQuery, Store, WatchPosition

AT = Instant(utc="2022-03-01T00:00:00")


def found(minute: int, **fields: object) -> Candidate:
    """A candidate some minutes after."""
    start = Instant(utc=f"2022-03-01T00:{minute:02d}:00", ns=123_456_789)
    plain = Candidate(
        mission="INTEGRAL", instrument="SPI-ACS", tier="simulated", simulated=True, start=start, duration_s=0.1, peak=start,
        counts=900.0, background_cts_s=90_000.0, snr=8.5, far_hz=1e-7, classification="burst", source="a.fits", version="v",
        spike=Spike(likely=False, log_ratio=-3.0, bins=2), spike_probability=0.01,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **fields)


def run(scan_id: str = "one") -> ScanRun:
    """A scan that was done."""
    return ScanRun(
        scan_id=scan_id, archive="archive", version="v", parameters={"threshold_snr": 5.0}, started=AT, finished=AT, files=3,
        broken={"b.fits": "cut short"}, bins=100, live_s=5.0, candidates={"burst": 2},
    )  # fmt: skip


async def test_a_scan_is_kept_once(store: Store) -> None:
    candidates = [found(1), found(2, classification="spike", far_hz=1e-3)]
    assert await store.put_scan(run(), candidates) == 2
    assert await store.put_scan(run(), candidates) == 0
    assert await store.scans() == (run(),)
    kept = await store.candidates(CandidateQuery())
    assert [each.candidate for each in kept] == candidates[::-1]
    assert {each.scan_id for each in kept} == {"one"}
    # Another scan of the same archive is another row.
    assert await store.put_scan(run("two"), candidates[:1]) == 1
    assert len(await store.candidates(CandidateQuery())) == 3


async def test_candidates_are_found_by_what_they_are(store: Store) -> None:
    await store.put_scan(run(), [found(1), found(2, classification="spike", far_hz=1e-3), found(3, duration_s=4.0)])

    async def minutes(**conditions: object) -> list[int]:
        query = CandidateQuery(**conditions)  # type: ignore[arg-type]
        rows = await store.candidates(query)
        if query.limit == 100 and not query.offset:
            assert sum((await store.candidate_counts(query)).values()) == len(rows)
        return [int(row.candidate.start.utc[14:16]) for row in rows]

    assert await minutes() == [3, 2, 1]
    assert await minutes(classification="burst") == [3, 1]
    assert await minutes(far_hz_at_most=1e-6) == [3, 1]
    assert await minutes(since=found(2).start) == [3, 2]
    assert await minutes(before=found(2).start) == [1]
    assert await minutes(limit=1, offset=1) == [2]
    assert await minutes(scan_id="two") == []
    assert dict(await store.candidate_counts(CandidateQuery())) == {"burst": 2, "spike": 1}


async def test_the_live_search_knows_how_far_it_came(store: Store) -> None:
    one = ("INTEGRAL", "SPI-ACS", "one")
    assert await store.claim_watch(*one) == (True, None)
    assert await store.watch_positions() == ()
    position = WatchPosition(mission="INTEGRAL", instrument="SPI-ACS", settled=AT, seen=found(5).start)
    assert await store.put_live_candidates([found(1), found(2)], position, "one") == [found(1), found(2)]
    later = msgspec.structs.replace(position, settled=found(3).start)
    # What is found again after a restart is nothing new.
    assert await store.put_live_candidates([found(2), found(4)], later, "one") == [found(4)]
    assert await store.claim_watch(*one) == (True, later)
    assert [each.instrument for each in await store.watch_positions()] == ["SPI-ACS"]
    assert len(await store.candidates(CandidateQuery(scan_id=LIVE))) == 3


async def test_one_searches_at_a_time_and_another_takes_over(store: Store, postgres_url: str) -> None:
    assert (await store.claim_watch("INTEGRAL", "SPI-ACS", "one"))[0]
    assert await store.claim_watch("INTEGRAL", "SPI-ACS", "two") == (False, None)
    position = WatchPosition(mission="INTEGRAL", instrument="SPI-ACS", settled=AT, seen=found(5).start)
    await store.put_live_candidates([], position, "one")
    plain = await asyncpg.connect(postgres_url)
    try:
        await plain.execute("UPDATE watch_position SET known_at = known_at - interval '61 seconds'")
    finally:
        await plain.close()
    assert await store.claim_watch("INTEGRAL", "SPI-ACS", "two") == (True, position)
    with pytest.raises(NotYet):
        await store.put_live_candidates([found(1)], position, "one")
    assert await store.candidates(CandidateQuery()) == ()


async def test_a_scan_that_fails_half_way_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(store, "_tell", broken)
    with pytest.raises(RuntimeError, match="on purpose"):
        await store.put_scan(run(), [found(1)])
    assert await store.scans() == ()
    assert await store.candidates(CandidateQuery()) == ()


async def test_more_than_one_statement_holds(store: Store) -> None:
    many = [found(minute, duration_s=0.05 * (size + 1)) for minute in range(30) for size in range(40)]
    assert await store.put_scan(run(), many) == len(many)
    assert dict(await store.candidate_counts(CandidateQuery(scan_id="one"))) == {"burst": len(many)}
