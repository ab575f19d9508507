"""The true client against the served simulator, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx2
import numpy as np
import pytest
import uvicorn

from schemas import Instant
from schemas.errors import (
    BadRequest,
    NoData,
    NotYet,
    RefusedInput,
    ServiceRefused,
    ServiceUnreachable,
    TransientsError,
)
from transients.missions import to_instant
from transients.missions.integral import Integral
from transients.missions.integral.operations import TIERS
from transients.sources import (
    IntegralServices,
    Provider,
    ServiceSource,
    SimulatedBurst,
    SimulatedObservatory,
    SimulatedSource,
    load_response,
    parse_burst,
    read_lightcurve,
)
from transients.sources.clock import seconds_between, shift
from transients.sources.refusals import OverRevolution
from transients.web.services import Fault, Faults, create_simulator_app, parse_fault, run_simulator

T0 = Instant.parse("2023-06-27T20:00:00.000")
LATER = Instant.parse("2024-01-01T00:00:00")


class Served:
    """A simulator on a port of its own, its faults and its clock."""

    def __init__(self) -> None:
        self.now = LATER
        self.faults = Faults()
        self.observatory = SimulatedObservatory(
            1, Integral(load_response()), [SimulatedBurst(T0, 100.0, 20.0, 1e-5, "hard", 3.0)]
        )
        self.source = SimulatedSource(self.observatory, self.clock)
        self.provider = Provider(self.source, self.observatory.mission, self.clock)
        self.url = ""

    def clock(self) -> Instant:
        return self.now

    def client(self, **options: object) -> IntegralServices:
        return IntegralServices(self.url, clock=self.clock, wait_s=0.01, **options)  # type: ignore[arg-type]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    simulator = Served()
    config = uvicorn.Config(
        create_simulator_app(simulator.provider, simulator.faults), host="127.0.0.1", port=0, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.005)
    simulator.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield simulator
    server.should_exit = True
    await task


@pytest.fixture
async def services(served: Served) -> AsyncIterator[IntegralServices]:
    client = served.client()
    yield client
    await client.aclose()


async def test_every_question_has_the_observatorys_answer(served: Served, services: IntegralServices) -> None:
    observatory = served.observatory
    assert await services.health() == {"gateway": "OK", "realtime": "OK"}
    assert await services.science_window(T0) == observatory.science_window(T0)
    attitude, orbit = await services.attitude(T0), await services.orbit(T0)
    assert attitude.x_ra_deg == pytest.approx(observatory.attitude(T0).x_ra_deg, abs=1e-5)
    assert orbit.distance_km == pytest.approx(observatory.orbit(T0).distance_km, abs=0.1)
    both = await services.spacecraft(T0, 10.0, -20.0)
    assert both[0].z_dec_deg == pytest.approx(observatory.attitude(T0).z_dec_deg, abs=1e-9)
    assert both[1].distance_km == observatory.orbit(T0).distance_km
    windows = await services.pointings(T0, shift(T0, 20_000.0))
    mine = observatory.pointings(T0, shift(T0, 20_000.0))
    assert [w.scw_id for w in windows] == [w.scw_id for w in mine]
    assert windows[1].live_fraction == pytest.approx(mine[1].live_fraction, abs=1e-5)
    expected = await services.expectation(T0)
    assert expected.status == "ONLINE"
    assert expected.this == observatory.window(2656)
    for record in (attitude.source, orbit.source):
        assert record == "simulated"
    assert services.simulated


async def test_time_conversions(served: Served, services: IntegralServices) -> None:
    assert float(await services.convert_time(T0.iso, "UTC", "IJD")) == pytest.approx(8578.834134, abs=1e-6)
    assert await services.convert_time("8578.834134", "IJD", "REVNUM") == "2656"
    every = await services.convert_time(T0.iso, "UTC", "ANY")
    assert (every["REVNUM"], every["SCWID"]) == (2656, served.observatory.science_window(T0))
    start, stop = await services.convert_time("2656", "REVNUM", "IJD")
    assert stop - start == pytest.approx(2.6602, abs=0.05)
    start, stop = await services.convert_time(every["SCWID"], "SCWID", "IJD")
    assert start < every["IJD"] < stop
    with pytest.raises(BadRequest):
        await services.convert_time("yesterday", "UTC", "IJD")
    with pytest.raises(NoData):
        await services.convert_time(shift(served.observatory.window(2656).stop, 3600.0).iso, "UTC", "SCWID")


@pytest.mark.parametrize("target", ["ACS", "IBIS_VETO", "ISGRIRAW_MCE3"])
async def test_light_curves_come_through_exactly(served: Served, services: IntegralServices, target: str) -> None:
    mine = await served.provider.counts(target, T0, 300.0)
    lc = await services.light_curve(target, T0, 300.0)
    np.testing.assert_array_equal(lc.counts, mine.counts)
    offset = seconds_between(lc.info.reference, mine.info.reference)
    np.testing.assert_allclose(lc.start_s + offset, mine.start_s, atol=1e-5)
    assert lc.info.simulated
    assert lc.info.tier == "simulated"


async def test_the_other_forms_give_the_same_counts(served: Served, services: IntegralServices) -> None:
    mine = (await served.provider.counts("ACS", T0, 30.0)).counts
    realtime, expected = await services.realtime(T0, 30.0)
    async with httpx2.AsyncClient() as client:
        page = await client.get(f"{served.url}/mmoda/spi_acs_lc", params={"T1": shift(T0, -30.0).iso, "T2": shift(T0, 30.0).iso})
        words = {"requeststring": f"{T0.iso} 30", "generate": "genlc", "submit": "Submit"}
        legacy = await client.get(f"{served.url}/spiacs-online/spiacs.pl", params=words)
        ipn = await client.get(f"{served.url}/integralhk/api/v1.0/ipnlc/{T0.iso}/30.0")
    assert page.headers["X-Simulated"] == legacy.headers["X-Simulated"] == "transients"
    others = [read_lightcurve(reply.content, name) for reply, name in ((page, "mmoda"), (legacy, "legacy"), (ipn, "ipn"))]
    for lc in (realtime, *others):
        np.testing.assert_array_equal(lc.counts, mine)
        assert lc.info.simulated
    assert expected is not None
    assert expected.status == "ONLINE"


async def test_a_request_over_a_perigee_is_asked_twice(served: Served, services: IntegralServices) -> None:
    perigee = to_instant(served.observatory.mission.perigee(2657))
    with pytest.raises(TransientsError):
        await served.provider.counts("IBIS_VETO", perigee, 40_000.0)
    lc = await services.light_curve("IBIS_VETO", perigee, 40_000.0)
    whole = served.observatory.light_curve("IBIS/Veto", perigee, 40_000.0)
    assert abs(len(lc) - len(whole)) <= 2
    at = seconds_between(perigee, lc.info.reference)
    assert (lc.start_s < at).any()
    assert (lc.start_s > at).any()
    gap = np.diff(lc.start_s).max()
    assert 8 * 3600 < gap < 11 * 3600


async def test_one_side_of_a_perigee_alone_says_so(served: Served, services: IntegralServices) -> None:
    perigee = to_instant(served.observatory.mission.perigee(2657))
    centre = shift(perigee, -10_000.0)
    lc = await services.light_curve("IBIS_VETO", centre, 18_000.0)
    assert any("No Data" in remark for remark in lc.info.remarks)
    with pytest.raises(OverRevolution, match="2654 to 2658"):
        await services.light_curve("IBIS_VETO", shift(perigee, -100_000.0), 390_000.0)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No Data (at this time?)", NoData),
        ("ZeroData", NoData),
        ("Bad Target", BadRequest),
        ("No access to the data", ServiceRefused),
        ("this service are limited", ServiceRefused),
        ("what is this", RefusedInput),
    ],
)
@pytest.mark.parametrize("html", [False, True])
async def test_error_texts_in_a_200_reply(
    served: Served, services: IntegralServices, text: str, kind: type[TransientsError], html: bool
) -> None:
    served.faults.append(Fault(text=text, html=html))
    asks: list[Callable[[], object]] = [
        lambda: services.light_curve("ACS", T0, 30.0),
        lambda: services.attitude(T0),
        lambda: services.orbit(T0),
        lambda: services.spacecraft(T0),
        lambda: services.pointings(T0, shift(T0, 10.0)),
        lambda: services.expectation(T0),
    ]
    for ask in asks:
        with pytest.raises(kind, match=r"127\.0\.0\.1"):
            await ask()  # type: ignore[misc]


async def test_no_data_is_not_yet_while_young(served: Served, services: IntegralServices) -> None:
    served.faults.append(Fault(path="genlc", text="No Data (at this time?)"))
    served.now = shift(T0, 3600.0)
    with pytest.raises(NotYet):
        await services.light_curve("ACS", T0, 30.0)
    served.now = LATER
    with pytest.raises(NoData) as caught:
        await services.light_curve("ACS", T0, 30.0)
    assert not isinstance(caught.value, NotYet)


async def test_busy_servers_are_asked_again_and_others_are_not(served: Served, services: IntegralServices) -> None:
    served.faults.append(Fault(path="genlc", status=503, times=2))
    assert len(await services.light_curve("ACS", T0, 30.0)) == 1200
    refusal = Fault(path="genlc", text="this service are limited", times=2)
    served.faults[:] = [refusal]
    with pytest.raises(ServiceRefused):
        await services.light_curve("ACS", T0, 30.0)
    assert refusal.times == 1, "a refusal is final for now"
    served.faults[:] = [Fault(path="genlc", status=500)]
    with pytest.raises(ServiceRefused, match="status 500"):
        await services.light_curve("ACS", T0, 30.0)


async def test_a_cut_reply_is_refused(served: Served, services: IntegralServices) -> None:
    served.faults.append(Fault(path="/", cut=True))
    with pytest.raises(RefusedInput, match="cut short"):
        await services.light_curve("ACS", T0, 30.0)
    for ask in (services.expectation(T0), services.pointings(T0, shift(T0, 10.0)), services.spacecraft(T0)):
        with pytest.raises(RefusedInput, match="not JSON"):
            await ask


async def test_slow_and_absent_servers(served: Served) -> None:
    served.faults.append(Fault(path="att", delay_s=0.6))
    async with contextlib.AsyncExitStack() as stack:
        slow = served.client(timeout_s=0.2, attempts=2)
        stack.push_async_callback(slow.aclose)
        with pytest.raises(ServiceUnreachable, match="no answer in time"):
            await slow.attitude(T0)
        gone = IntegralServices("http://127.0.0.1:1", attempts=2, wait_s=0.01)
        stack.push_async_callback(gone.aclose)
        with pytest.raises(ServiceUnreachable, match=r"127\.0\.0\.1:1/"):
            await gone.orbit(T0)


async def test_history_in_pieces(served: Served, services: IntegralServices) -> None:
    start = Instant.parse("2023-06-23T20:00:00")
    history = await services.history(start, shift(start, 3.2 * 86400.0))
    windows = served.observatory.pointings(start, shift(start, 3.2 * 86400.0))
    assert len(set(history["attitude"]["SWID"])) == len(windows)
    assert len(history["orbit"]["TIME"]) == pytest.approx(3.2 * 86400 / 600, abs=2)
    assert max(history["orbit"]["RDIST"]) < 165_000
    with pytest.raises(BadRequest, match="no such tier"):
        await services.history(start, shift(start, 4000.0), "none")  # type: ignore[arg-type]


async def test_tiers_and_wishes_of_the_window_list(served: Served, services: IntegralServices) -> None:
    stop = shift(T0, 6 * 3600.0)
    served.now = shift(T0, 8 * 3600.0)
    every = await services.pointings(T0, stop, "any")
    nrt = await services.pointings(T0, stop, "nrt")
    assert 0 < len(nrt) < len(every) + 1
    assert all(seconds_between(served.now, w.stop) >= 3 * 3600 for w in nrt)
    assert await services.pointings(T0, stop, "cons") == ()
    stable = await services.pointings(T0, stop, "any", min_good_isgri="600")
    assert {w.kind for w in stable} == {"pointing"}
    none = await services.pointings(T0, stop, "any", ra="0", dec="90", radius="0.001")
    assert len(none) < len(every)


async def test_the_source_over_the_services(served: Served) -> None:
    source = ServiceSource(served.client(), served.clock)
    isgri = await source.light_curve("ISGRI", T0, 100.0)
    np.testing.assert_array_equal(isgri.counts, served.observatory.light_curve("ISGRI", T0, 100.0).counts)
    veto = await source.light_curve("IBIS/Veto", T0, 3000.0)
    assert any("576 s" in remark for remark in veto.info.remarks)
    assert source.simulated
    with pytest.raises(BadRequest):
        await source.light_curve("JEM-X", T0, 10.0)
    served.now = shift(T0, 1000.0)
    served.faults.append(Fault(path="genlc", text="No Data (at this time?)"))
    young = await source.light_curve("SPI-ACS", T0, 300.0)
    assert len(young) == 12_000, "from the real-time stream"
    await source.aclose()


async def test_a_belt_passage_is_no_data_with_a_prophecy(served: Served, services: IntegralServices) -> None:
    inside = shift(served.observatory.window(2656).stop, 3600.0)
    with pytest.raises(NoData):
        await services.light_curve("ACS", inside, 300.0)
    with pytest.raises(NoData):
        await services.realtime(inside, 300.0)
    assert (await services.expectation(inside)).status == "OFFLINE"


@pytest.mark.parametrize(
    "path",
    [
        "integralhk/api/v1.0/genlc/ACS/yesterday/10",
        "integralhk/api/v1.0/genlc/ACS/2023-06-27T20:00:00/much",
        "integralhk/api/v1.0/genlc/ACS/2023-06-27T20:00:00/nan",
        "integralhk/api/v1.0/genlc/ACS/2023-06-27T20:00:00/400001",
        "integralhk/api/v1.0/genlc/ACS/2001-01-01T00:00:00/10",
        "integralhk/api/v1.0/genlc/ACS/2031-01-01T00:00:00/10",
        "timesystem/api/v1.0/converttime/UTC/2023-06-27T20:00:00/TDB",
        "timesystem/api/v1.0/scwlist/best/2023-06-27T20:00:00/2023-06-27T21:00:00",
        "timesystem/api/v1.0/scwlist/any/2023-06-27T20:00:00/2023-06-27T21:00:00?return_columns=NONE",
        "integralhk/api/v1.0/sc/2023-06-20T00:00:00/2023-06-24T00:00:00",
        "mmoda/spi_acs_lc?T1=2023-06-27T20:00:00",
        "spiacs-online/spiacs.pl",
    ],
)
async def test_bad_questions_are_told_so(served: Served, path: str) -> None:
    async with httpx2.AsyncClient() as client:
        reply = await client.get(f"{served.url}/{path}")
    assert reply.status_code == 400
    assert reply.headers["X-Simulated"] == "transients"
    assert len(reply.text) > 5


async def test_the_simulator_serves_this_machine_only() -> None:
    with pytest.raises(BadRequest, match="this machine only"):
        await run_simulator("0.0.0.0", 0, Served().observatory)


def test_bursts_and_faults_of_the_command_line() -> None:
    burst = parse_burst("2023-06-27T20:00:00,0,20,1e-6,band:-1,-2.5,300,2,gaussian")
    assert (burst.ra_deg, burst.spectrum, burst.t90_s, burst.shape) == (0.0, "band:-1,-2.5,300", 2.0, "gaussian")
    assert parse_burst("2023-06-27T20:00:00,100,20,1e-6,hard,2").shape == "pulse"
    assert parse_burst("2023-06-27T20:00:00,100,20,1e-6") == SimulatedBurst(T0, 100.0, 20.0, 1e-6)
    assert parse_burst("2023-06-27T20:00:00,100,20,1e-6,comp:-0.5;600").spectrum == "comp:-0.5,600"
    for text in ("", "now,100,20,1e-6,hard,2", "2023-06-27T20:00:00,100,91,1e-6,hard,2", "2023-06-27T20:00:00,1,2,1e-6,odd,2"):
        with pytest.raises(RefusedInput, match="not a burst"):
            parse_burst(text)
    assert parse_fault("genlc,status,503") == Fault(path="genlc", status=503)
    assert parse_fault("genlc,html,Bad Target") == Fault(path="genlc", text="Bad Target", html=True)
    assert parse_fault(",delay,2.5") == Fault(delay_s=2.5)
    assert parse_fault("att,cut") == Fault(path="att", cut=True)
    for text in ("", "genlc", "genlc,status,200", "genlc,delay,long"):
        with pytest.raises(BadRequest):
            parse_fault(text)


REALTIME, NRT, CONS = TIERS


async def test_tiers_are_told_apart_by_the_lists_of_each(served: Served) -> None:
    source = ServiceSource(served.client(), served.clock)
    served.now = T0
    newest = {tier.name: await source.newest(tier, T0) for tier in TIERS}
    ages = {name: seconds_between(T0, found.until) for name, found in newest.items()}
    assert 20.0 <= ages["realtime"] <= 66.1
    assert 3 * 3600.0 <= ages["nrt"] <= 5 * 3600.0
    assert 25 * 86400.0 <= ages["cons"] <= 25.6 * 86400.0
    # The simulation itself, asked without the way over HTTP, says the same.
    for tier in (NRT, CONS):
        mine = await served.source.newest(tier, T0)
        assert newest[tier.name].scw_id == mine.scw_id
        assert newest[tier.name].x_ra_deg == pytest.approx(mine.x_ra_deg, abs=1e-9)
    assert newest["nrt"].source == f"scwlist/nrt of {served.url}/"
    assert newest["realtime"].simulated
    await source.aclose()


async def test_the_clock_of_a_server_on_this_machine_is_this_machines(services: IntegralServices) -> None:
    async with asyncio.timeout(30.0):
        # A server that computes while it is asked, as this one did, may tell an old second: quick replies tell more.
        while services.clock_offset is None or services.clock_offset.error_s > 1.2:
            await asyncio.sleep(1.1)
            await services.health()
    assert abs(services.clock_offset.offset_s) <= services.clock_offset.error_s


async def test_in_a_break_the_stream_ends_where_the_break_began(served: Served) -> None:
    source = ServiceSource(served.client(), served.clock)
    end = served.observatory.expectation(T0).this.stop
    served.now = shift(end, 4 * 3600.0)
    newest = await source.newest(REALTIME, served.now)
    assert seconds_between(end, newest.until) == pytest.approx(0.0, abs=0.1)
    await source.aclose()


async def test_of_the_past_by_the_usual_delays_and_of_an_ended_mission_to_its_end(served: Served) -> None:
    source = ServiceSource(served.client(), served.clock)
    past = shift(T0, -86400.0 * 100)
    for tier in TIERS:
        newest = await source.newest(tier, past)
        assert tier.delay_s - 1.0 <= seconds_between(past, newest.until) <= tier.delay_s + 86400.0
    served.now = Instant.parse("2026-11-28T00:00:00")
    assert (await source.newest(CONS, served.now)).until.utc.startswith("2025-02-28")
    await source.aclose()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(path="scwlist", text="No access to the data", html=True), ServiceRefused),
        (Fault(path="scwlist", text="welcome", html=True), RefusedInput),
        (Fault(path="scwlist", status=404), TransientsError),
        (Fault(path="scwlist", cut=True), RefusedInput),
        (Fault(path="scwlist", text='{"SWID": [1, 2], "TSTART": ["x"]}'), RefusedInput),
    ],
)
async def test_a_list_that_is_none_is_told_by_what_it_is(served: Served, fault: Fault, kind: type[TransientsError]) -> None:
    source = ServiceSource(served.client(), served.clock)
    served.faults.append(fault)
    with pytest.raises(kind):
        await source.newest(NRT, LATER)
    await source.aclose()


async def test_the_stream_is_as_old_as_it_is_also_where_no_attitude_is_told(served: Served) -> None:
    source = ServiceSource(served.client(), served.clock)
    served.faults.append(Fault(path="/att/", text="No Data (at this time?)"))
    newest = await source.newest(REALTIME, LATER)
    assert newest.x_ra_deg is None
    assert seconds_between(LATER, newest.until) < 67.0
    await source.aclose()
