"""Optical transients, and triggers that LVK hands on."""

from __future__ import annotations

import pytest
from em_samples import BURST
from handler_samples import voevent

from handlers import parse, policy_for
from schemas import Circle, Notice


def notice(data: bytes) -> Notice:
    parsed = parse(data)
    assert isinstance(parsed, Notice), parsed
    return parsed


def test_gaias_clock_is_the_barycentres() -> None:
    data = voevent(None, {"alert identifier": "Gaia16bsf"}, ivorn="ivo://gaia.cam.uk/alerts#Gaia16bsf")
    plain, barycentric = notice(data), notice(data.replace(b"UTC-FK5-GEO", b"TDB-ICRS-BARY"))
    assert (plain.event_id, plain.time_error_s) == ("Gaia16bsf", None)
    assert barycentric.time_error_s == 600.0
    assert any("barycentre" in line for line in barycentric.remarks)


@pytest.mark.parametrize(
    ("params", "ivorn", "name"),
    [
        ({"Name": "Gaia16bgv"}, "voevent.4pisky.org/GAIA#Gaia16bgv", "Gaia16bgv"),
        ({"id_assasn": "ASASSN-14jj"}, "voevent.4pisky.org/ASASSN#2014-10-31.04_ASASSN-14jj", "ASASSN-14jj"),
        ({"id_other": "FS And"}, "voevent.4pisky.org/ASASSN#2013-07-04.56_FS_And", "FS And"),
        ({}, "voevent.4pisky.org/ASASSN#2013-07-04.56_FS_And", "2013-07-04.56_FS_And"),
        ({"ID": "1404240", "CSSID": "MLS140424:1"}, "nvo.caltech/voeventnet/mlsot#1404240", "1404240"),
    ],
)
def test_transients_have_names(params: dict[str, str], ivorn: str, name: str) -> None:
    got = notice(voevent(None, params, ivorn=f"ivo://{ivorn}"))
    assert (got.event_id, got.messenger) == (name, "optical")
    assert policy_for(got).roles == ()


def test_further_names_are_kept() -> None:
    both = {"id_assasn": "ASASSN-18ck", "id_other": "AT 2018tr"}
    assert notice(voevent(None, both, ivorn="ivo://voevent.4pisky.org/ASASSN#1")).aliases == ("AT 2018tr",)


def test_moas_radius_of_zero_is_unknown() -> None:
    got = notice(voevent(139, BURST | {"Coords_Type": "1"}, position=("273.8750", "-25.5150", "0.0000")))
    assert got.region == Circle(ra_deg=273.875, dec_deg=-25.515, radius_deg=None)


def test_what_lvk_hands_on_is_its_own_even_with_anothers_packet_type() -> None:
    inner = voevent(53, BURST, ivorn="ivo://lvk.internal/INTEGRAL#replay", groups={"Test_mpos": {"Test_Notice": "true"}})
    assert (notice(inner).kind, notice(inner).origin, notice(inner).role) == ("LVK_EXTERNAL", "LVK external INTEGRAL", "test")
    swift = notice(voevent(None, {"TrigID": "694215995", "FAR": "5.4e-08"}, ivorn="ivo://lvk.internal/swift#sub-2022"))
    assert swift.significance is not None
    assert swift.significance.far_hz == 5.4e-8
    assert (swift.event_id, swift.role) == ("694215995", "observation")
    assert notice(voevent(None, {"TrigID": "1"}, ivorn="ivo://lvk.internal/einsteinprobe#grb")).messenger == "x-ray"
    assert policy_for(swift).roles == ()
