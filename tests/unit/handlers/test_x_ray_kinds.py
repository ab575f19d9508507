"""Einstein Probe and MAXI."""

from __future__ import annotations

import json

import pytest
from em_samples import BURST, einstein_probe, maxi
from handler_samples import voevent

from handlers import fold, parse, policy_for
from schemas import Circle, Ellipse, Instant, Notice, Polygon, Refusal

NOW = Instant(utc="2026-05-04T10:00:00")
CORNERS = [[345.72, 19.547], [345.464, 19.29], [347.309, 17.634], [347.566, 17.889]]


def notice(data: bytes, topic: str | None = None) -> Notice:
    parsed = parse(data, topic=topic)
    assert isinstance(parsed, Notice), parsed
    return parsed


def test_einstein_probe_is_named_by_its_id_with_the_leading_zero() -> None:
    got = notice(einstein_probe())
    assert (got.event_id, got.role, got.messenger, got.origin) == ("01709260303", "observation", "x-ray", "Einstein Probe")
    assert got.region == Circle(ra_deg=278.192, dec_deg=18.404, radius_deg=0.0512, containment=0.9, systematic_included=False)
    assert policy_for(got).association_window_s == (-300.0, 300.0)


def test_einstein_probe_without_id_is_named_by_time_and_position() -> None:
    early = notice(einstein_probe(id=None, ra=229.837999999, dec=-29.746999999))
    again = notice(einstein_probe(id=None, ra=229.838, dec=-29.747))
    assert early.event_id == again.event_id == "2026-04-19T07:22:35.699 229.838 -29.747"
    assert notice(einstein_probe(id=None, dec=0)).event_id.endswith("+0.000")


@pytest.mark.parametrize(
    ("missing", "reason"),
    [({"id": None, "ra": None}, "no-identity"), ({"trigger_time": None}, "bad-time"), ({"trigger_time": "soon"}, "bad-time")],
)
def test_einstein_probe_that_cannot_be_named_or_timed_is_refused(missing: dict[str, object], reason: str) -> None:
    got = parse(einstein_probe(**missing))
    assert isinstance(got, Refusal)
    assert got.reason == reason


def test_einstein_probe_is_known_by_its_topic_alone() -> None:
    plain = json.loads(einstein_probe())
    del plain["$schema"]
    assert notice(json.dumps(plain).encode(), "gcn.notices.einstein_probe.wxt.alert").event_id == "01709260303"


def test_maxis_rectangle_is_a_polygon_not_its_centre() -> None:
    got = notice(maxi(ra=346.56, dec=18.61, rectangular_error_corners=CORNERS, alert_type="update"))
    assert got.region == Polygon(vertices_deg=tuple((ra, dec) for ra, dec in CORNERS))


@pytest.mark.parametrize("corners", [[], "x", [[1, 2], [1, 2], [1, 2], [1, 2]], [[1, 2, 3]], [[1, 2], [3, 4], [5, 95], [7, 8]]])
def test_corners_that_are_none_leave_the_centre(corners: object) -> None:
    got = notice(maxi(ra=346.56, dec=18.61, ra_dec_error=0.2, rectangular_error_corners=corners))
    assert isinstance(got.region, Circle)
    assert any("corners" in line for line in got.remarks)


def test_maxis_ellipse_circle_and_nothing() -> None:
    ellipse = notice(maxi(ra=346.56, dec=0, ra_dec_error=[0.22, 0.19, 153])).region
    assert isinstance(ellipse, Ellipse)
    assert (ellipse.semi_major_deg, ellipse.semi_minor_deg, ellipse.position_angle_deg) == (0.22, 0.19, 153.0)
    assert isinstance(notice(maxi(ra=0, dec=0, ra_dec_error=0.2)).region, Circle)
    assert notice(maxi()).region is None


def test_maxis_retraction_wins_although_issued_before_the_event() -> None:
    first = notice(maxi(ra=346.56, dec=18.61, ra_dec_error=0.2, alert_type="initial", record_number=5))
    back = notice(maxi(alert_type="retraction", record_number=2, event_name="GRB 260220A").replace(b"02-20T09", b"02-20T08"))
    assert back.retraction
    assert back.aliases == ("GRB 260220A",)
    for order in ((first, back), (back, first)):
        event = fold(None, order[0], content_id=order[0].revision, received=NOW)
        assert fold(event, order[1], content_id=order[1].revision, received=NOW).state == "retracted"


def test_a_known_sources_name_is_no_name_of_the_event_and_it_is_recorded_only() -> None:
    for got in (
        notice(maxi("known", event_name="Swift J1858.6-0814")),
        notice(voevent(135, BURST | {"Source_Name": "  UX Ari"})),
    ):
        assert got.aliases == ()
        assert policy_for(got).roles == ()
    assert policy_for(notice(voevent(134, BURST))).association_window_s == (-300.0, 300.0)


def test_maxis_numbers_lose_leading_zeros_and_zero_zero_is_no_place() -> None:
    assert (
        notice(voevent(136, BURST | {"TrigID": "0599999"})).event_id
        == notice(voevent(136, BURST | {"TrigID": "599999"})).event_id
    )
    assert notice(voevent(136, BURST, role="observation")).role == "test"
    nowhere = notice(voevent(135, BURST, position=("0.0000", "0.0000", "0.5000")))
    assert nowhere.region is None
    assert any("sentinel" in line for line in nowhere.remarks)
    assert isinstance(notice(voevent(134, BURST, position=("12.5", "0.0000", "1.0000"))).region, Circle)


def test_maxis_impossible_date_is_read_from_its_own_day() -> None:
    params = {"TrigID": "1", "Source_TJD": "20436", "Source_SOD": "25689.10"}
    got = notice(voevent(135, params, time="2024-05--1T07:08:09.10"))
    assert got.time == Instant(utc="2024-05-06T07:08:09", ns=100_000_000)
    assert got.time_source == "TJD+SOD"


def test_a_test_flag_makes_a_test() -> None:
    assert notice(voevent(134, BURST, groups={"Trigger_ID": {"Test_Submission": "true"}})).role == "test"
    assert notice(voevent(134, BURST, groups={"Trigger_ID": {"Test_Submission": "false"}})).role == "observation"
