"""160-byte packets become the notices that the VOEvents of the same kinds are."""

from __future__ import annotations

from typing import Any

import astropy.units as u
import pytest
from astropy.coordinates import FK5, SkyCoord
from astropy.time import Time
from packet_samples import letters, packet

from handlers import parse
from handlers.packet_layouts import LAYOUTS
from handlers.packets import PACKETS
from handlers.precession import to_j2000
from schemas import Circle, Notice, PointingUpdate, Refusal, SkyMapRef

#: 2024-05-06 07:08:09.10 as truncated Julian day and hundredths of the second of day.
WHEN = {5: 20436, 6: 2_568_910}


def notice(number: int, words: dict[int, int]) -> Notice:
    parsed = parse(packet(number, {1: 3, **WHEN, **words}))
    assert isinstance(parsed, Notice), parsed
    return parsed


def test_a_flight_position_of_gbm() -> None:
    got = notice(111, {4: 700000001, 7: 105_000, 8: -202_500, 11: 30_500, 20: 48, 21: 970, 23: 170 << 16 | 4, 24: 51 << 16 | 8,
                       25: 318, 31: 240506, 32: 297})  # fmt: skip
    assert (got.kind, got.event_id, got.revision, got.role) == ("FERMI_GBM_FLT_POS", "700000001", "FLT_POS 3", "observation")
    assert got.time is not None
    assert got.time.iso == "2024-05-06T07:08:09.100"
    assert got.region == Circle(ra_deg=10.5, dec_deg=-20.25, radius_deg=3.05, containment=0.68, systematic_included=True)
    assert got.significance is not None
    assert got.significance.snr == 9.7
    assert got.classification == {"GRB": 0.67, "SOLAR_FLARE": 0.2}
    assert got.aliases == ("bn240506297",)
    assert (got.document_id, got.issued) == (None, None)
    assert got.fields["What/Hardness_Ratio"] == "3.18"


def test_an_alert_of_gbm_has_no_position() -> None:
    got = notice(110, {4: 700000001, 9: 26, 14: 64, 15: 2, 16: 2, 17: 143, 18: 258, 20: 1, 21: 58, 22: 2888, 23: -796})
    assert got.region is None
    assert got.significance is not None
    assert got.significance.snr == 5.8
    assert got.fields["What/SC_Long"] == "48.133"
    assert got.fields["What/SC_Lat"] == "-13.267"


def test_a_channel_of_an_alert_is_no_test_flag() -> None:
    assert notice(110, {4: 700000001, 18: 1 << 30}).role == "observation"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (111, {4: 99999, 7: 1}), (111, {4: 700000001, 7: 1, 18: 1 << 30}), (119, {4: 5, 7: 1}), (61, {4: 99999, 7: 1}),
        (61, {4: 1227767, 7: 1, 18: 1 << 30}), (82, {4: 5, 7: 1}), (53, {4: 10400, 7: 1, 12: -(2**31)}), (2, {4: -1, 7: 1}),
        (109, {4: 7, 7: 1}), (149, {4: 7, 18: 2}), (160, {4: 7, 18: 1 << 30}), (175, {4: 7, 7: 1, 18: 2}),
        (188, {4: 100000368, 6: 256_891_000, 7: 1, 11: 1, 19: 2}),
    ],
)  # fmt: skip
def test_tests_are_known_by_type_flag_or_number(number: int, words: dict[int, int]) -> None:
    assert notice(number, words).role == "test"


def test_a_segment_is_no_part_of_swifts_trigger_number() -> None:
    got = notice(61, {4: 7 << 24 | 1227767, 7: 3_366_645, 8: 85_135, 11: 500, 18: 3, 20: 852, 21: 1489})
    assert (got.event_id, got.fields["What/Segment_Num"]) == ("1227767", "7")
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg == 0.05


def test_a_lost_star_tracker_is_read_from_its_bit() -> None:
    got = notice(61, {4: 1227767, 7: 3_366_645, 8: 85_135, 11: 500, 18: 1 << 10})
    assert got.fields["What/Solution_Status/StarTrack_Lost_Lock"] == "true"
    assert got.fields["What/Solution_Status/Target_Rate_Trig"] == "true"


def test_integrals_radius_is_in_arcseconds_and_a_negative_one_retracts() -> None:
    position = {4: 10400, 7: 124_0264, 8: -33_9078}
    got = notice(53, {**position, 10: 655, 11: 228})
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg == 0.0633
    assert not got.retraction
    taken_back = notice(55, {**position, 11: -90, 12: 1 << 30})
    assert taken_back.retraction
    assert isinstance(taken_back.region, Circle)
    assert taken_back.region.radius_deg is None


def test_integrals_revision_is_part_of_the_number() -> None:
    got = notice(54, {4: 10400 + 65536, 7: 124_0264, 8: -33_9078, 11: 61})
    assert (got.event_id, got.revision) == ("10400", "REFINED 1")


def test_spiacs_has_no_position_though_the_words_are_filled() -> None:
    got = notice(52, {4: 10400, 7: 3125, 8: 1357, 10: 1134, 13: 5000, 16: 5300})
    assert got.region is None
    assert (got.kind, got.time_error_s) == ("INTEGRAL_SPIACS", 0.53)


def test_a_pointing() -> None:
    got = parse(packet(51, {1: 3, **WHEN, 14: 410_806, 15: -25_259}))
    assert isinstance(got, PointingUpdate)
    assert (got.mission, got.ra_deg, got.dec_deg, got.role) == ("INTEGRAL", 41.0806, -2.5259, "utility")


GW: dict[int, int] = {
    4: 240101, 6: 3_000, 13: 123_456, 11: -90_000, 12: 0x010104, 18: 1 << 4, 20: 98 << 16 | 80,
    19: 2 << 24 | 8 << 20 | ord("a") << 10 | 0b11, 21: ord("b"), 22: 95 << 24 | 3 << 16 | 0 << 8 | 2,
    **letters("S240101ab/files/bayestar.fits.gz,1", 29),
}  # fmt: skip


def test_a_gravitational_wave() -> None:
    got = notice(151, GW | {5: 20310})
    assert (got.kind, got.event_id, got.revision, got.role) == ("LVC_INITIAL", "S240101ab", "INITIAL", "observation")
    assert got.revision_order[-1] == 2
    assert got.time is not None
    assert got.time.iso == "2024-01-01T00:00:30.123456"
    assert got.significance is not None
    assert got.significance.far_hz == 1e-9
    assert got.classification == {"BNS": 0.95, "NSBH": 0.03, "BBH": 0.0, "Terrestrial": 0.02}
    assert got.properties == {"HasNS": 0.98, "HasRemnant": 0.8, "HasMassGap": 0.0}
    assert got.instruments == ("H1", "L1")
    assert isinstance(got.region, SkyMapRef)
    assert got.region.url == "https://gracedb.ligo.org/api/superevents/S240101ab/files/bayestar.fits.gz,1"


def test_a_maps_name_that_was_cut_is_no_address() -> None:
    cut = dict.fromkeys(range(29, 39), 0) | letters("MS240510f/files/bayestar.multiorder.fit", 29)
    assert notice(151, GW | cut).region is None


def test_probabilities_marked_invalid_are_none() -> None:
    got = notice(151, GW | {23: 1 << 0 | 1 << 2})
    assert set(got.properties) == {"HasRemnant", "HasMassGap"}
    assert "BNS" not in got.classification


def test_a_retraction_of_a_gravitational_wave_and_a_mock_one() -> None:
    assert notice(164, GW | {18: 1 << 5}).retraction
    mock = notice(150, GW | {19: 12 << 20 | ord("c") << 10, 21: 0})
    assert (mock.event_id, mock.role) == ("MS240101c", "test")


@pytest.mark.parametrize("words", [{19: 0}, {4: 0}, {19: 8 << 20}, {21: 0xFF}])
def test_a_gravitational_wave_without_a_name_is_refused(words: dict[int, int]) -> None:
    got = parse(packet(151, {1: 3, **WHEN, **GW, **words}))
    assert isinstance(got, Refusal)
    assert got.reason == "no-identity"


def test_a_cascade_of_icecube() -> None:
    got = notice(176, {4: 1234, 15: 1234, 16: 26, 23: 140001, 7: 1_803_930, 8: 215_767, 10: 84_364, 11: 153_764, 12: -4_614, 22: -478,
                       25: 881_103, **letters("240506a", 26), **letters("hese_60436_run00140001.evt000000001234", 29)})  # fmt: skip
    assert (got.kind, got.event_id, got.revision) == ("ICECUBE_CASCADE", "140001_1234", "0")
    assert "IceCubeCascade-240506a" in got.aliases
    assert got.region == Circle(ra_deg=180.393, dec_deg=21.5767, radius_deg=15.3764, containment=0.9, systematic_included=True)
    assert got.significance is not None
    assert got.significance.p_astro == 0.8958
    assert got.links["skymap_fits"].endswith("/hese_60436_run00140001.evt000000001234.fits")


TRACK = {4: 1234, 15: 1234, 16: 24, 23: 140001, 7: 1_775_300, 8: 536_199, 11: 28_075}


def test_a_track_of_icecube() -> None:
    got = notice(173, TRACK | {17: 1})
    assert (got.kind, got.event_id, got.revision, got.role) == ("ICECUBE_ASTROTRACK_GOLD", "140001_1234", "1", "observation")
    assert got.region == Circle(ra_deg=177.53, dec_deg=53.6199, radius_deg=2.8075, containment=0.9, systematic_included=False)
    assert notice(173, TRACK | {18: 1 << 5}).retraction
    assert notice(174, TRACK | {16: 25, 18: 1 << 1}).role == "test"


@pytest.mark.parametrize("words", [{16: 25}, {23: 0}, {23: 5_000_000}, {15: -1}])
def test_a_track_whose_run_or_stream_cannot_be_is_refused(words: dict[int, int]) -> None:
    got = parse(packet(173, {1: 3, **WHEN, **TRACK, **words}))
    assert isinstance(got, Refusal)
    assert got.reason == "no-identity"


def test_seconds_of_a_subthreshold_transient_have_millionths() -> None:
    got = notice(131, {4: 700000002, 6: 2_568_900, 12: 123_456, 7: 105_000, 8: -202_500, 11: 176_700, 14: 96})
    assert got.time is not None
    assert got.time.iso == "2024-05-06T07:08:09.123456"
    assert got.duration_s == 0.096


def test_maxis_number_is_in_two_words() -> None:
    assert notice(134, {4: 44_849_999, 7: 765_999, 8: -213_000, 11: 10_000, 19: 0x40000004}).event_id == "4044849999"


def test_batses_test_has_hundredths_of_degrees_of_the_date() -> None:
    got = notice(2, {4: -1, 5: 20153, 7: 32_400, 8: -3500, 11: 500})
    assert got.region == Circle(ra_deg=323.6437, dec_deg=-35.1059, radius_deg=5.0)


def test_integrals_bursts_are_brought_to_j2000() -> None:
    got = notice(53, {4: 10400, 5: 20453, 7: 15_469, 8: 24_813, 11: 61})
    assert isinstance(got.region, Circle)
    assert (got.region.ra_deg, got.region.dec_deg) == pytest.approx((1.2343, 2.3456), abs=2e-4)


@pytest.mark.parametrize(("ra", "dec", "tjd"), [(1.5469, 2.4813, 20453.5), (200.0, -70.0, 9000.0), (359.99, 89.9, 20000.0)])
def test_precession_is_that_of_astropy(ra: float, dec: float, tjd: float) -> None:
    day = Time(tjd + 2_440_000.5, format="jd")
    expected = SkyCoord(ra * u.deg, dec * u.deg, frame=FK5(equinox=day)).transform_to(FK5(equinox="J2000"))
    got = SkyCoord(*to_j2000(ra, dec, tjd), unit="deg", frame=FK5(equinox="J2000"))
    assert got.separation(expected).arcsec < 0.1


def test_a_place_off_the_sky_is_left_as_it_is() -> None:
    got = notice(53, {4: 10400, 7: 3_700_000, 8: 24_813, 11: 61})
    assert got.region is None
    assert any("370.0000" in line for line in got.remarks)


def test_gecams_seconds_are_ten_thousandths() -> None:
    got = notice(189, {4: 368, 6: 256_891_000, 7: 562_500, 8: 162_100, 10: 15_700, 11: 1, 19: 2})
    assert got.time is not None
    assert got.time.iso == "2024-05-06T07:08:09.100"
    assert got.classification == {"GRB": 1.0}


def test_a_coincidence_names_its_two_triggers() -> None:
    got = notice(145, {4: 0x25 << 16 | 160, 5: 1399358095, 6: 20436, 7: 25_689_100, 10: 111, 11: 737016086, 12: 20436, 13: 25_686_050,
                       36: 2})  # fmt: skip
    assert (got.kind, got.event_id) == ("COINCIDENCE", "1399358095")
    assert got.fields["What/First/Kind"] == "CALET_GBM_FLT_LC"
    assert (got.fields["What/Second/Kind"], got.fields["What/Second/TrigID"]) == ("FERMI_GBM_FLT_POS", "737016086")
    assert got.fields["What/Second/SOD"] == "25686.050"


def test_words_without_a_parameter_are_kept() -> None:
    got = notice(67, {2: 1, 3: 2_569_000, 4: 1227767, 7: 3_366_725, 8: 85_118, 9: 370_007, 11: 13})
    assert (got.fields["Packet/9"], got.fields["Packet/2"], got.fields["Packet/sod"]) == ("370007", "1", "25690.00")


@pytest.mark.parametrize("number", sorted(set(PACKETS) - set(LAYOUTS)))
def test_types_without_a_layout_are_refused_by_name(number: int) -> None:
    got = parse(packet(number, {1: 3, 4: 5, **WHEN}))
    assert isinstance(got, Refusal)
    assert (got.reason, got.kind) == ("binary-notice", PACKETS[number])


@pytest.mark.parametrize("number", sorted(LAYOUTS))
def test_every_layout_reads_any_numbers(number: int) -> None:
    for fill in (0, 1, -1, 2**31 - 1, -(2**31), 0x41414141):
        got = parse(packet(number, dict.fromkeys(range(1, 39), fill)))
        assert not isinstance(got, Refusal) or got.reason in ("bad-time", "no-identity", "bad-position"), (fill, got)


def test_no_parameter_stands_twice() -> None:
    for number, layout in LAYOUTS.items():
        names = [(item.group, item.name) for item in layout.items] + [(text.group, text.name) for text in layout.texts]
        names += [(flags.group, name) for flags in layout.flags for name in flags.bits]
        assert len(names) == len(set(names)), (PACKETS[number], names)


@pytest.mark.parametrize("change", [{"end": 38}, {"end": -1}])
def test_a_packet_that_does_not_end_as_one_is_refused(change: dict[str, Any]) -> None:
    got = parse(packet(111, {4: 1, **WHEN}, **change))
    assert isinstance(got, Refusal)
    assert (got.reason, got.kind) == ("binary-notice", "FERMI_GBM_FLT_POS")


def test_a_day_that_is_none_is_refused() -> None:
    got = parse(packet(111, {4: 1, 5: -5, 6: 0, 7: 1}))
    assert isinstance(got, Refusal)
    assert (got.reason, got.kind) == ("bad-time", "FERMI_GBM_FLT_POS")
