"""The newest data of a tier: never of the future, never younger than it was, of the past by the usual delays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest

from schemas import Instant, LightCurve, LightCurveInfo, Pointing
from schemas.errors import NoData, RefusedInput, ServiceUnreachable
from transients.missions.integral import Integral
from transients.missions.integral.operations import TIERS
from transients.sources import FileSource, FirstOf, SimulatedObservatory, SimulatedSource, load_response, write_lightcurve
from transients.sources.clock import seconds_between, shift
from transients.sources.newest import newest_bin, newest_window, reach
from transients.sources.offset import clock_offset

REALTIME, NRT, CONS = TIERS
AT = Instant.parse("2019-06-09T18:16:25")
SENT = dt.datetime(2026, 11, 28, 12, 0, 0, 400_000, tzinfo=dt.UTC)


def curve(end: Instant, bins: int = 20, tier: str = "realtime") -> LightCurve:
    """Native bins until an instant."""
    start_s = np.arange(bins) * 0.05
    info = LightCurveInfo(
        instrument="SPI-ACS", tier=tier, reference=shift(end, -0.05 * bins), bin_s=0.05, content_id="00" * 32, source="made up"
    )
    return LightCurve(start_s=start_s, width_s=np.full(bins, 0.05), counts=np.full(bins, 4500.0), info=info)


async def test_the_last_bin_that_there_is() -> None:
    asked: list[float] = []

    async def ask(t0: Instant, half_width_s: float) -> LightCurve:
        asked.append(half_width_s)
        if half_width_s < 1000:
            raise NoData("nothing in two minutes")
        return curve(shift(AT, -1234.5))

    assert seconds_between(AT, await newest_bin(ask, AT)) == pytest.approx(1234.5, abs=1e-6)
    assert asked == sorted(asked)
    assert len(asked) == 2


async def test_bins_of_the_future_are_refused() -> None:
    async def ask(t0: Instant, half_width_s: float) -> LightCurve:
        return curve(shift(AT, 30.0))

    with pytest.raises(RefusedInput, match="asked for until"):
        await newest_bin(ask, AT)


def pointing(end: Instant, kind: str = "pointing") -> Pointing:
    return Pointing(scw_id="210000250010", kind=kind, start=shift(end, -1800.0), stop=end, x_ra_deg=4.3, x_dec_deg=61.7)


async def test_windows_of_the_future_slews_and_the_one_that_goes_on_do_not_count() -> None:
    wanted = pointing(shift(AT, -4320.0))

    async def ask(start: Instant, stop: Instant) -> Sequence[Pointing]:
        return (pointing(shift(AT, 900.0)), pointing(shift(AT, -60.0), "slew"), wanted, pointing(shift(AT, -9000.0)))

    assert await newest_window(ask, AT) is wanted


async def test_windows_are_looked_for_further_and_further_back_and_not_for_ever() -> None:
    looks: list[float] = []

    async def ask(start: Instant, stop: Instant) -> Sequence[Pointing]:
        looks.append(seconds_between(stop, start) / 86400)
        return ()

    with pytest.raises(NoData, match="300 d"):
        await newest_window(ask, AT)
    assert looks == pytest.approx([3, 30, 300])


def test_what_was_there_in_the_past_goes_by_the_usual_delay() -> None:
    assert reach(NRT, AT, AT) == AT
    assert reach(NRT, AT, shift(AT, 1.0)) == AT
    for now in (shift(AT, 3600.0), None):
        assert seconds_between(AT, reach(NRT, AT, now)) == pytest.approx(NRT.delay_s)


@pytest.fixture(scope="module")
def simulated() -> SimulatedSource:
    return SimulatedSource(SimulatedObservatory(1, Integral(load_response())))


async def test_the_simulations_own_delays(simulated: SimulatedSource) -> None:
    ages = {tier.name: seconds_between(AT, (await simulated.newest(tier, AT)).until) for tier in TIERS}
    # A packet, then a window of half an hour to an hour with a slew, then a perigee passage at the most.
    assert 20.0 <= ages["realtime"] <= 66.0 + 0.1
    assert 3 * 3600.0 <= ages["nrt"] <= 5 * 3600.0
    assert 25 * 86400.0 <= ages["cons"] <= 25.6 * 86400.0
    window = await simulated.newest(NRT, AT)
    (listed,) = [
        p for p in simulated.observatory.pointings(shift(window.until, -60.0), window.until) if p.scw_id == window.scw_id
    ]
    assert (listed.stop, listed.x_ra_deg, listed.x_dec_deg) == (window.until, window.x_ra_deg, window.x_dec_deg)
    assert window.simulated


async def test_in_a_break_the_stream_ends_where_the_data_did(simulated: SimulatedSource) -> None:
    expected = simulated.observatory.expectation(AT)
    within = shift(expected.this.stop, 4 * 3600.0)
    newest = await simulated.newest(REALTIME, within)
    assert seconds_between(expected.this.stop, newest.until) == pytest.approx(0.0, abs=0.1)


async def test_files_call_only_real_time_data_real_time(tmp_path) -> None:
    (tmp_path / "archived.fits").write_bytes(write_lightcurve(curve(AT, tier="archive")))
    source = FileSource([tmp_path])
    with pytest.raises(NoData, match=r"SPI-ACS \(archive\) until 2019-06-09T18:16:2[45]"):
        await source.newest(REALTIME, shift(AT, 1e6))
    for tier in (NRT, CONS):
        with pytest.raises(NoData):
            await source.newest(tier, shift(AT, 1e8))
    (tmp_path / "stream.fits").write_bytes(write_lightcurve(curve(shift(AT, -500.0))))
    newest = await FileSource([tmp_path]).newest(REALTIME, AT)
    assert seconds_between(AT, newest.until) == pytest.approx(500.0, abs=1e-3)
    assert not newest.simulated


class Broken(SimulatedSource):
    """A source that says nothing of what is newest."""

    async def newest(self, tier, at):
        raise ServiceUnreachable("no answer in time")


async def test_of_several_sources_the_newest_counts_not_the_first(simulated: SimulatedSource, tmp_path) -> None:
    (tmp_path / "old.fits").write_bytes(write_lightcurve(curve(shift(AT, -1e6))))
    files = FileSource([tmp_path])
    both = FirstOf([files, Broken(simulated.observatory), simulated])
    assert (await both.newest(REALTIME, AT)).simulated
    assert not (await FirstOf([files, Broken(simulated.observatory)]).newest(REALTIME, AT)).simulated
    with pytest.raises(ServiceUnreachable, match="no answer in time"):
        await FirstOf([files, Broken(simulated.observatory)]).newest(NRT, AT)
    with pytest.raises(NoData, match="no source"):
        await FirstOf([]).newest(NRT, AT)


@pytest.mark.parametrize(
    ("date", "offset_s"),
    [
        # Asked at 12:00:00.4, heard at .6: the server's clock showed 12:00:00 to 12:00:02.
        ("Sat, 28 Nov 2026 12:00:00 GMT", -0.5),
        ("Sat, 28 Nov 2026 11:00:00 GMT", 3599.5),
        ("Sat, 28 Nov 2026 12:00:07 GMT", -7.5),
    ],
)
def test_clock_offset_from_the_date_of_a_reply(date: str, offset_s: float) -> None:
    heard = SENT + dt.timedelta(seconds=0.2)
    told = clock_offset({"date": date}, SENT, heard, "a server")
    assert told is not None
    assert told.offset_s == pytest.approx(offset_s, abs=1e-3)
    assert told.error_s == pytest.approx(1.1)


def test_the_true_offset_lies_within_the_error() -> None:
    for ahead_s in np.linspace(-3.0, 3.0, 25):
        for at_s in (0.0, 0.3, 0.99):
            for way_s, kept_s in ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)):
                true = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=at_s)
                said = (true - dt.timedelta(seconds=kept_s)).strftime("%a, %d %b %Y %H:%M:%S GMT")
                sent = true + dt.timedelta(seconds=float(ahead_s) - way_s)
                told = clock_offset({"date": said}, sent, true + dt.timedelta(seconds=float(ahead_s)), "x")
                assert told is not None
                assert abs(told.offset_s - ahead_s) <= told.error_s + 1e-3


NOON = "Sat, 28 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"date": "yesterday"},
        {"date": "Sat, 28 Nov 2026 12:00:00"},
        {"date": "Sat, 31 Feb 2026 12:00:00 GMT"},
        {"date": f"{NOON}, {NOON}"},
        # Kept by a cache for an hour.
        {"date": NOON, "age": "3600"},
    ],
)
def test_what_tells_no_time(headers: dict[str, str]) -> None:
    assert clock_offset(headers, SENT, SENT, "a server") is None


def test_a_clock_that_was_set_back_measures_nothing() -> None:
    assert clock_offset({"date": "Sat, 28 Nov 2026 12:00:00 GMT"}, SENT, SENT - dt.timedelta(seconds=1), "x") is None
