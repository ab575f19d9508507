"""Text notices become the notices that the VOEvents of the same kinds are."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest
from handler_samples import voevent
from packet_samples import BURST_LINES, text_notice

from handlers import parse
from handlers.packets import PACKETS
from handlers.sniff import read_document
from handlers.text_kinds import is_test, packet_of
from handlers.text_values import angle_of, bits_of, issued_of, number_of, numbers_of, radius_deg, time_of, unit_of
from handlers.voevent import VOEvent
from schemas import Circle, CircularLink, Notice, PointingUpdate, Refusal, SkyMapRef

FLIGHT = text_notice(
    "FERMI", "Fermi-GBM Flight Position", "RECORD_NUM:      47", "TRIGGER_NUM:     700000001", *BURST_LINES,
    "GRB_ERROR:       3.05 [deg radius, statistical plus systematic]", "DATA_SIGNIF:     9.70 [sigma]",
    "MOST_LIKELY:      95%  GRB", "2nd_MOST_LIKELY:   3%  Generic SGR", "HARD_RATIO:      0.86",
    "DETECTORS:       1,1,0, 0,0,0, 0,0,0, 0,0,0, 0,0,", "COMMENTS:        Fermi-GBM Flight-calculated Coordinates.  ",
    "COMMENTS:        This trigger occurred at longitude,latitude = 120.72,-22.63 [deg].  ",
)  # fmt: skip


def notice(data: bytes, topic: str | None = None) -> Notice:
    parsed = parse(data, topic=topic)
    assert isinstance(parsed, Notice), parsed
    return parsed


def test_a_flight_position_of_gbm() -> None:
    got = notice(FLIGHT)
    assert (got.kind, got.event_id, got.role) == ("FERMI_GBM_FLT_POS", "700000001", "observation")
    assert got.time is not None
    assert got.issued is not None
    assert (got.time.iso, got.issued.iso) == ("2024-05-06T07:08:09.100", "2024-05-06T07:08:20.000")
    assert got.region == Circle(ra_deg=10.5, dec_deg=-20.25, radius_deg=3.05, containment=0.68, systematic_included=True)
    assert got.classification == {"GRB": 0.95, "GENERIC_SGR": 0.03}
    assert got.significance is not None
    assert got.significance.snr == 9.7


def test_records_order_the_notices_of_a_trigger() -> None:
    later = notice(FLIGHT.replace(b"RECORD_NUM:      47", b"RECORD_NUM:      48"))
    assert later.revision_order > notice(FLIGHT).revision_order


def test_every_line_is_kept_as_printed_and_in_order() -> None:
    fields = notice(FLIGHT).fields
    assert fields["Text/COMMENTS"] == "Fermi-GBM Flight-calculated Coordinates."
    assert fields["Text/COMMENTS#2"].endswith("120.72,-22.63 [deg].")
    assert fields["Text/GRB_RA"].count("\n") == 2
    assert fields["Text/2ND_MOST_LIKELY"] == "3%  Generic SGR"
    assert fields["Text/DETECTORS"].endswith("0,0,")
    assert fields["What/Dets"] == "0x3"


def test_a_text_says_what_the_voevent_of_the_notice_says() -> None:
    twin = notice(
        voevent(
            111,
            {"TrigID": "700000001", "Pkt_Ser_Num": "47", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Data_Signif": "9.70",
             "Most_Likely_Index": "4", "Most_Likely_Prob": "95", "Sec_Most_Likely_Index": "5", "Sec_Most_Likely_Prob": "3"},
            position=("10.500", "-20.250", "3.05"),
        )
    )  # fmt: skip
    got = notice(FLIGHT)
    for name in ("kind", "event_id", "origin", "revision", "revision_order", "role", "time", "issued", "region", "significance",
                 "classification", "instruments"):  # fmt: skip
        assert getattr(got, name) == getattr(twin, name), name


def test_a_flight_position_in_windows_lines_or_latin_1() -> None:
    assert notice(FLIGHT.replace(b"\n", b"\r\n")).region == notice(FLIGHT).region
    assert notice(FLIGHT + "COMMENTS:  señal\n".encode("latin-1")).fields["Text/COMMENTS#3"] == "señal"


def test_integrals_subnumber_is_the_revision() -> None:
    got = notice(
        text_notice("INTEGRAL", "INTEGRAL Refined", "TRIGGER_NUM:     10401,   Sub_Num: 2", *BURST_LINES,
                    "GRB_ERROR:       2.03 [arcmin, radius, statistical only]", "GRB_INTEN:       7.41 [sigma]")
    )  # fmt: skip
    assert (got.kind, got.event_id, got.revision) == ("INTEGRAL_REFINED", "10401", "REFINED 2")
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg == 0.033833
    assert got.significance is not None
    assert got.significance.snr == 7.41


def test_spiacs_and_a_retraction_in_a_comment() -> None:
    times = [line for line in BURST_LINES if line.startswith(("GRB_DATE", "GRB_TIME"))]
    spiacs = notice(text_notice("INTEGRAL", "INTEGRAL SPI-ACS Trigger", "TRIGGER_NUM:     10402,   Sub_Num: 0", *times))
    assert (spiacs.kind, spiacs.region) == ("INTEGRAL_SPIACS", None)
    offline = notice(
        text_notice("INTEGRAL", "INTEGRAL Offline", "TRIGGER_NUM:     10401,   Sub_Num: 3", *BURST_LINES,
                    "COMMENTS:        This trigger is definitely not a GRB.  ")
    )  # fmt: skip
    assert offline.retraction


def test_flags_of_a_hexadecimal_word() -> None:
    got = notice(
        text_notice("SWIFT", "Swift-BAT GRB Position", "TRIGGER_NUM:     1227767,   Seg_Num: 3", *BURST_LINES,
                    "GRB_ERROR:       3.00 [arcmin radius, statistical only]", "SOLN_STATUS:     0x403", "RATE_SIGNIF:     11.2 [sigma]")
    )  # fmt: skip
    assert (got.kind, got.event_id, got.fields["What/Segment_Num"]) == ("SWIFT_BAT_GRB_POS_ACK", "1227767", "3")
    assert got.fields["What/Solution_Status/StarTrack_Lost_Lock"] == "true"
    assert got.region is None


def test_afterglows_have_radii_in_arcseconds() -> None:
    times = ("IMG_START_DATE:  20436 TJD;   127 DOY;   24/05/06", "IMG_START_TIME:  25789.10 SOD {07:09:49.10} UT")
    lines = [line for line in BURST_LINES if not line.startswith(("GRB_DATE", "GRB_TIME"))]
    error = "GRB_ERROR:       3.6 [arcsec radius, statistical plus systematic]"
    got = notice(text_notice("SWIFT", "Swift-XRT Position", "TRIGGER_NUM:     1227767,   Seg_Num: 0", *lines, error, *times))
    assert isinstance(got.region, Circle)
    assert (got.kind, got.region.radius_deg) == ("SWIFT_XRT_POSITION", 0.001)


TRACK = (
    "STREAM:           24", "RUN_NUM:          140001", "EVENT_NUM:        1234",
    "SRC_RA:           103.7861d {+06h 55m 09s} (J2000),", "                  104.1106d {+06h 56m 27s} (current)",
    "SRC_DEC:           +5.8716d {+05d 52' 18\"} (J2000),", "                   +5.8390d {+05d 50' 20\"} (current)",
    "SRC_ERROR:        69.22 [arcmin radius, stat-only, 90% containment]",
    "SRC_ERROR50:      26.96 [arcmin radius, stat-only, 50% containment]",
    "DISCOVERY_DATE:   20436 TJD;   127 DOY;   24/05/06 (yy/mm/dd)", "DISCOVERY_TIME:   25689 SOD {07:08:09.10} UT",
    "REVISION:         1", "ENERGY:           1.2126e+02 [TeV]", "SIGNALNESS:       3.0910e-01 [dn]",
    "FAR:              3.4096 [yr^-1]",
)  # fmt: skip


def test_a_track_of_icecube() -> None:
    got = notice(text_notice("AMON", "ICECUBE Astrotrack Gold ", *TRACK))
    assert (got.kind, got.event_id, got.revision) == ("ICECUBE_ASTROTRACK_GOLD", "140001_1234", "1")
    assert got.time is not None
    assert got.time.iso == "2024-05-06T07:08:09.100"
    assert isinstance(got.region, Circle)
    assert (got.region.dec_deg, got.region.radius_deg, got.region.containment) == (5.8716, 1.153667, 0.9)
    assert got.significance is not None
    assert got.significance.p_astro == 0.3091
    assert got.significance.far_hz == pytest.approx(3.4096 / 31_557_600)


def test_an_ehe_track_prints_the_half_radius() -> None:
    got = notice(text_notice("AMON", "AMON ICECUBE EHE", *TRACK))
    assert isinstance(got.region, Circle)
    assert (got.kind, got.region.radius_deg, got.region.containment) == ("AMON_ICECUBE_EHE", 0.449333, 0.5)


GW = (
    "TRIGGER_NUM:      S240101ab", "TRIGGER_DATE:     20310 TJD;     1 DOY;   2024/01/01 (yyyy/mm/dd)",
    "TRIGGER_TIME:     30.123456 SOD {00:00:30.123456} UT", "SEQUENCE_NUM:     2", "GROUP_TYPE:       1 = CBC",
    "SEARCH_TYPE:      1 = AllSky", "PIPELINE_TYPE:    4 = gstlal",
    "FAR:              7.099e-11 [Hz]  (one per 163037.0 days)  (one per 446.68 years)", "PROB_NS:          0.98 [range is 0.0-1.0]",
    "PROB_BNS:         0.95 [range is 0.0-1.0]", "PROB_MassGap:     0.25 [range is 0.0-1.0]",
    "SKYMAP_FITS_URL:  https://example.org/S240101ab/bayestar.multiorder.fits,1",
    "COMMENTS:         LIGO-Hanford Observatory contributed to this candidate event.  ",
    "COMMENTS:         LIGO-Livingston Observatory contributed to this candidate event.  ",
)  # fmt: skip


def test_a_gravitational_wave() -> None:
    got = notice(text_notice("LVC", "LVC Initial", *GW))
    assert (got.kind, got.event_id, got.revision) == ("LVC_INITIAL", "S240101ab", "INITIAL")
    assert got.revision_order[-1] == 2
    assert got.time is not None
    assert (got.time.utc, got.time.ns) == ("2024-01-01T00:00:30", 123_456_000)
    assert got.significance is not None
    assert got.significance.far_hz == 7.099e-11
    assert got.classification == {"BNS": 0.95}
    assert got.properties == {"HasNS": 0.98, "HasMassGap": 0.25}
    assert got.instruments == ("H1", "L1")
    assert isinstance(got.region, SkyMapRef)
    assert got.fields["What/Group"] == "CBC"


def test_a_mass_gap_was_a_class_before_the_fourth_run() -> None:
    old = tuple(line.replace("2024/01/01", "2020/01/01").replace("S240101ab", "S200101ab") for line in GW)
    assert notice(text_notice("LVC", "LVC Preliminary", *old)).classification == {"BNS": 0.95, "MassGap": 0.25}


def test_a_retraction_of_a_gravitational_wave() -> None:
    got = notice(text_notice("LVC", "LVC Retraction", *GW[:4], "COMMENTS:         This is a Retraction."))
    assert (got.kind, got.retraction) == ("LVC_RETRACTION", True)


def test_a_pointing() -> None:
    got = parse(
        text_notice("INTEGRAL", "INTEGRAL Pointing Direction", "NEXT_POINT_RA:   41.0806d {+02h 44m 19s} (J2000)",
                    "NEXT_POINT_DEC:  -2.5259d {-02d 31' 33\"} (J2000)", "SLEW_DATE:       20436 TJD;   127 DOY;   24/05/06",
                    "SLEW_TIME:       25689.10 SOD {07:08:09.10} UT")
    )  # fmt: skip
    assert isinstance(got, PointingUpdate)
    assert (got.mission, got.ra_deg, got.dec_deg, got.role) == ("INTEGRAL", 41.0806, -2.5259, "utility")


def test_supernova_alarms() -> None:
    times = ("EVENT_DATE:   20436 TJD;   127 DOY;   24/05/06", "EVENT_TIME:   25689.10 SOD {07:08:09.10} UT")
    snews = notice(
        text_notice("SNEWS", "TEST COINCIDENCE", "TRIGGER_NUM:  1000464", *times, "EXPT:  Detector_A GOOD, Detector_B POSSIBLE, ")
    )
    assert (snews.kind, snews.role, snews.event_id) == ("SNEWS", "test", "1000464")
    assert snews.instruments == ("detector A", "detector B")
    old = notice(text_notice("SNEWS", "COINCIDENCE", "TRIGGER_NUM:  131", *(line.replace("EVENT", "EVT") for line in times)))
    assert old.time == snews.time
    when = [line.replace("EVENT_", "DISCOVERY_") for line in times]
    superk = notice(
        text_notice("SK_SN", "SK_SN TEST", "TRIGGER_NUMBER:  10063", *when, "SRC_RA:  270.82d (J2000)", "SRC_DEC:  31.46d (J2000)",
                    "SRC_ERROR68:  0.64 [deg]", "SRC_ERROR90:  0.91 [deg]", "N_EVENTS:  64176", "DISTANCE:  2.16 - 2.95 [kpc]")
    )  # fmt: skip
    assert (superk.kind, superk.role, superk.event_id) == ("SK_SN", "test", "10063")
    assert isinstance(superk.region, Circle)
    assert superk.region.radius_deg == 0.91


def test_gecam_and_maxi() -> None:
    times = ("EVENT_DATE:   20436 TJD;   127 DOY;   24/05/06", "EVENT_TIME:   25689.10 SOD {07:08:09.10} UT")
    gecam = notice(
        text_notice("GECAM", "GECAM_FLT", "TRIGGER_NUMBER:  260", "MISSION:  B", "SRC_CLASS:  GRB", *times,
                    "SRC_RA:  290.35d (J2000)", "SRC_DEC:  18.41d (J2000)", "SRC_ERROR68:  3.61 [deg]", "TRIGGER_SIGNIF:  4.90 [sigma]")
    )  # fmt: skip
    assert (gecam.kind, gecam.event_id, gecam.classification) == ("GECAM_FLT", "260", {"GRB": 1.0})
    assert isinstance(gecam.region, Circle)
    assert gecam.region.radius_deg == 3.61
    maxi = notice(
        text_notice("MAXI", "MAXI Unknown", "EVENT_ID_NUM:  9880665205", *times, "EVENT_RA:  214.911d {+14h 19m 39s} (J2000)",
                    "EVENT_DEC:  -36.836d {-36d 50' 09\"} (J2000)", "EVENT_ERROR:  1.00 [deg radius]", "EVENT_FLUX:  429.0 [mCrab]")
    )  # fmt: skip
    assert (maxi.kind, maxi.event_id) == ("MAXI_UNKNOWN", "9880665205")


def test_a_notice_that_a_broker_took_apart() -> None:
    lines = [line.partition(":") for line in TRACK if not line.startswith(" ")]
    fields = {key.lower(): value.strip() for key, _, value in lines}
    fields |= {"title": "GCN/AMON NOTICE", "notice_type": "ICECUBE Astrotrack Gold", "comments": "One.\nTwo."}
    plain = notice(text_notice("AMON", "ICECUBE Astrotrack Gold", *TRACK))
    for value in (fields, {"format": "gcntextnotice", "content": fields}, {"fields": fields, "raw": FLIGHT.decode()}):
        got = notice(json.dumps(value).encode())
        expected = notice(FLIGHT) if "raw" in value else plain
        assert (got.kind, got.event_id, got.region) == (expected.kind, expected.event_id, expected.region)
    assert notice(json.dumps({"format": "blob", "content": FLIGHT.decode()}).encode()).event_id == "700000001"
    assert notice(json.dumps(fields).encode()).fields["Text/COMMENTS#2"] == "Two."


def test_notices_in_mails() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "GCN/FERMI_GBM_FLT_POS", "gcn@example.org"
    mail.set_content(FLIGHT.decode())
    assert notice(mail.as_bytes()).event_id == "700000001"
    attached = EmailMessage()
    attached["Subject"] = "a VOEvent"
    attached.set_content("A notice is attached.")
    attached.add_attachment(voevent(111, {"TrigID": "700000002"}), maintype="application", subtype="xml", filename="x.xml")
    assert notice(attached.as_bytes()).event_id == "700000002"
    encoded = EmailMessage()
    encoded["Subject"] = "in base64"
    encoded.set_content(FLIGHT.decode(), cte="base64")
    assert notice(encoded.as_bytes()).event_id == "700000001"


@pytest.mark.parametrize(
    "data",
    [b"Subject: nothing\n\nHello.\n", b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\n",
     b"Content-Type: text/plain; charset=none\nContent-Transfer-Encoding: base64\n\n!!!!\n"],
)  # fmt: skip
def test_a_mail_without_a_notice_is_no_alert(data: bytes) -> None:
    got = parse(data)
    assert isinstance(got, Refusal)
    assert got.reason == "not-an-alert"


def test_a_circular_in_text_stays_a_circular() -> None:
    got = parse(b"TITLE:   GCN CIRCULAR\nNUMBER:  1\nSUBJECT: GRB 240506A: a burst\nDATE:    24/05/06 07:08:09 GMT\n\nText.\n")
    assert isinstance(got, CircularLink)


def test_a_test_by_its_comment_or_number() -> None:
    assert notice(FLIGHT + b"COMMENTS:        This is a TEST notice.\n").role == "test"
    assert notice(FLIGHT.replace(b"700000001", b"99999")).role == "test"
    assert notice(FLIGHT + b"COMMENTS:        The detector was tested.\n").role == "observation"


def test_a_topic_names_what_the_words_do_not() -> None:
    strange = FLIGHT.replace(b"Fermi-GBM Flight Position", b"Fermi-GBM Something New")
    assert notice(strange, "gcn.classic.text.FERMI_GBM_FLT_POS").kind == "FERMI_GBM_FLT_POS"
    got = parse(strange)
    assert isinstance(got, Refusal)
    assert (got.reason, got.kind) == ("text-notice", "Fermi-GBM Something New")


def test_two_notices_in_one_text_are_refused() -> None:
    got = parse(FLIGHT + b"\n//////////////\n" + FLIGHT)
    assert isinstance(got, Refusal)
    assert got.reason == "text-notice"
    assert "several" in got.message


def test_a_sign_that_only_the_sexagesimal_form_has() -> None:
    got = notice(
        text_notice("AMON", "ICECUBE Astrotrack Gold", *(line.replace("+5.8716d {+05d", "5.8716d {-05d") for line in TRACK))
    )
    assert isinstance(got.region, Circle)
    assert got.region.dec_deg == -5.8716
    assert "sexagesimal" in got.fields["What/Reading/SRC_DEC"]


def test_an_impossible_clock_falls_back_on_day_and_second() -> None:
    got = notice(FLIGHT.replace(b"{07:08:09.10}", b"{07:61:09.10}"))
    assert got.time is not None
    assert (got.time.iso, got.time_source) == ("2024-05-06T07:08:09.100", "TJD+SOD")


@pytest.mark.parametrize(
    ("title", "words", "kind"),
    [
        ("GCN/FERMI NOTICE", "Fermi-GBM Alert", "FERMI_GBM_ALERT"), ("", "Fermi-GBM Ground Position", "FERMI_GBM_GND_POS"),
        ("", "Fermi-GBM Final Position", "FERMI_GBM_FIN_POS"), ("", "Fermi-GBM Test Position", "FERMI_GBM_POS_TEST"),
        ("", "Fermi-LAT Offline GRB Position", "FERMI_LAT_OFFLINE"), ("", "Fermi-LAT Monitor", "FERMI_LAT_MONITOR"),
        ("", "Swift-BAT GRB Position", "SWIFT_BAT_GRB_POS_ACK"), ("", "Swift-BAT GRB Test Position", "SWIFT_BAT_GRB_POS_TEST"),
        ("", "Swift-UVOT Position", "SWIFT_UVOT_POS"), ("", "SWIFT Pointing Direction", "SWIFT_POINTDIR"),
        ("", "INTEGRAL Wakeup", "INTEGRAL_WAKEUP"), ("", "INTEGRAL Wakeup TEST", "INTEGRAL_WAKEUP"),
        ("", "INTEGRAL SPI ACS Trigger", "INTEGRAL_SPIACS"), ("", "ICECUBE_Astrotrack_GOLD", "ICECUBE_ASTROTRACK_GOLD"),
        ("", "LVC Early Warning", "LVC_EARLY_WARNING"), ("GCN/LVC COUNTERPART NOTICE", "Other ", "LVC_COUNTERPART"),
        ("GCN/GRB_COUNTERPART NOTICE", "X-ray", "GRB_CNTRPART"), ("GCN/SNEWS NOTICE", "COINCIDENCE", "SNEWS"),
        ("", "HAWC Burst Monitor", "HAWC_BURST_MONITOR"), ("", "GECAM_GND", "GECAM_GND"), ("", "MAXI Known", "MAXI_KNOWN"),
        ("", "CALET GBM Flight Lightcurve", "CALET_GBM_FLT_LC"), ("", "AMON Neutrino-EM Coincidence", "AMON_NU_EM_COINC"),
    ],
)  # fmt: skip
def test_words_of_types(title: str, words: str, kind: str) -> None:
    number = packet_of(title, words)
    assert number is not None
    assert PACKETS[number] == kind


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [(119, "Fermi-GBM Test Position", True), (53, "INTEGRAL Wakeup TEST", True), (53, "INTEGRAL Wakeup", False), (2, "", True)],
)
def test_words_of_tests(number: int, words: str, expected: bool) -> None:
    assert is_test(number, words) is expected


def test_values() -> None:
    assert number_of("FAR 7.099e-11 [Hz]  (one per 163037.0 days)") == "7.099e-11"
    assert number_of("none") is None
    assert numbers_of("3-4 [chan]   47-291 [keV]") == ("3", "4", "47", "291")
    assert numbers_of("5.00e-13 +/- 1.30e-13 [erg/cm2/sec]") == ("5.00e-13", "1.30e-13")
    assert (unit_of("96.63 [TeV]"), unit_of("0.9 [range is 0-1]"), unit_of("1")) == ("TeV", "", "")
    assert (bits_of("0x1898807 (detectors)"), bits_of("16")) == ("0x1898807", None)
    assert angle_of("19.43d {+01h 17m 44s} (1950),\n 20.5d {+01h 22m 00s} (J2000)") == ("20.5", False)
    assert angle_of("121.8573d {+08h 07m 25.7s} (J2000), 122.1038d {+08h 08m 24.9s} (current)") == ("121.8573", False)
    assert angle_of("-0.5d {-00d 30' 00\"} (J2000)") == ("-0.5", False)
    assert angle_of("0.0d {-00d 00' 01\"} (J2000)") == ("0.0", False)
    assert angle_of("120.5 (J2000)") == ("120.5", False)
    assert angle_of("unknown") is None
    assert (radius_deg("7.6 [arcsec, radius]"), radius_deg("3 [arcmin]"), radius_deg("5.8")) == ("0.002111", "0.050000", "5.8")
    assert radius_deg("unknown") is None


def test_dates() -> None:
    assert time_of("20412 TJD;   103 DOY;   24/04/12 (yy/mm/dd)", "20026 SOD {05:33:46.89} UT") == (
        "2024-04-12T05:33:46.89", "20412", "20026",
    )  # fmt: skip
    assert time_of("97/12/14", "03:15:22.45 UT") == ("1997-12-14T03:15:22.45", None, None)
    assert time_of("2024/05/06", "soon") == (None, None, None)
    assert issued_of("Mon 06 May 24 07:08:20 UT") == "2024-05-06T07:08:20"
    assert issued_of("Mon 06 Mai 24 07:08:20 UT") is None


def test_a_calendar_is_read_from_a_text_without_the_truncated_day() -> None:
    document = read_document(FLIGHT.replace(b"20436 TJD;   127 DOY;   ", b""))
    assert isinstance(document, VOEvent)
    assert document.iso_time == "2024-05-06T07:08:09.10"
