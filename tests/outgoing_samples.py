"""Events and assessments for tests of what leaves the house. Figures of GCN 33815 (S230518h) and of GRB 230307A, else made up."""

from __future__ import annotations

import msgspec

from schemas import (
    AllWindowSearch,
    Assessment,
    CountRatio,
    DataExpectation,
    DataStatus,
    DetectorCounts,
    Event,
    Excess,
    Exposure,
    FluencePerCount,
    Geometry,
    InputRef,
    Instant,
    JointFluence,
    JointSearch,
    LimitEntry,
    LimitResult,
    Localisation,
    NoiseAtScale,
    NoticeEntry,
    OrbitState,
    Orientation,
    Provenance,
    PublishedLimits,
    PublishedSearch,
    ResponseWord,
    RevolutionWindow,
    SearchResult,
    SkyMapRef,
    Spike,
    Urgency,
    Visibility,
)
from schemas.spacecraft import Attitude


def at(text: str) -> Instant:
    return Instant.parse(text)


CREATED = at("2023-05-18T13:20:00")
T0 = at("2023-05-18T12:59:08.167")
PROVENANCE = Provenance(
    step="search",
    version="0.1.0",
    parameters={"half_width_s": 300.0},
    inputs=(InputRef(name="light curve", sha256="ab" * 32, source="spiacs.fits"),),
)
WINDOWS = (
    RevolutionWindow(number=2640, start=at("2023-05-15T02:12:21"), stop=at("2023-05-17T07:25:48")),
    RevolutionWindow(number=2641, start=at("2023-05-17T17:49:17"), stop=at("2023-05-20T00:23:28")),
    RevolutionWindow(number=2642, start=at("2023-05-20T09:39:55"), stop=at("2023-05-22T16:13:43")),
)


def _notice(content_id: str, revision: str, received: str) -> NoticeEntry:
    return NoticeEntry(content_id=content_id, kind="igwn.gwalert", revision=revision, role="observation", received=at(received))


def event(**changes: object) -> Event:
    base = Event(
        event_key="LIGO Virgo KAGRA:S230518h",
        event_id="S230518h",
        origin="LIGO Virgo KAGRA",
        messenger="gravitational-wave",
        role="observation",
        revision=2,
        t0=T0,
        region=SkyMapRef(label="bayestar.multiorder.fits,1"),
        distance_mpc=204.0,
        distance_error_mpc=57.0,
        properties={"HasNS": 1.0},
        policy="lvk",
        history=(_notice("c1", "PRELIMINARY", "2023-05-18T13:00:10"), _notice("c2", "INITIAL", "2023-05-18T13:30:10")),
    )
    return msgspec.structs.replace(base, **changes)


def expectation(status: str = "ONLINE", when: Instant = T0, **changes: object) -> DataExpectation:
    base = DataExpectation(
        at=when,
        status=status,
        previous=WINDOWS[0],
        this=WINDOWS[1],
        next=WINDOWS[2],
        source="timeline",
        sentence="next break in data in 35 hr: 2023-05-20T00:23:28, for 9.3 hr",
    )
    return msgspec.structs.replace(base, **changes)


def geometry(**changes: object) -> Geometry:
    base = Geometry(
        t0=T0,
        mission="INTEGRAL",
        revolution=2641,
        phase=0.32,
        phase_error=0.01,
        scw_id="264100200010",
        attitude=Attitude(at=T0, x_ra_deg=138.664, x_dec_deg=-49.841, z_ra_deg=62.664, z_dec_deg=11.538, source="historic"),
        orbit=OrbitState(at=T0, ra_deg=198.4, dec_deg=71.8, distance_km=143490.5, source="historic"),
        orientation=Orientation(
            ra_deg=40.67, dec_deg=-0.013, theta_deg=136.2, phi_deg=-20.2, word="bottom", attitude_source="historic"
        ),
        expectation=expectation(),
        light_travel_s=-0.468,
        localisation=Localisation(
            kind="skymap",
            peak_ra_deg=40.67,
            peak_dec_deg=-0.013,
            area50_deg2=210.0,
            area90_deg2=1002.0,
            total_probability=1.0,
            tiles=19_200,
            distmean_mpc=204.0,
            diststd_mpc=57.0,
        ),
        visibility=Visibility(at=T0, fov_fraction=0.002, visible_fraction=0.013, sun_half_width_deg=40.0, earth_fraction=0.0004),
        exposure=Exposure(
            window_start=at("2023-05-08T12:59:08"),
            window_stop=at("2023-05-28T12:59:08"),
            fov_radius_deg=15.0,
            plain_ks=0.0,
            pointings=312,
            source="pointing list",
        ),
        urgency=Urgency(grade="very high", reasons=(("very high", "NS"), ("very high", "nearby"))),
        provenance=PROVENANCE,
    )
    return msgspec.structs.replace(base, **changes)


def excess(**changes: object) -> Excess:
    base = Excess(
        t_start_s=35.35, duration_s=2.0, counts=1400.0, snr=3.9, fap=0.31, far_hz=4e-4, classification="likely background"
    )
    return msgspec.structs.replace(base, **changes)


def quiet_search(**changes: object) -> SearchResult:
    base = SearchResult(
        instrument="SPI-ACS",
        t0=T0,
        time_frame="spacecraft",
        bin_s=0.05,
        bins=12000,
        window_s=(-300.0, 300.0),
        completeness=0.998,
        background_rate_cts_s=83670.0,
        background_word="rather stable",
        excess_noise={"1.0": 1.31, "8.0": 1.27},
        detection=False,
        published=PublishedSearch(
            background_rate_cts_s=83671.2,
            noise=(
                NoiseAtScale(
                    scale_s=1.0, mean_cts_s=83671.2, std_cts_s=379.0, mean_error_cts_s=289.3, excess_noise=1.31, bins=600
                ),
            ),
            excesses=(
                excess(),
                excess(
                    t_start_s=-120.05, duration_s=0.05, counts=310.0, snr=4.6, spike=Spike(likely=True, log_ratio=4.0, bins=1)
                ),
            ),
            scales=128,
        ),
        provenance=PROVENANCE,
    )
    return msgspec.structs.replace(base, **changes)


def bright_search(**changes: object) -> SearchResult:
    base = quiet_search(
        bin_s=0.1,
        bins=5400,
        background_rate_cts_s=90650.0,
        background_word="very stable",
        excess_noise={"0.1": 1.19, "1.0": 1.18},
        onset_s=0.459,
        peak_rate_cts_s=1.744e6,
        peak_time_s=2.05,
        net_counts=1.52e7,
        t90_s=28.5,
        detection=True,
        saturated=True,
        published=None,
        published_refused="the burst is its own background",
        allwindow=AllWindowSearch(
            background_rate_cts_s=90650.0,
            background_error_cts_s=30.0,
            background_model="straight line",
            sidebands_s=((-200.0, -20.0), (100.0, 300.0)),
            overdispersion=1.41,
            excesses=(excess(t_start_s=0.4, duration_s=42.0, counts=1.52e7, snr=2600.0, fap=1e-7, classification="likely"),),
            trials_from="off-time windows of this light curve",
            trials=400,
            threshold_snr=5.5,
        ),
    )
    return msgspec.structs.replace(base, **changes)


def limits(**changes: object) -> LimitResult:
    base = LimitResult(
        published=PublishedLimits(
            hard_1s_erg_cm2=3.8e-7,
            soft_1s_erg_cm2_s=3.7e-7,
            soft_8s_erg_cm2_s=5.8e-8,
            eiso_hard_1s_erg=1.9e48,
            liso_soft_1s_erg_s=1.8e48,
            instruments=("SPI-ACS",),
        ),
        limits=(
            LimitEntry(
                confidence=0.95,
                duration_s=1.0,
                spectrum="hard",
                instrument="SPI-ACS",
                fluence_erg_cm2=4.1e-7,
                count_limit=1100.0,
                probability_covered=0.9,
            ),
            LimitEntry(
                confidence=0.95,
                duration_s=8.0,
                spectrum="soft",
                instrument="SPI-ACS",
                fluence_erg_cm2=9.97e-7,
                count_limit=3100.0,
            ),
        ),
        count_limits=(("SPI-ACS", 1.0, 1137.0), ("SPI-ACS", 8.0, 3200.0)),
        response={
            "SPI-ACS": ResponseWord(percent_of_best=35.0, word="strongly suppressed"),
            "IBIS/Veto": ResponseWord(percent_of_best=57.0, word="somewhat suppressed"),
            "ISGRI": ResponseWord(percent_of_best=3.7, word="strongly suppressed"),
        },
        conversions=(
            FluencePerCount(
                instrument="SPI-ACS", spectrum="hard", median_erg_cm2=3.34e-10, low_erg_cm2=2.9e-10, high_erg_cm2=4.4e-10
            ),
        ),
        response_source="model shipped",
        provenance=PROVENANCE,
    )
    return msgspec.structs.replace(base, **changes)


def joint(**changes: object) -> JointSearch:
    base = JointSearch(
        instruments=("SPI-ACS", "IBIS/Veto", "ISGRI"),
        t_start_s=12.3,
        duration_s=6.4,
        log_ratio=40.5,
        snr=9.0,
        noise_probability=1e-12,
        alone="SPI-ACS",
        log_ratio_alone=3.2,
        spike=Spike(likely=False, log_ratio=-20.0, bins=128),
        chi2=1.4,
        degrees_of_freedom=2,
        p_value=0.497,
        burst_start_s=11.3,
        burst_duration_s=9.0,
        detectors=(
            DetectorCounts(instrument="SPI-ACS", bin_s=0.05, counts=8100.0, error=900.0, snr=9.0, expected_counts=8000.0),
            DetectorCounts(instrument="ISGRI", bin_s=1.0, counts=150.0, error=80.0, snr=1.9, expected_counts=120.0),
        ),
        fluences=(
            JointFluence(
                spectrum="hard",
                fluence_erg_cm2=1.23e-6,
                statistical_erg_cm2=1.4e-7,
                localisation_erg_cm2=2.1e-7,
                systematic_erg_cm2=2.5e-7,
                probability=0.62,
            ),
        ),
        ratios=(CountRatio(numerator="ISGRI", denominator="SPI-ACS", ratio=0.0185, error=0.01, expected={"hard": 0.015}),),
        systematic_fraction=0.2,
        caveats=("PICsIT is not used: there is no response to its total rate.",),
        provenance=PROVENANCE,
    )
    return msgspec.structs.replace(base, **changes)


def assessment(**changes: object) -> Assessment:
    base = Assessment(
        event_key="LIGO Virgo KAGRA:S230518h",
        event_id="S230518h",
        event_revision=2,
        revision=3,
        mission="INTEGRAL",
        created=at("2023-05-18T13:19:30"),
        role="observation",
        state="active",
        simulated=False,
        geometry=geometry(),
        data=(DataStatus(instrument="SPI-ACS", tier="realtime", completeness=0.998, source="stream"),),
        searches=(quiet_search(),),
        limits=limits(),
        verdict="non-detection",
        version="0.1.0",
    )
    return msgspec.structs.replace(base, **changes)


def detection(**changes: object) -> Assessment:
    return assessment(
        **{
            "verdict": "detection",
            "searches": (bright_search(),),
            "own_triggers": (("INTEGRAL_SPIACS", "10216", 0.9),),
            **changes,
        }
    )


def inactive(**changes: object) -> Assessment:
    when = at("2023-05-20T05:00:00")
    gap = expectation("OFFLINE", when, last_data=WINDOWS[1].stop, next_data=WINDOWS[2].start)
    return assessment(
        **{
            "verdict": "inactive",
            "searches": (),
            "limits": None,
            "data": (),
            "geometry": geometry(t0=when, expectation=gap, visibility=None, orientation=None),
            **changes,
        }
    )
