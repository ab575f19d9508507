"""Times as alerts print them."""

from __future__ import annotations

import pytest

from handlers.times import from_tjd, read_iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-05-06T07:08:09.1Z", "2024-05-06T07:08:09.100"),
        ("2024-09-18 07:19:03.518831+00:00", "2024-09-18T07:19:03.518831"),
        ("2024-09-18T01:19:03.5+02:00", "2024-09-17T23:19:03.500"),
        ("2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00.000"),
        ("2026-02-26T10:38", "2026-02-26T10:38:00.000"),
        ("2026-02-26", "2026-02-26T00:00:00.000"),
        ("2016-12-31T23:59:60.5", "2016-12-31T23:59:60.500"),
        ("2018-08-12 08:22:38 UTC", "2018-08-12T08:22:38.000"),
    ],
)
def test_read(text: str, iso: str) -> None:
    instant = read_iso(text)
    assert instant is not None
    assert instant.iso == iso


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "now",
        "2022-01-00T00:00:00",
        "99999-01-01T00:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "2024-05-06T25:00:00",
    ],
)
def test_refused(text: str | None) -> None:
    assert read_iso(text) is None


BAD_DAYS = (
    (None, "1"), ("1", None), ("x", "1"), ("nan", "1"), ("16800.5", "1"), ("16800", "86400"), ("16800", "-1"), ("1e9", "1"),
    ("16800", "inf"), ("0", "0"),
)  # fmt: skip


@pytest.mark.parametrize(("day", "second"), BAD_DAYS)
def test_impossible_days(day: str | None, second: str | None) -> None:
    assert from_tjd(day, second) is None


def test_day_and_second() -> None:
    instant = from_tjd("20132", "0.000000001")
    assert instant is not None
    assert (instant.utc, instant.ns) == ("2023-07-07T00:00:00", 1)
