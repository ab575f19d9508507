"""What the time of a pointing notice means, from four months of notices and the alerts of the same months; and S230518h.

Alerts of bursts in the field of view carry where the imager looked (SC_Pnt_RA, SC_Pnt_Dec). They show that a notice holds from its
time on, within 0.025 deg of one fixed direction of the spacecraft's frame (the imager's misalignment).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from mission_samples import shipped_integral

from handlers import parse
from ingest.documents import iter_documents
from schemas import Attitude, Instant, Notice, PointingUpdate
from transients.missions import orientation, seconds_between
from transients.missions.announced import AnnouncedPointings
from transients.missions.frames import unit_vector
from transients.sky import peak, read_skymap

MISSION = shipped_integral()
MONTHS = {"2014-04.001": (241, 5), "2019-05.001": (913, 6), "2021-10.002": (110, 23), "2023-05.001": (842, 18)}
T0 = Instant(utc="2023-05-18T12:59:08")
#: Where the imager's axis lies: angle from X and azimuth, deg.
IMAGER_DEG = (0.146, 155.5)


@cache
def _documents(shared_data: Path, month: str) -> tuple[PointingUpdate | Notice, ...]:
    return tuple(_parsed(shared_data, month))


def _parsed(shared_data: Path, month: str) -> Iterator[PointingUpdate | Notice]:
    for document in iter_documents([shared_data / f"voevent-archive/{month}.tar.bz2"]):
        assert isinstance(document.data, bytes)
        if b"INTEGRAL" in document.data:
            parsed = parse(document.data)
            if isinstance(parsed, PointingUpdate | Notice) and parsed.kind.startswith("INTEGRAL_"):
                yield parsed


def _announced(updates: list[PointingUpdate]) -> AnnouncedPointings:
    return AnnouncedPointings(updates, MISSION.attitude_from_x, MISSION.slew)


@pytest.fixture(scope="module")
def may_2023(shared_data: Path) -> tuple[list[PointingUpdate], list[Notice]]:
    found = _documents(shared_data, "2023-05.001")
    updates = [each for each in found if isinstance(each, PointingUpdate)]
    return updates, [each for each in found if isinstance(each, Notice)]


def _imager(notice: Notice) -> SkyCoord | None:
    """Where the imager looked; until 2019 printed a hundred times too large. None for alerts that do not say."""
    printed = [float(notice.fields.get(f"What/SC_Pnt_{axis}", "nan")) for axis in ("Ra", "Dec")]
    if notice.role == "test" or not np.all(np.isfinite(printed)) or notice.kind == "INTEGRAL_SPIACS":
        return None
    scale = 0.01 if abs(printed[0]) > 360 or abs(printed[1]) > 90 else 1.0
    return SkyCoord(printed[0] * scale, printed[1] * scale, unit="deg")


def _check(announced: AnnouncedPointings, alerts: list[Notice]) -> int:
    """Every alert's imager lies at its place in the frame of the pointing that holds then."""
    theta, phi = np.radians(IMAGER_DEG)
    axis = np.array([np.cos(theta), np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi)])
    checked = 0
    for alert in alerts:
        looked = _imager(alert)
        if looked is None or alert.time is None:
            continue
        found = orientation(looked, announced.attitude(alert.time))
        t, p = np.radians([found.theta_deg, found.phi_deg])
        seen = np.array([np.cos(t), np.sin(t) * np.cos(p), np.sin(t) * np.sin(p)])
        # A hundredth of a degree of print in each coordinate, the roll, and the pointing itself.
        assert np.degrees(np.arccos(np.clip(seen @ axis, -1, 1))) < announced.rule.error_deg, alert.time
        checked += 1
    return checked


@pytest.mark.parametrize("month", list(MONTHS))
def test_a_notice_holds_from_its_time_on(shared_data: Path, month: str) -> None:
    documents = _documents(shared_data, month)
    announced = _announced([each for each in documents if isinstance(each, PointingUpdate)])
    pointings, alerts = MONTHS[month]
    assert len(announced.settled) == pointings
    assert _check(announced, [each for each in documents if isinstance(each, Notice)]) == alerts


def test_no_other_meaning_of_the_time_fits(may_2023: tuple[list[PointingUpdate], list[Notice]]) -> None:
    """Taking notices an hour later, as recorded attitudes of the services suggest, misses most alerts by a dither step or more."""
    updates, alerts = may_2023
    announced = _announced(updates)
    starts = np.array([seconds_between(each.start, T0) for each in announced.settled])
    vectors = np.array([each.x for each in announced.settled])
    off: dict[float, list[float]] = {0.0: [], 3600.0: []}
    for alert in alerts:
        looked = _imager(alert)
        if looked is None or alert.time is None:
            continue
        s = unit_vector(looked.ra.rad, looked.dec.rad)
        for delay, found in off.items():
            row = np.searchsorted(starts, seconds_between(alert.time, T0) - delay, side="right") - 1
            found.append(float(np.degrees(np.arccos(np.clip(vectors[row] @ s, -1, 1)))))
    assert len(off[0.0]) == 18
    assert max(off[0.0]) < 0.2
    assert sum(value > 1.9 for value in off[3600.0]) >= 12


def test_most_of_the_month_is_told(may_2023: tuple[list[PointingUpdate], list[Notice]]) -> None:
    announced = _announced(may_2023[0])
    pointings = announced.pointings(Instant(utc="2023-05-01T00:00:00"), Instant(utc="2023-06-01T00:00:00"))
    assert len(pointings) > 800
    total = sum(seconds_between(each.stop, each.start) for each in pointings)
    # 84.5 % of the time gives data; some notices of the archive are missing.
    assert 0.75 < total / (31 * 86400) < 0.85
    for before, after in itertools.pairwise(pointings):
        assert before.stop <= after.start


def test_s230518h(shared_data: Path, may_2023: tuple[list[PointingUpdate], list[Notice]]) -> None:
    """GCN 33815: 136 deg from the axis, SPI-ACS 35 %, ISGRI 3.7 %, Veto 57 % (ours is 65 %, as the responses in hand give it)."""
    attitude = _announced(may_2023[0]).attitude(T0)
    assert (attitude.x_ra_deg, attitude.x_dec_deg) == (320.3495, 14.7639)
    assert (attitude.source, attitude.roll_error_deg) == ("notice", 3.0)
    name = "S230518h-Initial_alert.skymap.multiorder.fits"
    place = peak(read_skymap((shared_data / "skymaps" / name).read_bytes(), name))
    found = orientation(place, attitude)
    assert found.theta_deg == pytest.approx(136.0, abs=0.5)
    assert found.phi_error_deg == pytest.approx(3.04, abs=0.01)
    response = MISSION.response
    angles = np.radians(found.theta_deg), np.radians(found.phi_deg)
    percent = {name: float(response.percent_of_best(name, "hard", *angles)) for name in response.instruments}
    assert percent["SPI-ACS"] == pytest.approx(35.0, abs=3.0)
    assert percent["ISGRI"] == pytest.approx(3.7, abs=0.6)
    assert percent["IBIS/Veto"] == pytest.approx(64.6, abs=1.0)


def test_the_recorded_angles_are_of_the_pointing_before(may_2023: tuple[list[PointingUpdate], list[Notice]]) -> None:
    """(40.67, -0.013) -> (79.4, -23.1) was computed with the attitude that the services had at hand: that of the notice before."""
    settled = _announced(may_2023[0]).settled
    row = max(i for i, each in enumerate(settled) if each.start <= T0)
    place = SkyCoord(40.67, -0.013, unit="deg")

    def seen(i: int) -> tuple[float, float]:
        x = SkyCoord(settled[i].ra_deg, settled[i].dec_deg, unit="deg")
        found = orientation(place, MISSION.attitude_from_x(x, T0, "notice"))
        return found.theta_deg, found.phi_deg

    assert [settled[i].start.utc for i in (row - 1, row)] == ["2023-05-18T11:12:38", "2023-05-18T12:10:52"]
    assert seen(row - 1) == pytest.approx((79.4, -23.1), abs=1.0)
    assert seen(row - 1)[0] == pytest.approx(79.4, abs=0.05)
    assert seen(row)[0] == pytest.approx(80.65, abs=0.05)


def test_the_recorded_attitude_of_the_day_after_is_of_an_earlier_pointing(
    may_2023: tuple[list[PointingUpdate], list[Notice]],
) -> None:
    """X (138.664, -49.841) as a service gave it for 2023-05-19T15:24:10 is that of 13:53, 91 min and two pointings earlier."""
    announced = _announced(may_2023[0])
    recorded = Attitude(at=T0, x_ra_deg=138.664, x_dec_deg=-49.841, z_ra_deg=62.664, z_dec_deg=11.538, source="service")
    x = unit_vector(np.radians(recorded.x_ra_deg), np.radians(recorded.x_dec_deg))
    apart = [float(np.degrees(np.arccos(np.clip(each.vector @ x, -1, 1)))) for each in announced.settled]
    nearest = announced.settled[int(np.argmin(apart))]
    assert (nearest.start.utc, min(apart)) == ("2023-05-19T13:53:17", pytest.approx(0.006, abs=0.001))
    # Its roll is the Sun's to half the bound.
    made = MISSION.attitude_from_x(SkyCoord(nearest.ra_deg, nearest.dec_deg, unit="deg"), nearest.start, "notice")
    z = SkyCoord(made.z_ra_deg, made.z_dec_deg, unit="deg")
    assert z.separation(SkyCoord(recorded.z_ra_deg, recorded.z_dec_deg, unit="deg")).deg < 1.5
