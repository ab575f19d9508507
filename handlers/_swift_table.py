"""Swift's kinds as rows: which of the three telescopes speaks, what its position and its time are.

An event is a BAT trigger number. Positions supersede each other in the order of their precision: quick look, BAT, transient
(BAT again), XRT, UVOT. What gives neither position nor time of the burst stays below them, so it can replace nothing.

Times, measured on five months of the distributed VOEvents against BAT's position of the same trigger: light curve, scaled map,
figure of merit and slew print the burst's own time (apart by 0.2 s at most, a quick look by 6 s); XRT and UVOT print the start of
an exposure, 50 to 880 s later, even where the parameter is called Burst_TJD; figure of merit and slew of a target of opportunity
print a time up to 104 s off on either side.
"""

from __future__ import annotations

from typing import Any

from schemas import Messenger

from .kinds import ClassicKind, by_kind

ORIGIN = "Swift"
#: Recorded and never searched: see the handler's policies.
RECORDED = "swift-recorded"
#: BAT's radius is fixed: 3', statistical, 90 %.
_BAT_RADIUS = {"containment": 0.9, "systematic": False}
_BAT_SIGNIFICANCE = ("Image_Signif", "Rate_Signif")


def _row(kind: str, stage: int, telescope: str | None, **more: Any) -> ClassicKind:
    values: dict[str, Any] = {
        # One messenger for the whole event: XRT and UVOT look for what BAT saw in gamma rays.
        "messenger": "gamma-ray", "origin": ORIGIN, "revision": kind, "needs_time": False,
        "instruments": (telescope,) if telescope is not None else (),
    }  # fmt: skip
    return ClassicKind(kind=f"SWIFT_{kind}", stage=stage, **(values | more))


def _position(kind: str, stage: int, telescope: str, **more: Any) -> ClassicKind:
    """A kind whose position is the burst's."""
    return _row(kind, stage, telescope, **more)


def _about_burst(kind: str, telescope: str | None) -> ClassicKind:
    """A kind that repeats the burst's time and an earlier notice's position, and adds no knowledge of either."""
    return _row(kind, 0, telescope, localises=False, policy=RECORDED, snr=_BAT_SIGNIFICANCE)


def _follow_up(kind: str, telescope: str, *clocks: str) -> ClassicKind:
    """A kind that prints the start of an exposure, and where the telescope pointed."""
    return _row(kind, 0, telescope, localises=False, dates_event=False, clocks=clocks, policy=RECORDED)


def _apart(kind: str, origin: str, messenger: Messenger = "gamma-ray", **more: Any) -> ClassicKind:
    """A kind that is about no BAT trigger: an origin of its own, recorded only."""
    return _row(kind, 0, "BAT", **({"origin": origin, "messenger": messenger, "policy": RECORDED} | more))


TABLE = by_kind(
    _row("BAT_GRB_ALERT", 1, "BAT", localises=False, snr=("Rate_Signif",)),
    _position("BAT_QL_POS", 2, "BAT", snr=("Rate_Signif",), **_BAT_RADIUS),
    # No source in BAT's image. That takes nothing back: a burst outside the coded field counts and images nothing.
    _row("BAT_GRB_POS_NACK", 2, "BAT", localises=False, snr=("Rate_Signif",)),
    _position("BAT_GRB_POS_ACK", 3, "BAT", snr=_BAT_SIGNIFICANCE, **_BAT_RADIUS),
    _position("BAT_SLEW_POS", 3, "BAT", snr=_BAT_SIGNIFICANCE),
    _position("BAT_GRB_POS_TEST", 3, "BAT", snr=_BAT_SIGNIFICANCE, role="test", **_BAT_RADIUS),
    _position("BAT_TRANS", 4, "BAT", snr=_BAT_SIGNIFICANCE, **_BAT_RADIUS),
    # Containment of XRT's and UVOT's radius is not said. XRT's significance is the X-ray source's, not the burst's.
    _position("XRT_POSITION", 5, "XRT", dates_event=False),
    _position("UVOT_POS", 6, "UVOT", dates_event=False),
    _about_burst("BAT_GRB_LC", "BAT"),
    _about_burst("BAT_GRB_LC_PROC", "BAT"),
    _about_burst("BAT_SCALEDMAP", "BAT"),
    _about_burst("FOM_OBS", None),
    _about_burst("SC_SLEW", None),
    _follow_up("XRT_SPECTRUM", "XRT", "SpecStart"),
    _follow_up("XRT_SPECTRUM_PROC", "XRT", "SpecStart"),
    _follow_up("XRT_IMAGE", "XRT", "SpecStart"),
    _follow_up("XRT_IMAGE_PROC", "XRT", "SpecStart"),
    _follow_up("XRT_LC", "XRT", "LCStart"),
    _follow_up("XRT_CENTROID", "XRT", "Data"),
    _follow_up("XRT_THRESHPIX", "XRT", "SpecStart"),
    _follow_up("XRT_THRESHPIX_PROC", "XRT", "SpecStart"),
    _follow_up("XRT_SPER", "XRT", "SpecStart"),
    _follow_up("XRT_SPER_PROC", "XRT", "SpecStart"),
    _follow_up("UVOT_DBURST", "UVOT", "ExpoStart"),
    _follow_up("UVOT_DBURST_PROC", "UVOT", "ExpoStart"),
    _follow_up("UVOT_FCHART", "UVOT", "ExpoStart"),
    _follow_up("UVOT_FCHART_PROC", "UVOT", "ExpoStart"),
    # UVOT saw nothing; the position is XRT's or BAT's. Most bursts show it nothing: no retraction.
    _follow_up("UVOT_POS_NACK", "UVOT"),
    # A target of opportunity: the number is the target's, which comes again for weeks; bursts' positions among them.
    _apart("TOO_FOM", "Swift ToO", localises=False, dates_event=False, instruments=()),
    _apart("TOO_SC_SLEW", "Swift ToO", localises=False, dates_event=False, instruments=()),
    # Peaks in images, confirmed by nothing. The number (above 2^31 it prints negative) is the image's, its peaks are notices.
    _apart("BAT_SUB_THRESHOLD", "Swift-BAT sub-threshold", snr=_BAT_SIGNIFICANCE),
    _apart("BAT_SUBSUB", "Swift-BAT sub-threshold", snr=_BAT_SIGNIFICANCE),
    _apart("BAT_KNOWN_SRC", "Swift-BAT known sources", snr=_BAT_SIGNIFICANCE),
    _apart("BAT_MONITOR", "Swift-BAT monitor", "x-ray", identity=("SourceName",), dates_event=False, clocks=("Outburst",),
           snr=("Signif",)),
)  # fmt: skip
POINTINGS = {"SWIFT_POINTDIR": "Swift", "SWIFT_ACTUAL_POINTDIR": "Swift"}
