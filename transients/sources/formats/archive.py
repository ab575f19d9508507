"""Our own form: FITS that opens in every astronomer's tool, times and counts as RICE-compressed images.

Bins are kept as segments of a regular grid plus the departure of each stamp from it in whole nanoseconds, so that regular data
cost almost nothing and irregular data lose nothing beyond 0.5 ns. Counts that are not whole numbers stay float64.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from astropy.io import fits

from schemas import FloatArray, Instant, LightCurve
from schemas.lightcurves import Tier

from .build import Columns

#: Keyword of the primary header that marks the form; its value is the version.
MARK = "TRLCFORM"
_VERSION = 1
_NS = 1e9
#: Longest segment: keeps the drift of real clocks (1e-6) far below the 2.1 s that int32 nanoseconds hold.
_SEGMENT_BINS = 65536


def write_lightcurve(lc: LightCurve) -> bytes:
    """The light curve as bytes of our archive's FITS form; the same light curve gives the same bytes.

    `read_lightcurve` gives back equal counts, and times equal to 0.5 ns.
    """
    first = _segment_starts(lc)
    lengths = np.diff(np.append(first, len(lc)))
    origin = lc.start_s[first]
    grid = np.repeat(origin, lengths) + (np.arange(len(lc)) - np.repeat(first, lengths)) * lc.info.bin_s
    segments = fits.BinTableHDU.from_columns(
        [
            fits.Column("FIRST", "K", array=first),
            fits.Column("NBINS", "K", array=lengths),
            fits.Column("START", "D", "s", array=origin),
        ],
        name="SEGMENTS",
    )
    hdus = fits.HDUList([fits.PrimaryHDU(header=_header(lc)), segments])
    hdus.append(_image("DSTART", np.round((lc.start_s - grid) * _NS).astype(np.int32), "ns"))
    hdus.append(_wide_image("DWIDTH", np.round((lc.width_s - lc.info.bin_s) * _NS)))
    hdus.append(_counts(lc.counts))
    out = io.BytesIO()
    hdus.writeto(out, checksum=False)
    return out.getvalue()


def _segment_starts(lc: LightCurve) -> npt.NDArray[np.int64]:
    if len(lc) == 0:
        raise ValueError("an empty light curve is not kept")
    steps = np.diff(lc.start_s)
    breaks = np.flatnonzero(np.abs(steps - lc.info.bin_s) > 0.5 * lc.info.bin_s) + 1
    starts = np.concatenate([[0], breaks])
    stops = np.append(breaks, len(lc))
    pieces = [np.arange(a, b, _SEGMENT_BINS) for a, b in zip(starts, stops, strict=True)]
    first = np.concatenate(pieces).astype(np.int64)
    lengths = np.diff(np.append(first, len(lc)))
    local = np.arange(len(lc)) - np.repeat(first, lengths)
    drift = lc.start_s - np.repeat(lc.start_s[first], lengths) - local * lc.info.bin_s
    if np.abs(drift).max() > 2.0:
        return np.arange(len(lc), dtype=np.int64)
    return first


def _image(name: str, values: npt.NDArray[np.int32], unit: str) -> fits.CompImageHDU:
    hdu = fits.CompImageHDU(values, compression_type="RICE_1", name=name)
    hdu.header["BUNIT"] = unit
    return hdu


def _wide_image(name: str, values: FloatArray) -> fits.CompImageHDU | fits.BinTableHDU:
    if np.abs(values).max() < 2**31 - 1:
        return _image(name, values.astype(np.int32), "ns")
    return fits.BinTableHDU.from_columns([fits.Column(name, "D", "ns", array=values)], name=name)


def _counts(counts: FloatArray) -> fits.CompImageHDU | fits.BinTableHDU:
    whole = np.round(counts)
    if np.array_equal(whole, counts) and np.abs(counts).max() < 2**31 - 1:
        return _image("COUNTS", counts.astype(np.int32), "count")
    return fits.BinTableHDU.from_columns([fits.Column("COUNTS", "D", "count", array=counts)], name="COUNTS")


def _header(lc: LightCurve) -> fits.Header:
    info = lc.info
    header = fits.Header()
    header[MARK] = (_VERSION, "transients light curve, version of the form")
    header["TELESCOP"] = info.mission
    header["INSTRUME"] = info.instrument
    header["TIMESYS"] = "UTC"
    header["DATEREF"] = (info.reference.iso, "times are s from here")
    header["REFNS"] = (info.reference.ns, "[ns] part of DATEREF after the second")
    header["TIMEDEL"] = (info.bin_s, "[s] nominal bin")
    header["TIER"] = info.tier
    header["TASSIGN"] = "SATELLITE" if info.time_frame == "spacecraft" else "GEOCENTRE"
    header["SIMULATD"] = (info.simulated, "not an observation" if info.simulated else "an observation")
    if info.energy_kev is not None:
        header["E_MIN"], header["E_MAX"] = info.energy_kev
    if info.ephemeris is not None:
        header["EPHS"] = " ".join(repr(float(x)) for x in info.ephemeris)
    for remark in info.remarks:
        header.add_history(remark.encode("ascii", "replace").decode("ascii"))
    return header


def read_archive(hdus: fits.HDUList) -> Columns:
    """Columns of a file that `write_lightcurve` wrote. Raises ValueError or KeyError when it is not whole."""
    header = hdus[0].header
    if int(header[MARK]) != _VERSION:
        raise ValueError(f"version {header[MARK]} of the form is not known")
    table = hdus["SEGMENTS"].data
    lengths = np.asarray(table["NBINS"], dtype=np.int64)
    bin_s = float(header["TIMEDEL"])
    local = np.concatenate([np.arange(n) for n in lengths])
    start = np.repeat(np.asarray(table["START"], dtype=np.float64), lengths) + local * bin_s + _values(hdus, "DSTART") / _NS
    tier: Tier = header["TIER"]
    ephemeris = tuple(float(x) for x in str(header["EPHS"]).split()) if "EPHS" in header else None
    return Columns(
        start_s=start,
        width_s=bin_s + _values(hdus, "DWIDTH") / _NS,
        counts=_values(hdus, "COUNTS"),
        reference=Instant(utc=str(header["DATEREF"])[:19], ns=int(header["REFNS"])),
        bin_s=bin_s,
        tier=tier,
        mission=str(header["TELESCOP"]),
        instrument=str(header["INSTRUME"]),
        simulated=bool(header["SIMULATD"]),
        energy_kev=(float(header["E_MIN"]), float(header["E_MAX"])) if "E_MIN" in header else None,
        ephemeris=ephemeris if ephemeris is None else (ephemeris[0], ephemeris[1], ephemeris[2]),
        remarks=[str(line) for line in header.get("HISTORY", [])],
    )


def _values(hdus: fits.HDUList, name: str) -> FloatArray:
    hdu = hdus[name]
    return np.asarray(hdu.data[name] if isinstance(hdu, fits.BinTableHDU) else hdu.data, dtype=np.float64)
