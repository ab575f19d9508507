"""Our own form: FITS that opens in every astronomer's tool, times and counts as RICE-compressed images.

Bins are kept as segments of a regular grid plus the departure of each stamp from it in whole nanoseconds, so that regular data
cost almost nothing and irregular data lose nothing beyond 0.5 ns. Counts that are not whole numbers stay float64. The images are
compressed in tiles, so that a stretch of a long file can be read alone (docs/archive.md).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from astropy.io import fits

from schemas import FloatArray, Instant, LightCurve, sha256_hex
from schemas.lightcurves import Tier

from ...fits_bytes import Card, PackedImage, Table, fits_bytes
from .build import Columns

#: Keyword of the primary header that marks the form; its value is the version.
MARK = "TRLCFORM"
_VERSION = 2
#: Version 1 always had DSTART and DWIDTH, and no COUNTSID.
_READ_VERSIONS = (1, 2)
_NS = 1e9
#: Bins a tile: a stretch is read in whole tiles, and larger ones are compressed no better.
TILE_BINS = 32768
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
    named = {"FIRST": (first, ""), "NBINS": (lengths, ""), "START": (origin, "s")}
    departures = (("DSTART", lc.start_s - grid), ("DWIDTH", lc.width_s - lc.info.bin_s))
    columns = [_column(name, whole, "ns") for name, off_s in departures if (whole := np.round(off_s * _NS)).any()]
    return fits_bytes(_cards(lc), Table(named, name="SEGMENTS"), *columns, _column("COUNTS", lc.counts, "count"))


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


def _column(name: str, values: FloatArray, unit: str) -> Table | PackedImage:
    """Values (n,) as an image of whole numbers; as a table where they are none, or too large."""
    if np.array_equal(np.round(values), values) and np.abs(values).max() < 2**31 - 1:
        return PackedImage(values.astype(np.int32), TILE_BINS, [("BUNIT", unit, "")], name)
    return Table({name: (values, unit)}, name=name)


def _cards(lc: LightCurve) -> list[Card]:
    info = lc.info
    cards: list[Card] = [
        (MARK, _VERSION, "transients light curve, version of the form"),
        ("TELESCOP", info.mission, ""),
        ("INSTRUME", info.instrument, ""),
        ("TIMESYS", "UTC", ""),
        ("DATEREF", info.reference.iso, "times are s from here"),
        ("REFNS", info.reference.ns, "[ns] part of DATEREF after the second"),
        ("TIMEDEL", info.bin_s, "[s] nominal bin"),
        ("TSTART", float(lc.start_s[0]), "[s] start of the first bin"),
        ("TSTOP", float(lc.stop_s[-1]), "[s] end of the last bin"),
        ("NBINS", len(lc), "bins; missing ones are absent"),
        ("LIVETIME", float(lc.width_s.sum()), "[s] sum of the bins"),
        ("COUNTSID", sha256_hex(counts_bytes(lc.counts)), ""),
        ("TIER", info.tier, ""),
        ("TASSIGN", "SATELLITE" if info.time_frame == "spacecraft" else "GEOCENTRE", ""),
        ("SIMULATD", info.simulated, "not an observation" if info.simulated else "an observation"),
    ]
    if info.energy_kev is not None:
        cards += [("E_MIN", info.energy_kev[0], ""), ("E_MAX", info.energy_kev[1], "")]
    if info.ephemeris is not None:
        cards.append(("EPHS", " ".join(repr(float(x)) for x in info.ephemeris), ""))
    return cards + [("HISTORY", remark.encode("ascii", "replace").decode("ascii"), "") for remark in info.remarks]


def counts_bytes(counts: FloatArray) -> bytes:
    """Counts as COUNTSID hashes them: little-endian float64."""
    return np.ascontiguousarray(counts, dtype="<f8").tobytes()


def read_archive(hdus: fits.HDUList) -> Columns:
    """Columns of a file that `write_lightcurve` wrote. Raises ValueError or KeyError when it is not whole."""
    columns = read_heading(hdus[0].header)
    table = hdus["SEGMENTS"].data
    lengths = np.asarray(table["NBINS"], dtype=np.int64)
    local = np.concatenate([np.arange(n) for n in lengths])
    grid = np.repeat(np.asarray(table["START"], dtype=np.float64), lengths) + local * columns.bin_s
    columns.start_s = grid + _departure(hdus, "DSTART", slice(None))
    columns.width_s = columns.bin_s + np.zeros(len(grid)) + _departure(hdus, "DWIDTH", slice(None))
    columns.counts = _values(hdus, "COUNTS", slice(None))
    said = hdus[0].header.get("COUNTSID")
    if said is not None and said != sha256_hex(counts_bytes(columns.counts)):
        raise ValueError("the counts are not those that were written")
    return columns


def read_heading(header: fits.Header) -> Columns:
    """What the primary header says; no bins yet. Raises ValueError or KeyError when it is not of the form."""
    if int(header[MARK]) not in _READ_VERSIONS:
        raise ValueError(f"version {header[MARK]} of the form is not known")
    tier: Tier = header["TIER"]
    ephemeris = tuple(float(x) for x in str(header["EPHS"]).split()) if "EPHS" in header else None
    none = np.zeros(0)
    return Columns(
        start_s=none,
        width_s=none,
        counts=none,
        reference=Instant(utc=str(header["DATEREF"])[:19], ns=int(header["REFNS"])),
        bin_s=float(header["TIMEDEL"]),
        tier=tier,
        mission=str(header["TELESCOP"]),
        instrument=str(header["INSTRUME"]),
        time_frame="spacecraft" if header["TASSIGN"] == "SATELLITE" else "geocentre",
        simulated=bool(header["SIMULATD"]),
        energy_kev=(float(header["E_MIN"]), float(header["E_MAX"])) if "E_MIN" in header else None,
        ephemeris=ephemeris if ephemeris is None else (ephemeris[0], ephemeris[1], ephemeris[2]),
        remarks=[str(line) for line in header.get("HISTORY", [])],
    )


def read_stretch(hdus: fits.HDUList, first: int, stop: int, bin_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Starts, widths (s) and counts of bins first .. stop - 1, reading no more than the tiles they lie in; (n,) each."""
    table = hdus["SEGMENTS"].data
    begin = np.asarray(table["FIRST"], dtype=np.int64)
    index = np.arange(first, stop)
    segment = np.searchsorted(begin, index, side="right") - 1
    grid = np.asarray(table["START"], dtype=np.float64)[segment] + (index - begin[segment]) * bin_s
    part = slice(first, stop)
    start = np.asarray(grid + _departure(hdus, "DSTART", part))
    width = np.asarray(bin_s + np.zeros(stop - first) + _departure(hdus, "DWIDTH", part))
    return start, width, _values(hdus, "COUNTS", part)


def _departure(hdus: fits.HDUList, name: str, part: slice) -> FloatArray | float:
    """Departure from the grid, s; one that is nowhere is not kept."""
    return _values(hdus, name, part) / _NS if name in hdus else 0.0


def _values(hdus: fits.HDUList, name: str, part: slice) -> FloatArray:
    hdu = hdus[name]
    if isinstance(hdu, fits.BinTableHDU):
        return np.asarray(hdu.data[name][part], dtype=np.float64)
    try:
        return np.asarray(hdu.section[part], dtype=np.float64)
    except Exception as error:  # what the decompression raises has no public name
        raise OSError(f"{name} cannot be decompressed: {error}") from error
