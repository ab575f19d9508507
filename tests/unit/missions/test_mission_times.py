"""Instants, IJD, and the recorded pairs."""

import datetime as dt
import warnings

import numpy as np
import pytest
from astropy.time import TimeDelta
from hypothesis import example, given
from hypothesis import strategies as st

from schemas import Instant
from schemas.errors import RefusedInput
from transients.missions import from_ijd, ijd, seconds_between, seconds_since, shift, shifts, to_instant, to_time
from transients.missions.times import between_frames_s


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2005-06-22T23:58:55.816", 2000.0),
        ("1999-12-31T23:58:55.816", 0.0),
        ("2023-05-18T12:59:08", 8538.541865555555),
        ("2020-03-16T21:57:56.157221", 7380.916034041911),
        ("2022-10-14T19:21:38.368", 8322.807494814815),
        ("2023-05-21T05:30:43", 8541.230465092593),
        ("2023-06-27T01:53:37", 8578.079701203704),
    ],
)
def test_recorded_pairs(utc: str, day: float) -> None:
    assert ijd(to_time(Instant.parse(utc))) == pytest.approx(day, abs=2e-12 * 8600)
    back = to_instant(from_ijd(day))
    assert abs(ijd(to_time(back)) - day) * 86400 < 1e-6


def test_leap_second_survives() -> None:
    leap = Instant(utc="2016-12-31T23:59:60", ns=500_000_000)
    assert to_instant(to_time(leap)) == leap
    after = Instant.parse("2017-01-01T00:00:00.5")
    assert (to_time(after) - to_time(leap)).to_value("s") == pytest.approx(1.0, abs=1e-9)


def test_rounding_carries_into_the_next_year() -> None:
    assert to_instant(to_time(Instant(utc="2022-12-31T23:59:59", ns=999_999_999))).iso == "2022-12-31T23:59:59.999999999"


def test_arrays_of_days() -> None:
    days = np.array([0.0, 2000.0, 8538.5])
    np.testing.assert_allclose(ijd(from_ijd(days)), days, rtol=0, atol=1e-11)


def test_no_network_is_asked_for() -> None:
    from astropy.utils import iers

    assert iers.conf.auto_download is False
    assert iers.conf.iers_degraded_accuracy == "ignore"


def test_times_pass_from_one_frame_to_another() -> None:
    # The burst came to the spacecraft first: t(geocentre) - t(spacecraft) is above zero.
    assert between_frames_s("spacecraft", "geocentre", 0.4) == 0.4
    assert between_frames_s("geocentre", "spacecraft", 0.4) == -0.4
    assert between_frames_s("geocentre", "geocentre", None) == 0.0
    with pytest.raises(RefusedInput, match="light travel time needed"):
        between_frames_s("spacecraft", "geocentre", None)


def test_many_times_at_once_are_as_one_by_one() -> None:
    start = Instant(utc="2016-12-31T23:59:00", ns=1)
    seconds = np.array([0.0, 0.05, 59.9, 60.5, 61.0, 3600.25, 1e6])  # a leap second lies between
    at_once = shifts(start, seconds)
    assert at_once == [shift(start, float(each)) for each in seconds]
    np.testing.assert_allclose(seconds_since(at_once, start), seconds, rtol=0, atol=2e-9)
    assert shifts(start, np.zeros(0)) == []
    assert len(seconds_since([], start)) == 0


@pytest.mark.parametrize(
    "origin", ["2016-12-31T23:59:60.25", "2023-05-18T12:59:08.123456789", "1971-03-04T05:06:07", "2400-01-01T00:00:00"]
)
def test_seconds_of_many_are_those_of_each(origin: str) -> None:
    since = Instant.parse(origin)
    for texts in (
        ["2016-12-31T23:59:60.5", "2017-01-01T00:00:00", "2016-12-31T23:59:59.000000001"],
        ["1969-07-20T20:17:40", "2024-02-29T23:59:59"],
    ):
        instants = [Instant.parse(text) for text in texts]
        expected = [seconds_between(each, since) for each in instants]
        np.testing.assert_allclose(seconds_since(instants, since), expected, rtol=1e-15, atol=2e-9 if "1969" in texts[0] else 0.0)


#: So far from 1972 that no shift goes before.
FROM, TO = int(dt.datetime(2004, 1, 1, tzinfo=dt.UTC).timestamp()), int(dt.datetime(2090, 1, 1, tzinfo=dt.UTC).timestamp())
NEW_YEAR = int(dt.datetime(2017, 1, 1, tzinfo=dt.UTC).timestamp())


@given(
    st.integers(FROM, TO),
    st.integers(0, 999_999_999),
    st.floats(-1e9, 1e9) | st.floats(-2.0, 2.0) | st.sampled_from([0.0, 1.0, -1.0, 86400.0, 86401.0]),
)
@example(NEW_YEAR - 1, 500_000_000, 1.0)
@example(NEW_YEAR, 0, -1.0)
@example(NEW_YEAR, 0, -1.5)
@example(TO, 0, 1e9)
def test_shifts_and_differences_are_those_of_astropy(unix: int, ns: int, seconds: float) -> None:
    begin = Instant(utc=Instant.from_unix_ms(1000.0 * unix).utc, ns=ns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the table of leap seconds ends before the years tried do
        expected = to_instant(to_time(begin) + TimeDelta(seconds, format="sec"))
        found = shift(begin, seconds)
        # Both are the nearest nanosecond; astropy's two doubles may round a tie the other way.
        assert abs(float((to_time(found) - to_time(expected)).to_value("s"))) < 1.5e-9
        # Of a leap second both make ":60".
        assert found.utc[:17] == expected.utc[:17] or {found.ns, expected.ns} <= {0, 999_999_999}
        assert seconds_between(found, begin) == pytest.approx(seconds, abs=1e-9 + 1e-15 * abs(seconds))
        assert seconds_between(begin, found) == -seconds_between(found, begin)


def test_leap_seconds_are_passed_through_one_by_one() -> None:
    begin = Instant(utc="2016-12-31T23:59:58", ns=250_000_000)
    found = [shift(begin, float(n)).iso for n in range(4)]
    assert found == ["2016-12-31T23:59:58.250", "2016-12-31T23:59:59.250", "2016-12-31T23:59:60.250", "2017-01-01T00:00:00.250"]
