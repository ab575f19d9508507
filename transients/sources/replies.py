"""The services' replies, in the formats of the original services: what the routes send, and the tests read back. Pure."""

from __future__ import annotations

import io
import math
from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing

from ..missions import light_travel, orient
from ..missions.frames import unit_vector, vector_direction
from .clock import ijd_of, instant_of, seconds_between, seconds_of_day, shift, time_of

SIMULATED_LINE = "# simulated data: nothing here was observed"


def genlc_text(lc: LightCurve, start: Instant) -> str:
    """Rows `IJD  seconds_since_start  counts  seconds_of_day` of bin centres, under comment lines."""
    offset = seconds_between(lc.info.reference, start)
    since = lc.centre_s + offset
    # A light curve of a day or two: one slope from seconds to days is exact, as TT has no leap seconds.
    ijd = ijd_of(start) + since / 86400.0
    of_day = seconds_of_day(start) + since
    lines = [SIMULATED_LINE] if lc.info.simulated else []
    lines += [
        f"# instrument: {lc.info.instrument}",
        "# no leap second is assumed within the light curve",
        f"# reference (start) UTC is: {start.iso} {seconds_of_day(start):.9g}",
        "# columns are:",
        "# [IJD] [seconds since reference] [counts in bin] [seconds since midnight]",
    ]
    lines += [
        f"{day:.16g} {second:.12g} {count:.12g} {clock:.12g}"
        for day, second, count, clock in zip(ijd, since, lc.counts, of_day, strict=True)
    ]
    return "\n".join(lines) + "\n"


def ipn_text(lc: LightCurve, t0: Instant, background: float) -> str:
    """The IPN format: heading, background per bin and bin width, then bin start - t0 and counts."""
    day = f"{t0.utc[8:10]}/{t0.utc[5:7]}/{t0.utc[2:4]}"
    offset = seconds_between(lc.info.reference, t0)
    lines = [
        f"'INTEGRAL  ' '{day}' {seconds_of_day(t0):11.5f} 100.000  10000.000",
        f"{background:.6f} {lc.info.bin_s:.8f}",
    ]
    lines += [f"{start:10.3f} {count:10.5f}" for start, count in zip(lc.start_s + offset, lc.counts, strict=True)]
    if lc.info.simulated:
        lines.append(SIMULATED_LINE)
    return "\n".join(lines) + "\n"


def realtime_json(lc: LightCurve) -> dict[str, Any]:
    """{"columns": ["counts", "ijd"], "data": [...]} of bin centres."""
    ijd = ijd_of(lc.info.reference) + lc.centre_s / 86400.0
    return {"columns": ["counts", "ijd"], "data": [[float(c), float(t)] for c, t in zip(lc.counts, ijd, strict=True)]}


def prophecy(expected: DataExpectation) -> list[Any]:
    """The sentence, and the revolutions about an instant."""
    windows = {"prevrev": expected.previous, "thisrev": expected.this, "nextrev": expected.next}
    facts: dict[str, Any] = {
        key: {"num": w.number, "start": w.start.utc, "stop": w.stop.utc} for key, w in windows.items() if w is not None
    }
    facts["last_data_utc"] = expected.last_data.utc if expected.last_data else None
    facts["next_data_utc"] = expected.next_data.utc if expected.next_data else None
    facts["expected_data_status"] = expected.status
    return [expected.sentence, facts]


def ephs_text(orbit: OrbitState) -> str:
    """`RA Dec km` from Earth's centre; second line: half widths deg, deg, accuracy km."""
    error_km = orbit.error_km if orbit.error_km is not None else 30.0
    error_deg = math.degrees(error_km / orbit.distance_km)
    return f"{orbit.ra_deg:.3f} {orbit.dec_deg:.3f} {orbit.distance_km:.1f}\n{error_deg:.3f} {error_deg:.3f} {error_km:.1f}\n"


def att_text(attitude: Attitude) -> str:
    """`#spacecraft X(RA,DEC) Z(RA,DEC)` and four numbers."""
    numbers = (attitude.x_ra_deg, attitude.x_dec_deg, attitude.z_ra_deg, attitude.z_dec_deg)
    return "#spacecraft X(RA,DEC) Z(RA,DEC)\n" + " ".join(f"{number:.6f}" for number in numbers) + "\n"


def spacecraft_json(attitude: Attitude, orbit: OrbitState, ra_deg: float, dec_deg: float) -> dict[str, Any]:
    """Axes, angles of a direction, and the light's way. `bodies` of the original are wrong and not repeated."""
    source = SkyCoord(ra_deg, dec_deg, unit=u.deg)
    x = SkyCoord(attitude.x_ra_deg, attitude.x_dec_deg, unit=u.deg)
    z = SkyCoord(attitude.z_ra_deg, attitude.z_dec_deg, unit=u.deg)
    # The services' Y is X x Z, as the sign of phi is.
    y = vector_direction(np.cross(unit_vector(x.ra.rad, x.dec.rad), unit_vector(z.ra.rad, z.dec.rad)))
    theta, phi = orient(source, x, z)
    return {
        "scx": {"ra": attitude.x_ra_deg, "dec": attitude.x_dec_deg},
        "scy": {"ra": float(y.ra.deg), "dec": float(y.dec.deg)},
        "scz": {"ra": attitude.z_ra_deg, "dec": attitude.z_dec_deg},
        "theta": float(theta.to_value(u.deg)),
        "phi": float(phi.to_value(u.deg)),
        "d_scx": float(source.separation(x).deg),
        "d_scy": float(source.separation(y).deg),
        "d_scz": float(source.separation(z).deg),
        "ephs": {"ra": orbit.ra_deg, "dec": orbit.dec_deg, "alt": orbit.distance_km},
        "barytime": float(light_travel(source, orbit).to_value(u.s)),
    }


def windows_json(pointings: tuple[Pointing, ...], columns: list[str]) -> list[str] | dict[str, list[Any]]:
    """The list of SWID, or a dict of columns; TSTART and TSTOP are IJD, GOOD_ISGRI s."""
    if not columns:
        return [p.scw_id for p in pointings]
    values: dict[str, list[Any]] = {
        "SWID": [p.scw_id for p in pointings],
        "RA_SCX": [p.x_ra_deg for p in pointings],
        "DEC_SCX": [p.x_dec_deg for p in pointings],
        "RA_SCZ": [p.z_ra_deg for p in pointings],
        "DEC_SCZ": [p.z_dec_deg for p in pointings],
        "TSTART": [ijd_of(p.start) for p in pointings],
        "TSTOP": [ijd_of(p.stop) for p in pointings],
        "SW_TYPE": [p.kind.upper() for p in pointings],
        "GOOD_ISGRI": [good_isgri_s(p) for p in pointings],
    }
    unknown = [column for column in columns if column not in values]
    if unknown:
        raise KeyError(f"no column {unknown[0]}")
    return {column: values[column] for column in columns}


def good_isgri_s(pointing: Pointing) -> float | None:
    """Good time of ISGRI in a science window, s: live time; None where the live fraction is unknown."""
    if pointing.live_fraction is None:
        return None
    return pointing.live_fraction * seconds_between(pointing.stop, pointing.start)


def mmoda_fits(lc: LightCurve, bin_s: float, sentence: str, orbit: OrbitState | None) -> bytes:
    """SPI-ACS rates as MMODA gives them: RATE with TIME [s from TIMEZERO] of bin centres, RATE, ERROR.

    Parameters
    ----------
    bin_s
        Wanted bin: native bins are summed in groups; groups that a gap breaks are left out.
    """
    centre, width, counts = rebin(lc, bin_s)
    middle = instant_of(time_of(lc.info.reference) + float(0.5 * (centre[0] + centre[-1])) * u.s)
    zero = ijd_of(middle) * 86400.0
    # TIMEZERO is a double of 7e8 s: what it cannot hold goes into TIME.
    shift_s = seconds_between(middle, lc.info.reference)
    rate = counts / width
    columns = [
        fits.Column("TIME", "D", "s", array=centre - shift_s),
        fits.Column("RATE", "D", "count/s", array=rate),
        fits.Column("ERROR", "D", "count/s", array=np.sqrt(counts) / width),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="RATE")
    span = float(centre[-1] - centre[0] + width[-1])
    header = {
        "TIMESYS": "TT",
        "TIMEREF": "LOCAL",
        "ONTIME": float(width.sum()),
        "TASSIGN": "SATELLITE",
        "TSTART": zero - 0.5 * span,
        "TSTOP": zero + 0.5 * span,
        "DATE-OBS": time_of(shift(lc.info.reference, float(centre[0]))).isot,
        "DATE-END": time_of(shift(lc.info.reference, float(centre[-1]))).isot,
        "TIMEDEL": bin_s,
        "MJDREF": 51544.0,
        "TELESCOP": "INTEGRAL",
        "INSTRUME": "SPI-ACS",
        "TIMEZERO": zero,
        "TIMEUNIT": "s",
        "PROPHECY": sentence,
        "EPHS": ephs_text(orbit).replace("\n", " ").strip() if orbit is not None else "",
        "SIMULATD": lc.info.simulated,
    }
    table.header.update(header)
    if lc.info.simulated:
        table.header.add_comment(SIMULATED_LINE.removeprefix("# "))
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(out)
    return out.getvalue()


def rebin(lc: LightCurve, bin_s: float) -> tuple[Any, Any, Any]:
    """Sum whole groups of native bins: centres, widths, counts, each (m,). Groups are counted from the first bin."""
    group = max(round(bin_s / lc.info.bin_s), 1)
    number = np.round((lc.start_s - lc.start_s[0]) / lc.info.bin_s).astype(np.int64) // group
    unique, first, size = np.unique(number, return_index=True, return_counts=True)
    whole = size == group
    if not whole.any():
        raise ValueError(f"no whole bin of {bin_s:g} s")
    del unique
    sums = np.add.reduceat(lc.counts, first)[whole]
    begin, end = lc.start_s[first][whole], lc.stop_s[first + size - 1][whole]
    return 0.5 * (begin + end), end - begin, sums
