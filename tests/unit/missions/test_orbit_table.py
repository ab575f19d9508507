"""Places between state vectors, against an orbit that is known exactly; and the forms in which state vectors come."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.table import Table
from skyfield.api import load
from skyfield.framelib import itrs

from schemas import FloatArray, Instant
from schemas.errors import NoData, RefusedInput
from transients.missions import from_ijd, ijd, to_instant, to_time
from transients.missions.bodies import position_km
from transients.missions.integral._kepler import eccentric_anomaly
from transients.missions.integral.orbit import MU_KM3_S2
from transients.missions.oem import read_oem
from transients.missions.orbit_csv import read_orbit_csv
from transients.missions.orbit_table import OrbitTable
from transients.missions.reference_frames import to_gcrs

START = 8540.0
#: Semi-major axis (km), eccentricity: a low orbit, a transfer orbit, INTEGRAL's.
ORBITS = {"low": (6900.0, 0.001), "transfer": (24_400.0, 0.73), "high": (81_100.0, 0.85)}


def kepler(days: FloatArray, axis_km: float, e: float) -> tuple[FloatArray, FloatArray]:
    """Places and velocities (n, 3) in an inclined plane; perigee at START."""
    motion = np.sqrt(MU_KM3_S2 / axis_km**3)
    anomaly = np.vectorize(eccentric_anomaly)(np.mod(motion * 86400 * (np.asarray(days) - START), 2 * np.pi), e)
    rate = motion / (1 - e * np.cos(anomaly))
    p, q = np.array([0.8, 0.6, 0.0]), np.array([-0.6 * 0.5, 0.8 * 0.5, np.sqrt(0.75)])
    b = np.sqrt(1 - e**2)
    place = axis_km * (np.outer(np.cos(anomaly) - e, p) + np.outer(b * np.sin(anomaly), q))
    speed = axis_km * rate[:, None] * (np.outer(-np.sin(anomaly), p) + np.outer(b * np.cos(anomaly), q))
    return place, speed


@pytest.mark.parametrize("name", ORBITS)
@pytest.mark.parametrize("with_velocity", [True, False])
@pytest.mark.parametrize("step_s", [20.0, 60.0])
def test_the_true_place_lies_within_the_error(name: str, with_velocity: bool, step_s: float) -> None:
    axis, e = ORBITS[name]
    days = START + 0.02 + np.arange(300) * step_s / 86400
    place, speed = kepler(days, axis, e)
    table = OrbitTable(days, place, "state vectors", "test", speed if with_velocity else None)
    rng = np.random.default_rng(5)
    errors = []
    for day in rng.uniform(days[0], days[-1], 40):
        instant = to_instant(from_ijd(day))
        state = table.at(instant)
        true, _ = kepler(np.array([ijd(from_ijd(day))]), axis, e)
        off = float(np.linalg.norm(position_km(state) - true[0]))
        # An instant is rounded to the nanosecond, a day count in a double to 0.1 us: 1 m at 10 km/s.
        assert off < (state.error_km or 0.0) + 2e-3
        errors.append(state.error_km or 0.0)
    assert max(errors) < (0.01 if with_velocity else 0.1)


def test_velocities_make_sparse_rows_enough() -> None:
    days = START + 0.1 + np.arange(20) * 300 / 86400
    place, speed = kepler(days, *ORBITS["low"])
    middle = to_instant(from_ijd(days[9] + 150 / 86400))
    true, _ = kepler(np.array([days[9] + 150 / 86400]), *ORBITS["low"])
    with_, without = OrbitTable(days, place, "s", "t", speed).at(middle), OrbitTable(days, place, "s", "t").at(middle)
    assert np.linalg.norm(position_km(with_) - true[0]) < 0.05 * np.linalg.norm(position_km(without) - true[0])


def test_rows_are_given_back_and_their_error_with_them() -> None:
    days = START + 0.1 + np.arange(5) / 1440
    place, _ = kepler(days, *ORBITS["high"])
    table = OrbitTable(days, place, "state vectors", "test", error_km=0.5)
    for day, here in zip(days, place, strict=True):
        state = table.at(to_instant(from_ijd(day)))
        assert position_km(state) == pytest.approx(here, abs=1e-3)
        assert state.error_km == pytest.approx(0.5, abs=0.01)


def test_a_little_outside_costs_error_and_far_outside_is_refused() -> None:
    days = START + 0.1 + np.arange(5) / 1440
    place, _ = kepler(days, *ORBITS["high"])
    table = OrbitTable(days, place, "state vectors", "eph.oem")
    late = table.at(to_instant(from_ijd(days[-1] + 5 / 86400)))
    assert late.error_km == pytest.approx(5 * 11.2, rel=0.01)
    with pytest.raises(NoData, match=r"eph\.oem: covers 2023-05-20"):
        table.at(to_instant(from_ijd(days[-1] + 9 / 86400)))
    part = OrbitTable(days, place, "state vectors", "eph.oem", usable_ijd=(days[1], days[3]))
    part.at(to_instant(from_ijd(days[2])))
    with pytest.raises(NoData):
        part.at(to_instant(from_ijd(days[4])))


def test_times_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(RefusedInput, match="ascend"):
        OrbitTable(np.array([1.0, 1.0]), np.ones((2, 3)) * 7000, "s", "t")


OEM = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2024-01-01T00:00:00
ORIGINATOR = TEST
META_START
OBJECT_NAME = EXAMPLE
OBJECT_ID = 2024-001A
CENTER_NAME = EARTH
REF_FRAME = {frame}
TIME_SYSTEM = {system}
START_TIME = 2024-03-01T00:00:00
USEABLE_START_TIME = 2024-03-01T00:01:00.000
USEABLE_STOP_TIME = 2024-03-01T00:03:00.000
STOP_TIME = 2024-03-01T00:04:00
INTERPOLATION = HERMITE
INTERPOLATION_DEGREE = 7
META_STOP
COMMENT made for the test
{rows}
COVARIANCE_START
EPOCH = 2024-03-01T00:00:00.000
COV_REF_FRAME = EME2000
0.04
0.0 0.09
0.0 0.0 0.12
0 0 0 1e-6
0 0 0 0 1e-6
0 0 0 0 0 1e-6
COVARIANCE_STOP
"""


def oem(frame: str = "EME2000", system: str = "UTC", form: str = "2024-03-01T00:0{}:00.000") -> str:
    days = START + np.arange(5) / 1440
    place, speed = kepler(days + 0.1, *ORBITS["low"])
    rows = "\n".join(f"{form.format(i)} " + " ".join(f"{v:.9f}" for v in (*place[i], *speed[i])) for i in range(5))
    return OEM.format(frame=frame, system=system, rows=rows)


def test_oem() -> None:
    (table,) = read_oem(oem(), "example.oem")
    assert table.source == "state vectors of EXAMPLE"
    assert table.velocity_km_s is not None
    assert len(table.time_ijd) == 5
    assert 86400 * (table.time_ijd[1] - ijd(to_time(Instant(utc="2024-03-01T00:01:00")))) == pytest.approx(0.0, abs=1e-5)
    inside = table.at(to_instant(from_ijd(table.time_ijd[2])))
    # One sigma in space of the covariance: sqrt(0.04 + 0.09 + 0.12).
    assert inside.error_km == pytest.approx(0.5, abs=1e-3)
    with pytest.raises(NoData):
        table.at(to_instant(from_ijd(table.time_ijd[0])))


@pytest.mark.parametrize(("system", "seconds"), [("TT", -69.184), ("TAI", -37.0), ("GPS", -18.0), ("UTC", 0.0)])
def test_time_systems_of_oem(system: str, seconds: float) -> None:
    (table,) = read_oem(oem(system=system), "example.oem")
    (utc,) = read_oem(oem(), "example.oem")
    assert 86400 * (table.time_ijd[0] - utc.time_ijd[0]) == pytest.approx(seconds, abs=1e-5)


def test_day_of_year_epochs_of_oem() -> None:
    (table,) = read_oem(oem(form="2024-061T00:0{}:00.000Z"), "example.oem")
    assert table.time_ijd == pytest.approx(read_oem(oem(), "x")[0].time_ijd, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("CENTER_NAME = EARTH", "CENTER_NAME = MOON"), "about MOON"),
        (("REF_FRAME = EME2000", "REF_FRAME = MARSIAU"), "MARSIAU"),
        (("TIME_SYSTEM = UTC", "TIME_SYSTEM = SCLK"), "SCLK"),
        (("2024-03-01T00:02:00.000 ", "2024-03-99T00:02:00.000 "), "epoch"),
        (("2024-03-01T00:02:00.000 ", "2024-03-01T00:02:00.000 nan "), "words|finite"),
        (("CCSDS_OEM_VERS", "CCSDS_OPM_VERS"), "not an orbit ephemeris"),
    ],
)
def test_oem_that_is_refused(change: tuple[str, str], message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        read_oem(oem().replace(*change), "example.oem")


def test_csv_and_ecsv_say_the_same() -> None:
    days = START + np.arange(6) / 1440
    place, speed = kepler(days + 0.1, *ORBITS["low"])
    utc = [to_instant(from_ijd(day)).iso for day in days]
    plain = "utc,x_km,y_km,z_km,vx_km_s,vy_km_s,vz_km_s,error_km\n" + "\n".join(
        ",".join([utc[i], *(repr(float(v)) for v in (*place[i], *speed[i])), "0.2"]) for i in range(6)
    )
    table = Table({"utc": utc, **{k: place[:, i] * 1e3 for i, k in enumerate("xyz")}})
    for i, k in enumerate(("vx", "vy", "vz")):
        table[k] = speed[:, i] * 1e3
        table[k].unit = "m/s"
        table["xyz"[i]].unit = "m"
    lines = list(_ecsv(table))
    at = to_instant(from_ijd(days[2] + 20 / 86400))
    first, second = read_orbit_csv(plain, "a.csv"), read_orbit_csv("\n".join(lines), "a.ecsv")
    assert position_km(first.at(at)) == pytest.approx(position_km(second.at(at)), abs=1e-6)
    assert (first.error_km, second.error_km) == (0.2, None)


def _ecsv(table: Table) -> list[str]:
    out = io.StringIO()
    table.write(out, format="ascii.ecsv")
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2", "heading"),
        ("utc,x_km,y_km\n2024-01-01T00:00:00,1,2\n2024-01-01T00:01:00,1,2", "z_km"),
        ("utc,x_km,y_km,z_km\n2024-01-01T00:00:00,1,2,3", "fewer than two"),
        ("utc,x_km,y_km,z_km\n2024-01-01T00:00:00,1,2,3\n2024-01-01T00:01:00,1,2,x", "z_km"),
        ("utc,x_km,y_km,z_km\n2024-01-01T00:00:00,1,2,3\n2024-01-01T00:01:00,1,2,nan", "finite"),
        ("utc,x_km,y_km,z_km\n2024-01-01T00:00:00,1,2,3\n2024-01-01T00:01:00,1,2,", "z_km"),
        ("utc,x,y,z\n2024-01-01T00:00:00,1,2,3\n2024-01-01T00:01:00,1,2,3", "x_km"),
    ],
)
def test_csv_that_is_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        read_orbit_csv(text, "a.csv")


def test_earth_fixed_vectors_against_skyfield() -> None:
    scale = load.timescale(builtin=True)
    time = from_ijd(np.array([8540.25, 8545.5]))
    fixed = np.array([[7000.0, 100.0, -3000.0], [-20_000.0, 30_000.0, 10_000.0]])
    ours, _ = to_gcrs("ITRF2014", time, fixed, None, "test")
    for i in range(2):
        rotation = itrs.rotation_at(scale.from_astropy(time[i]))
        # 1e-6 rad: the two packages' tables of UT1 and polar motion differ (skyfield leaves polar motion out).
        assert ours[i] == pytest.approx(rotation.T @ fixed[i], abs=5e-6 * np.linalg.norm(fixed[i]))
