"""Which kind a text notice is: its own words for the packet types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .packets import PACKETS

_BY_NAME = {name: number for number, name in PACKETS.items()}
#: Words of NOTICE_TYPE (letters and digits only) and packet types. "grb", "notice" and "test" after the kind are left out first.
_WORDS: Mapping[str, int] = {
    "fermigbmalert": 110, "fermigbmflightposition": 111, "fermigbmgroundposition": 112, "fermigbmfinalposition": 115,
    "fermigbmtestposition": 119, "fermigbmsubthreshold": 131, "fermigbmsubthresh": 131, "fermigbmtransient": 118,
    "fermigbmgroundpositioninternal": 114, "fermigbmalertinternal": 116, "fermigbmflightpositioninternal": 117,
    "fermigbmfinalpositioninternal": 146, "fermigbmtransientposition": 131, "fermigbmsubthresholdtransient": 131,
    "fermilatinitialposition": 120, "fermilatupdatedposition": 121, "fermilatupdateposition": 121,
    "fermilatdiagnosticposition": 122, "fermilattestposition": 124, "fermilatmonitor": 125, "fermilatofflineposition": 128,
    "fermilatoffline": 128, "fermilatgroundposition": 127, "fermilattransient": 123, "fermispacecraftslew": 126,
    "fermiscslew": 126, "fermipointingdirection": 129,
    "swiftbatalert": 60, "swiftbatposition": 61, "swiftbatpositionack": 61, "swiftbatpositionnack": 62,
    "swiftbatlightcurve": 63, "swiftbatscaledmap": 64, "swiftfomwillobserve": 65, "swiftfomobs": 65, "swiftfomobserve": 65,
    "swiftscwillslew": 66, "swiftscslew": 66, "swiftxrtposition": 67, "swiftxrtpositionupdate": 67, "swiftxrtspectrum": 68,
    "swiftxrtimage": 69, "swiftxrtlightcurve": 70, "swiftxrtnackposition": 71, "swiftxrtpositionnack": 71,
    "swiftxrtcentroid": 71, "swiftuvotimage": 72, "swiftuvotdarkburst": 72, "swiftuvotsourcelist": 73,
    "swiftuvotfindingchart": 73, "swiftxrtspectrumproc": 77, "swiftxrtimageproc": 78, "swiftuvotimageproc": 79,
    "swiftuvotsourcelistproc": 80, "swiftuvotposition": 81, "swiftbattestposition": 82, "swiftpointingdirection": 83,
    "swiftbattransient": 84, "swiftbattransientposition": 84, "swiftbattransposition": 84, "swiftuvotnackposition": 89,
    "swiftuvotpositionnack": 89, "swiftbatquicklookposition": 97, "swiftbatsubthresholdposition": 98,
    "swiftbatslewposition": 99, "swiftactualpointingdirection": 103, "swiftbatmonitor": 133,
    "swiftbatsubsubthreshold": 140, "swiftbatsubsubthresholdposition": 140, "swiftbatknownsource": 141,
    "swiftbatknownsourceposition": 141, "swifttoofom": 46, "swifttooscslew": 47,
    "integralpointingdirection": 51, "integralspiacs": 52, "integralspiacstrigger": 52, "integralspiacslightcurve": 52,
    "integralwakeup": 53, "integralrefined": 54, "integraloffline": 55, "integralweak": 56, "integralwakeupposition": 53,
    "integralrefinedposition": 54, "integralofflineposition": 55, "integralweakposition": 56,
    "lvcpreliminary": 150, "lvcinitial": 151, "lvcupdate": 152, "lvctest": 153, "lvccounterpart": 154,
    "lvcearlywarning": 163, "lvcretraction": 164, "lvcinitialskymap": 151, "lvcupdateskymap": 152,
    "icecubeastrotrackgold": 173, "icecubeastrotrackbronze": 174, "icecubecascade": 176, "amonicecubehese": 158,
    "amonicecubeehe": 169, "icecubehese": 158, "icecubeehe": 169, "amonicecubecoinc": 157, "amonicecubecoincidence": 157,
    "amonneutrinoemcoincidence": 172, "neutrinoemcoincidence": 172, "amonnuemcoincidence": 172, "hawcburstmonitor": 171,
    "amonhawcburstmonitor": 171, "amon": 159,
    "sksn": 175, "superkamiokandesupernova": 175, "skcorecollapsesupernova": 175, "snews": 149, "snewscoincidence": 149,
    "coincidence": 149, "snewsindividual": 149,
    "maxiknown": 135, "maxiunknown": 134, "maxiknownsource": 135, "maxiunknownsource": 134, "maxitestposition": 136, "maxi": 136,
    "caletgbmflightlightcurve": 160, "caletgbmgroundlightcurve": 161, "gecamflt": 188, "gecamgnd": 189, "gecamflight": 188,
    "gecamground": 189, "agilemcalalert": 105, "agilemcal": 105, "superagiletestposition": 109, "agiletestposition": 109,
    "konuslightcurve": 59, "konuslc": 59, "ipnraw": 31, "ipnrawtimes": 31, "hetetestposition": 44, "gcntestcoordinates": 2,
    "grbcounterpart": 45,
}  # fmt: skip
#: Titles whose notices name their type otherwise ("Other", "X-ray").
_TITLES: Mapping[str, int] = {"LVC COUNTERPART": 154, "LVC_COUNTERPART": 154, "GRB COUNTERPART": 45, "GRB_COUNTERPART": 45,
                              "SNEWS": 149, "SK_SN": 175, "SK SN": 175}  # fmt: skip
_LEFT_OUT = re.compile(r"\b(grb|notice|coordinates)\b", re.IGNORECASE)
_TEST = re.compile(r"\btest\b", re.IGNORECASE)


def packet_of(title: str, notice_type: str, topic: str | None = None) -> int | None:
    """The packet type of a text notice, or None where its words are not known.

    Parameters
    ----------
    title, notice_type : str
        The lines TITLE ("GCN/LVC COUNTERPART NOTICE") and NOTICE_TYPE.
    topic : str, optional
        A topic "gcn.classic.text.KIND" names the kind where the words do not.
    """
    whose = title.upper().removeprefix("GCN/").removesuffix("NOTICE").strip()
    if whose in _TITLES:
        return _TITLES[whose]
    kind = notice_type.strip().upper().replace(" ", "_").replace("-", "_")
    if kind in _BY_NAME:
        return _BY_NAME[kind]
    for words in (notice_type, _LEFT_OUT.sub(" ", notice_type), _TEST.sub(" ", _LEFT_OUT.sub(" ", notice_type))):
        if (number := _WORDS.get(re.sub(r"[^a-z0-9]", "", words.lower()))) is not None:
            return number
    return _BY_NAME.get(topic.removeprefix("gcn.classic.text.")) if topic is not None else None


def is_test(number: int, notice_type: str) -> bool:
    """Whether a notice's words make it a test."""
    return PACKETS.get(number, "").endswith("_TEST") or PACKETS.get(number) == "TEST_COORDS" or bool(_TEST.search(notice_type))
