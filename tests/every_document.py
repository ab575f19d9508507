"""Every kind of document there is, in every form, of our own writing: what mutations start from."""

from __future__ import annotations

from functools import cache

from em_samples import em_samples
from handler_samples import every_sample, voevent
from messenger_samples import messenger_samples
from packet_samples import BURST_LINES, pack, text_notice
from swift_samples import swift_samples

from handlers import VOEvent
from handlers.builtin import registry
from handlers.packet_layouts import LAYOUTS
from handlers.packets import PACKETS
from handlers.sniff import read_document

#: What notices of any classic kind may hold, so that each finds its own among them.
_PARAMS = {
    "TrigID": "123456", "Pkt_Ser_Num": "2", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Trans_TJD": "20436",
    "Trans_SOD": "25689.10", "Event_TJD": "20436", "Event_SOD": "25689.10", "Burst_Signif": "9.5", "Coords_Type": "1",
    "Misc_flags": "0x40000001", "Image_URL": "https://example.org/image.fits", "Integ_Time": "64.0", "FAR": "2.5",
    "GraceID": "S240506ab", "run_id": "140001", "event_id": "1234", "Burst_Id": "sb24050601", "SourceName": "Cen X-3",
}  # fmt: skip
_FLAGS = {
    "Solution_Status": {"GRB_Identified": "true", "Def_NOT_a_GRB": "false", "StarTrack_Lost_Lock": "false"},
    "Misc_Flags": {"Test_Submission": "false", "CRC_Error": "false"},
}
_TEXTS = {
    "text-gbm": text_notice("FERMI", "Fermi-GBM Flight Position", "TRIGGER_NUM:  700000001", *BURST_LINES),
    "text-swift": text_notice("SWIFT", "Swift-BAT GRB Position", "TRIGGER_NUM:  1187001,  Seg_Num: 0", *BURST_LINES),
    "text-integral": text_notice("INTEGRAL", "INTEGRAL Refined", "TRIGGER_NUM:  10042,  Sub_Num: 1", *BURST_LINES),
    "text-icecube": text_notice("AMON", "ICECUBE Astrotrack Gold", "RUN_NUM: 140001", "EVENT_NUM: 1234", *BURST_LINES),
}


@cache
def every_document() -> dict[str, bytes]:
    """Documents by name: the samples of each handler, each classic kind with many parameters, packets, texts and a mail."""
    found = every_sample() | em_samples() | messenger_samples() | swift_samples() | _TEXTS
    taken = {kind for handler in registry for kind in handler.kinds}
    for number, kind in PACKETS.items():
        if kind in taken:
            found[f"kind-{kind}"] = voevent(number, _PARAMS, groups=_FLAGS)
    for name, data in tuple(found.items()):
        document = read_document(data)
        if isinstance(document, VOEvent) and document.packet in LAYOUTS:
            found |= _packet(f"packet-{name}", document)
    found["mail"] = b"From: gcn@example.org\nSubject: notice\nContent-Type: text/plain\n\n" + _TEXTS["text-gbm"]
    return found


def _packet(name: str, document: VOEvent) -> dict[str, bytes]:
    try:
        packed = pack(document)
    except ValueError:
        return {}
    return {name: packed} if packed is not None else {}
