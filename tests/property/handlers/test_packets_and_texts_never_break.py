"""Whatever 160 bytes or lines come, a record comes out, and no handler breaks on it."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st
from packet_samples import BURST_LINES, text_notice

from handlers import parse
from handlers.packets import PACKETS
from schemas import Notice, PointingUpdate, Refusal

WORD = st.integers(-(2**31), 2**31 - 1)
#: Numbers that stand in real words more often than chance would have it.
NEAR = st.sampled_from([0, 1, -1, 10, 99999, 20436, 8_639_999, 8_640_000, 3_600_000, -900_000, 2**31 - 1, -(2**31), 0x30303030])
KEYS = st.sampled_from(
    ["TRIGGER_NUM", "GRB_RA", "GRB_DEC", "GRB_ERROR", "GRB_DATE", "GRB_TIME", "RUN_NUM", "EVENT_NUM", "FAR", "SOLN_STATUS", "TRIGGER_ID",
     "MISC", "MOST_LIKELY", "DETECTORS", "E_RANGE", "SRC_RA", "SRC_DEC", "SRC_ERROR", "DISCOVERY_DATE", "DISCOVERY_TIME", "COMMENTS",
     "TGT_NUM", "INST_MODES", "PROB_MassGap", "GROUP_TYPE", "EXPT", "DISTANCE", "RECORD_NUM", "2nd_MOST_LIKELY", "TITLE"]
)  # fmt: skip
TYPES = st.sampled_from(
    ["Fermi-GBM Flight Position", "Fermi-LAT Offline Position", "Swift-BAT GRB Position", "SWIFT Pointing Direction", "INTEGRAL Offline",
     "INTEGRAL SPI-ACS Trigger", "ICECUBE Astrotrack Gold", "ICECUBE Cascade", "LVC Initial", "LVC Retraction", "MAXI Unknown", "GECAM_FLT",
     "SK_SN", "CALET GBM Flight Lightcurve", "AMON Neutrino-EM Coincidence", "SNEWS", "Nothing known"]
)  # fmt: skip
VALUE = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"[+-]?\d{1,12}(\.\d{0,6})?([eE][+-]?\d{1,9})? ?\[(deg|arcmin|arcsec|Hz|yr\^-1)\]", fullmatch=True),
    st.from_regex(r"\d{1,6}d \{[+-]\d\dh \d\dm \d\ds\} \(J2000\),?", fullmatch=True),
    st.from_regex(r"\d{1,7} TJD; \d{1,3} DOY; \d\d/\d\d/\d\d", fullmatch=True),
    st.from_regex(r"\d{1,7}\.\d\d SOD \{\d\d:\d\d:\d\d\.\d\d\} UT", fullmatch=True),
    st.from_regex(r"0x[0-9a-fA-F]{1,12}", fullmatch=True),
)


def _sound(data: bytes) -> None:
    got = parse(data)
    assert not isinstance(got, Refusal) or got.reason not in ("handler-failed", "too-deep"), got
    if isinstance(got, Notice | PointingUpdate):
        assert got.kind in PACKETS.values()


@given(st.sampled_from(sorted(PACKETS)), st.lists(WORD | NEAR, min_size=38, max_size=38), st.sampled_from([10, 0]))
def test_any_packet_gives_a_record(number: int, words: list[int], end: int) -> None:
    _sound(struct.pack(">40i", number, *words, end))


@given(st.binary(min_size=160, max_size=160))
def test_any_160_bytes_give_a_record(data: bytes) -> None:
    _sound(data)


@given(st.integers(1, 999), st.binary(min_size=156, max_size=156))
def test_any_packet_type_gives_a_record(number: int, data: bytes) -> None:
    _sound(struct.pack(">i", number) + data)


@given(TYPES, st.lists(st.tuples(KEYS, VALUE), max_size=30), st.booleans())
def test_any_lines_give_a_record(notice_type: str, lines: list[tuple[str, str]], timed: bool) -> None:
    more = BURST_LINES if timed else ()
    _sound(text_notice("SOME", notice_type, *(f"{key}:  {value}" for key, value in lines), *more).replace(b"\x00", b""))


@given(st.text(max_size=400))
def test_any_text_after_a_title_gives_a_record(text: str) -> None:
    _sound(f"TITLE:  GCN/SWIFT NOTICE\nNOTICE_TYPE:  Swift-BAT GRB Position\n{text}".encode("utf-8", "replace"))


@given(
    st.sampled_from([b"Subject: x\n", b"Content-Type: multipart/mixed; boundary=b\n", b"From a@b\nMIME-Version: 1.0\n"]),
    st.binary(max_size=300),
)
def test_any_mail_gives_a_record(head: bytes, body: bytes) -> None:
    _sound(head + b"\n" + body)
