"""Keys of GCN's text notices under the names that VOEvents of the same kinds give them, mission by mission.

Positions, times and comments are read by themselves (`text_notices`); keys that stand in no table are kept as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: How a value is read: the n-th number of it; the whole text; its first word; what stands after "="; a hexadecimal word; a
#: radius in degrees; the number after a word ("Seg_Num: 10"); a percentage and a class of GBM's.
How = Literal["number", "text", "word", "meaning", "hex", "radius", "after", "class", "detectors"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A parameter that is made of a key's value."""

    name: str
    how: How = "number"
    #: Which number of the value, or after which word.
    which: int = 0
    word: str = ""
    group: str = ""
    #: Where the first unit of the value is another number's.
    unit: str | None = None


Keys = Mapping[str, tuple[Rule, ...]]


def _n(name: str, which: int = 0) -> Rule:
    return Rule(name, which=which)


def _t(name: str) -> Rule:
    return Rule(name, "text")


_TRIGGER = (_n("TrigID"), Rule("Segment_Num", "after", word="Seg_Num"))
#: Texts print no serial number of the packet: the record's number orders a trigger's notices of one kind.
_RECORD = (_n("Sequence_Num"), _n("Pkt_Ser_Num"))
_STATUS: Keys = {
    "SOLN_STATUS": (Rule("Soln_Status", "hex"),), "TRIGGER_ID": (Rule("Trigger_ID", "hex"),), "MISC": (Rule("Misc_flags", "hex"),),
    "MISC_FLAGS": (Rule("Misc_flags", "hex"),), "TEST_MPOS": (Rule("Test_mpos", "hex"),),
}  # fmt: skip
_GBM: Keys = {
    "TRIGGER_NUM": (_n("TrigID"),), "RECORD_NUM": _RECORD, "TRIGGER_SIGNIF": (_n("Trig_Signif"),),
    "TRIGGER_DUR": (_n("Trig_Dur"),), "ALGORITHM": (_n("Algorithm"),), "LOC_ALGORITHM": (_n("Algorithm"),),
    "E_RANGE": (_n("Lo_Chan_Index"), _n("Hi_Chan_Index", 1), Rule("Lo_Chan_Energy", which=2, unit="keV"),
                Rule("Hi_Chan_Energy", which=3, unit="keV")),
    "DETECTORS": (Rule("Dets", "detectors"),), "LC_URL": (_t("LightCurve_URL"),), "LOC_URL": (_t("LocationMap_URL"),),
    "GRB_INTEN": (_n("Burst_Inten"),), "DATA_SIGNIF": (_n("Data_Signif"),), "INTEG_TIME": (_n("Trig_Timescale"),),
    "DATA_TIME_SCALE": (_n("Data_Timescale"),), "HARD_RATIO": (_n("Hardness_Ratio"),), "GRB_PHI": (_n("Phi"),),
    "GRB_THETA": (_n("Theta"),), "MOST_LIKELY": (Rule("Most_Likely", "class"),),
    "2ND_MOST_LIKELY": (Rule("Sec_Most_Likely", "class"),), "E_BAND": (_n("Lo_Energy"), _n("Hi_Energy", 1)),
    "BURST_SIGNIF": (_n("Burst_Signif"),),
}  # fmt: skip
_SUBTHRESHOLD: Keys = {
    "TRANS_NUM": (_n("Trans_Num"),), "TRIGGER_NUM": (_n("Trans_Num"),), "FULL_ID_NUM": (_t("Full_ID_Num"),),
    "TRANS_DURATION": (_n("Trans_Duration"),), "RELIABILITY": (_n("Reliability"),), "EARTH_ANGLE": (_n("Earth_angle"),),
    "HEALPIX_URL": (_t("HealPix_URL"),), "MAP_URL": (_t("Map_URL"),), "LC_URL": (_t("LC_URL"),),
    "SPECTRAL_CLASS": (_t("Spectral_class"),), "TYPE_CLASS": (_t("Duration_class"),),
}  # fmt: skip
_LAT: Keys = {
    "TRIGGER_NUM": (_n("TrigID"),), "RECORD_NUM": (_n("Record_Num"), _n("Pkt_Ser_Num")), "REF_NUM": (_n("TrigID"),),
    "SOURCE_OBJ": (_t("SourceName"),), "CURR_FLUX": (_n("Curr_Flux"), _n("Curr_Flux_Err", 1)),
    "BASE_FLUX": (_n("Base_Flux"), _n("Base_Flux_Err", 1)), "SIGNIFICANCE": (_n("Trigger_Signif"),),
    "GRB_INTEN_TOT": (_n("Burst_Inten"),), "INTEG_TIME": (_n("Integ_Time"),), "TRIGGER_INDEX": (_n("Trig_Index"),),
    "LC_URL": (_t("LC_URL"),),
}  # fmt: skip
_SWIFT: Keys = {
    "TRIGGER_NUM": _TRIGGER, "TGT_NUM": _TRIGGER, "TGT_NAME": (_t("Target_Name"),), "GRB_INTEN": (_n("Burst_Inten"),),
    "TRIGGER_DUR": (_n("Integ_Time"),), "TRIGGER_INDEX": (_n("Trig_Index"),), "BKG_INTEN": (_n("Bkg_Inten"),),
    "BKG_DUR": (_n("Bkg_Dur"),), "GRB_PHI": (_n("Phi"),), "GRB_THETA": (_n("Theta"),), "RATE_SIGNIF": (_n("Rate_Signif"),),
    "IMAGE_SIGNIF": (_n("Image_Signif"),), "GRB_SIGNIF": (_n("Det_Signif"),), "LC_URL": (_t("Lightcurve_Link"),),
    "FILTER": (_n("Filter"),), "NEXT_POINT_ROLL": (_n("Slew_Roll"),), "MERIT": (_n("Merit"),),
    "INST_MODES": (Rule("BAT_Mode", "after", word="BAT"), Rule("XRT_Mode", "after", word="XRT"),
                   Rule("UVOT_Mode", "after", word="UVOT")),
}  # fmt: skip
_INTEGRAL: Keys = {
    "GRB_INTEN": (_n("Inten_Sigma"),), "TIME_ERROR": (_n("Time_Error"),), "TIME_SCALE": (_n("Time_Scale"),),
    "SC_RA": (_n("SC_Pnt_Ra"),), "SC_DEC": (_n("SC_Pnt_Dec"),),
}  # fmt: skip
_LVC: Keys = {
    "TRIGGER_NUM": (Rule("GraceID", "word"),), "SEQUENCE_NUM": (_n("Pkt_Ser_Num"),), "GROUP_TYPE": (Rule("Group", "meaning"),),
    "SEARCH_TYPE": (Rule("Search", "meaning"),), "PIPELINE_TYPE": (Rule("Pipeline", "meaning"),), "FAR": (_n("FAR"),),
    "PROB_NS": (Rule("HasNS", group="Properties"),), "PROB_REMNANT": (Rule("HasRemnant", group="Properties"),),
    "PROB_BNS": (Rule("BNS", group="Classification"),), "PROB_NSBH": (Rule("NSBH", group="Classification"),),
    "PROB_BBH": (Rule("BBH", group="Classification"),), "PROB_TERRES": (Rule("Terrestrial", group="Classification"),),
    "PROB_MASSGAP": (Rule("MassGap", group="Classification"),), "CENTRAL_FREQ": (_n("CentralFreq"),),
    "DURATION": (_n("Duration"),), "SKYMAP_FITS_URL": (Rule("skymap_fits", "text", group="GW_SKYMAP"),),
    "EVENTPAGE_URL": (_t("EventPage"),),
}  # fmt: skip
_COUNTERPART: Keys = {
    "EVENT_TRIG_NUM": (_t("EVENT_TRIG_NUM"),), "TRIGGER_NUM": (_n("TrigID"),), "SOURCE_SERNUM": (_n("SOURCE_SERNUM"),),
    "SOURSE_SERNUM": (_n("SOURCE_SERNUM"),), "RANK": (_n("RANK"),), "WARN_FLAG": (_n("WARN_FLAG"),),
    "TELESCOPE": (_t("Telescope"),), "SUBMITTER": (_t("Submitter"),), "INTENSITY": (_n("Intensity"), _n("Inten_Uncert", 1)),
    "ENERGY": (_t("Energy"),), "OBS_DUR": (_n("Obs_Dur"),), "FILTER": (_t("Filter"),), "SEEING": (_n("Seeing"),),
}  # fmt: skip
_NEUTRINO: Keys = {
    "STREAM": (_n("Stream"),), "RUN_NUM": (_n("run_id"),), "EVENT_NUM": (_n("event_id"),), "REVISION": (_n("Rev"),),
    "ENERGY": (_n("energy"),), "SIGNALNESS": (_n("signalness"),), "FAR": (_n("FAR"),), "EVENT_NAME": (_t("event_name"),),
    "SKYMAP_FITS_URL": (_t("skymap_fits"),), "SKYMAP_PNG_URL": (_t("skymap_png"),), "SKYMAP_URL": (_t("SkyMap"),),
    "SRC_ERROR": (Rule("src_error_90", "radius"),), "SRC_ERROR50": (Rule("src_error_50", "radius"),),
    "N_EVENTS": (_n("Nevents"),), "DELTA_T": (_n("deltaT"),), "SIGMA_T": (_n("sigmaT"),), "CHARGE": (_n("charge"),),
    "SIGNAL_TRACKNESS": (_n("signal_trackness"),), "PVALUE": (_n("Pvalue"),), "FALSE_POS": (_n("False_pos"),),
    "EVENT_DATE": (_t("Event_Date"),), "COINC_PAIR": (_t("Pair_Name"),),
}  # fmt: skip
_SUPERK: Keys = {
    "TRIGGER_NUMBER": (_n("Trigger_Number"),), "TRIGGER_NUM": (_n("Trigger_Number"),), "N_EVENTS": (_n("N_Events"),),
    "SRC_ERROR68": (Rule("Src_Error68", "radius"),), "SRC_ERROR90": (Rule("Src_Error90", "radius"),),
    "SRC_ERROR95": (Rule("Src_Error95", "radius"),), "DURATION": (_n("Duration"),), "ENERGY_LIMIT": (_n("Energy_Limit"),),
    "DISTANCE": (_n("Min_Distance"), _n("Max_Distance", 1)),
}  # fmt: skip
_SNEWS: Keys = {
    "TRIGGER_NUM": (_n("TrigID"),), "EVENT_FLUENCE": (_n("Event_Signal"),), "EVT_FLUENCE": (_n("Event_Signal"),),
    "EVENT_DUR": (_n("Duration"),), "EVT_DUR": (_n("Duration"),),
}  # fmt: skip
_MAXI: Keys = {
    "EVENT_ID_NUM": (_n("TrigID"),), "SRC_ID_NUM": (_n("TrigID"),), "EVENT_FLUX": (_n("Event_Flux"),),
    "SRC_FLUX": (_n("Source_Flux"),), "EVENT_TSCALE": (_t("Event_TimeScale"),), "SRC_TSCALE": (_t("Source_TimeScale"),),
    "EVENT_EBAND": (_t("Event_EBand"),), "SRC_EBAND": (_t("Source_EBand"),), "SOURCE_NAME": (_t("Source_Name"),),
    "SRC_NAME": (_t("Source_Name"),), "SRC_CLASS": (_t("Event_Class"),),
}  # fmt: skip
_CALET: Keys = {
    "TRIGGER_NUM": (_n("TrigID"),), "SIGNIFICANCE": (_n("SIGNIFICANCE"),), "FOREGND_DUR": (_n("FOREGND_DUR"),),
    "BACKGND_DUR1": (_n("BACKGND_DUR1"),), "ENERGY_BAND": (_n("E_BAND_LO_E"), _n("E_BAND_HI_E", 1)),
    "TRIGGER_DET": (_n("Trigger_Det1"), _n("Trigger_Det2", 1), _n("Trigger_Det3", 2)), "LC_URL": (_t("Light_Curve"),),
    "SC_LON_LAT": (_n("SC_LON"), _n("SC_LAT", 1)),
}  # fmt: skip
_GECAM: Keys = {
    "TRIGGER_NUMBER": (_n("Trigger_Number"),), "MISSION": (_t("MISSION"),), "SRC_CLASS": (_t("SRC_CLASS"),),
    "TRIGGER_SIGNIF": (_n("TRIGGER_SIGNIF"),), "TRIGGER_DUR": (_n("TRIGGER_DUR"),), "BURST_INTEN": (_n("BURST_INTEN"),),
    "BURST_DUR": (_n("BURST_DUR"),), "PHI": (_n("Phi"),), "THETA": (_n("Theta"),), "SC_LAT": (_n("SC_LAT"),),
    "SC_LON": (_n("SC_LONG"),), "TRIGGER_DETS": (Rule("TRIGGER_DETS", "hex"),),
}  # fmt: skip
_PLAIN: Keys = {"TRIGGER_NUM": (_n("TrigID"),), "LC_URL": (_t("Light_Curve"),), "GRB_INTEN": (_n("Burst_Inten"),)}


@dataclass(frozen=True, slots=True)
class Mission:
    """How a mission's notices are read."""

    keys: Keys
    #: Prefix of day and second of day among the parameters.
    time: str = "Burst"
    #: Keys of the error radius, the first that is there; without any, the position's own ("GRB_ERROR" beside "GRB_RA").
    error: tuple[str, ...] = ()


_GBM_MISSION, _SWIFT_MISSION = Mission({**_STATUS, **_GBM}), Mission({**_STATUS, **_SWIFT})
_LAT_MISSION, _NEUTRINO_MISSION = Mission({**_STATUS, **_LAT}), Mission({**_STATUS, **_NEUTRINO}, "Event")
#: An EHE event's and a coincidence's VOEvent prints the 50 % radius.
_HALF = Mission({**_STATUS, **_NEUTRINO}, "Event", ("SRC_ERROR50", "SRC_ERROR"))
_SWIFT_TYPES = (46, 47, *range(60, 74), *range(76, 90), *range(97, 100), 103, 133, 140, 141)
#: Missions by packet type; what is not here has plain keys.
MISSIONS: Mapping[int, Mission] = {
    **dict.fromkeys(range(110, 120), _GBM_MISSION), 146: _GBM_MISSION, **dict.fromkeys(range(120, 130), _LAT_MISSION),
    131: Mission({**_STATUS, **_SUBTHRESHOLD}, "Trans"), **dict.fromkeys(_SWIFT_TYPES, _SWIFT_MISSION),
    **dict.fromkeys(range(51, 57), Mission({**_STATUS, **_INTEGRAL})),
    **dict.fromkeys((150, 151, 152, 153, 163, 164), Mission({**_STATUS, **_LVC}, "Event")),
    154: Mission({**_STATUS, **_COUNTERPART}, "Event"), 45: Mission({**_STATUS, **_COUNTERPART}),
    **dict.fromkeys((157, 158, 159, 171, 173, 174, 176), _NEUTRINO_MISSION), 169: _HALF, 172: _HALF,
    175: Mission({**_STATUS, **_SUPERK}, "Event", ("SRC_ERROR90",)), 149: Mission({**_STATUS, **_SNEWS}, "Event"),
    **dict.fromkeys((134, 135, 136), Mission({**_STATUS, **_MAXI}, "Event")),
    **dict.fromkeys((160, 161), Mission({**_STATUS, **_CALET}, "Trigger")),
    **dict.fromkeys((188, 189), Mission({**_STATUS, **_GECAM}, "", ("SRC_ERROR68",))),
}  # fmt: skip
PLAIN = Mission({**_STATUS, **_PLAIN})
#: Names before "_RA" and "_DEC", "_DATE" and "_TIME", in the order they are looked for; "" is "RA" and "DEC".
POSITIONS = ("GRB", "SRC", "EVENT", "EVT", "CNTRPART", "TRANS", "SOURCE", "BURST", "TARGET", "")
POINTINGS = ("NEXT_POINT", "POINT", "SC_POINT")
TIMES = (
    "GRB", "TRANS", "TRIGGER", "DISCOVERY", "EVENT", "EVT", "SRC", "OUTBURST", "IMG_START", "EXPO_START", "SPEC_START", "LC_START",
    "START", "SLEW", "POINT", "OBS",
)  # fmt: skip
