"""Every form of light curve, of our own making: read right, and refused by name when broken."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from schemas import Instant, LightCurve, LightCurveInfo
from schemas.errors import BadRequest, NoData, RefusedInput, ServiceRefused
from transients.sources import read_lightcurve, select, write_lightcurve
from transients.sources.refusals import OverRevolution
from transients.sources.replies import genlc_text, ipn_text, mmoda_fits, realtime_json

START = Instant.parse("2023-05-19T15:24:10.000")


def native(counts: list[float], *, bin_s: float = 0.05, missing: tuple[int, ...] = (), simulated: bool = False) -> LightCurve:
    """A light curve on a regular grid whose first bin starts at START."""
    index = np.array([i for i in range(len(counts)) if i not in missing])
    return LightCurve(
        start_s=index * bin_s,
        width_s=np.full(len(index), bin_s),
        counts=np.array(counts, dtype=float)[index],
        info=LightCurveInfo(
            instrument="SPI-ACS",
            tier="archive",
            reference=START,
            bin_s=bin_s,
            content_id="",
            source="test",
            simulated=simulated,
        ),
    )


def same(a: LightCurve, b: LightCurve, tolerance_s: float = 1e-6) -> None:
    from transients.sources.clock import seconds_between

    offset = seconds_between(b.info.reference, a.info.reference)
    np.testing.assert_allclose(b.start_s + offset, a.start_s, atol=tolerance_s)
    np.testing.assert_allclose(b.width_s, a.width_s, atol=2 * tolerance_s)
    np.testing.assert_array_equal(b.counts, a.counts)


COUNTS = [4260.0, 4300.0, 4258.0, 4312.0, 4250.0, 4406.0, 4310.0, 4288.0]


def test_genlc_is_read_with_a_gap() -> None:
    lc = native(COUNTS, missing=(3, 4))
    read = read_lightcurve(genlc_text(lc, START).encode(), "g")
    same(lc, read)
    assert read.info.instrument == "SPI-ACS"
    assert not read.info.simulated


@pytest.mark.parametrize("wrap", ["quoted", "escaped", "br", "gzip"])
def test_genlc_in_its_wrappings(wrap: str) -> None:
    lc = native(COUNTS)
    text = genlc_text(lc, START)
    data = {
        "quoted": json.dumps(text).encode(),
        "escaped": text.replace("\n", "\\n").encode(),
        "br": text.replace("\n", "<br>").encode(),
        "gzip": gzip.compress(text.encode()),
    }[wrap]
    same(lc, read_lightcurve(data, "w"))


def test_ipn_is_read_as_bin_starts() -> None:
    lc = native(COUNTS)
    read = read_lightcurve(ipn_text(lc, Instant.parse("2023-05-19T15:24:10.200"), 4300.0).encode(), "i")
    same(lc, read, 1e-3)
    assert read.info.energy_kev == (100.0, 10000.0)
    assert read.start_s[0] == pytest.approx(-0.2)


def test_realtime_json() -> None:
    lc = native(COUNTS, missing=(2,))
    read = read_lightcurve(json.dumps({"lc": realtime_json(lc), "prophecy": []}).encode(), "r")
    same(lc, read)
    assert read.info.tier == "realtime"


def test_mmoda_fits_carries_everything() -> None:
    lc = native(COUNTS, simulated=True)
    read = read_lightcurve(mmoda_fits(lc, 0.05, "", None), "m")
    same(lc, read)
    assert read.info.simulated
    assert read.info.tier == "simulated"


def test_a_simulated_heading_is_believed() -> None:
    assert read_lightcurve(genlc_text(native(COUNTS, simulated=True), START).encode(), "s").info.simulated
    assert read_lightcurve(ipn_text(native(COUNTS, simulated=True), START, 4300.0).encode(), "s").info.simulated


def test_zero_runs_are_missing_and_never_zeros() -> None:
    counts = [*COUNTS, 0.0, 0.0, 0.0, *COUNTS]
    read = read_lightcurve(genlc_text(native(counts), START).encode(), "z")
    assert len(read) == 16
    assert (read.counts > 0).all()
    assert any("3 bins of zero-count runs" in remark for remark in read.info.remarks)


def test_zeros_are_kept_where_they_are_likely() -> None:
    counts = [1.0, 0.0, 2.0, 0.0, 0.0, 1.0, 1.0]
    assert len(read_lightcurve(genlc_text(native(counts), START).encode(), "low")) == 7


def test_only_zeros_is_no_data() -> None:
    with pytest.raises(NoData, match=r"zeros\.txt"):
        read_lightcurve(genlc_text(native([0.0] * 20), START).encode(), "zeros.txt")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No Data (at this time?)", NoData),
        ("Zero Data (at this time?)", NoData),
        ("NoData", NoData),
        ("ZeroData", NoData),
        ("No Auxiliaty Data (for this time?)", NoData),
        ("Over revolution", OverRevolution),
        ("Bad Target", BadRequest),
        ("No access to the data", ServiceRefused),
        ("Sorry, this service are limited", ServiceRefused),
    ],
)
@pytest.mark.parametrize("page", [False, True])
def test_error_texts(text: str, kind: type[Exception], page: bool) -> None:
    body = f"<!DOCTYPE html><html><body><h1>{text}</h1></body></html>" if page else f'"{text}\\n"'
    with pytest.raises(kind, match=r"reply\.txt") as caught:
        read_lightcurve(body.encode(), "reply.txt")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"\xff\xfe\x00rubbish",
        b"hello world",
        b"[1, 2, 3]",
        b'{"lc": {"columns": ["counts"], "data": [[1]]}}',
        b'{"lc": {"columns": ["counts", "ijd"], "data": [[1, 2], [3]]}}',
        b'{"lc": ',
        b"<html><body>502 Bad Gateway</body></html>",
        b"1 2\n3 4\n",
        b"\x1f\x8bbroken",
        b"SIMPLE  =                    T",
        b"'INTEGRAL  ' 'xx/yy/zz' 1 2 3\n1 0.05\n0.0 1.0\n",
        b"3000.1 0.05 4000 nan\n3000.1 0.1 4000 17\n",
    ],
)
def test_what_is_no_light_curve_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(RefusedInput, match=r"input\.dat"):
        read_lightcurve(data, "input.dat")


def test_gzip_of_several_members_is_one_file() -> None:
    data = genlc_text(native(COUNTS), START).encode()
    joined = gzip.compress(data[:100]) + gzip.compress(data[100:]) + bytes(16)
    same(native(COUNTS), read_lightcurve(joined, "joined.gz"))


def test_no_member_of_a_gzip_unpacks_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    from transients.sources.formats import read

    monkeypatch.setattr(read, "_MAX_BYTES", 2_000_000)
    bomb = gzip.compress(bytes(1_500_000))
    for data in (gzip.compress(bytes(2_000_001)), bomb + bomb):
        with pytest.raises(RefusedInput, match=r"bomb\.gz.*unpacks to more than the 2000000 bytes"):
            read_lightcurve(data, "bomb.gz")
    with pytest.raises(RefusedInput, match="broken gzip"):
        read_lightcurve(gzip.compress(b"1 2 3") + b"rubbish", "bomb.gz")


@pytest.mark.parametrize("form", ["fits", "archive", "json", "gzip"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_cut_short_is_refused(form: str, share: float) -> None:
    lc = native(COUNTS * 40)
    data = {
        "fits": mmoda_fits(lc, 0.05, "", None),
        "archive": write_lightcurve(lc),
        "json": json.dumps({"lc": realtime_json(lc)}).encode(),
        "gzip": gzip.compress(genlc_text(lc, START).encode()),
    }[form]
    with pytest.raises(RefusedInput, match=r"half\.dat"):
        read_lightcurve(data[: int(len(data) * share)], "half.dat")


@pytest.mark.parametrize("form", ["genlc", "ipn"])
def test_text_cut_within_its_last_row_is_refused(form: str) -> None:
    text = genlc_text(native(COUNTS), START) if form == "genlc" else ipn_text(native(COUNTS), START, 1.0)
    last = text.rstrip("\n").rfind("\n")
    first = last + 1 + len(text[last:]) - len(text[last:].lstrip())
    for end in range(first, len(text) - 2):
        with pytest.raises(RefusedInput, match="cut"):
            read_lightcurve(text[:end].encode(), "cut")


def test_times_that_run_back_are_refused() -> None:
    lines = genlc_text(native(COUNTS), START).splitlines()
    lines[-1], lines[-2] = lines[-2], lines[-1]
    with pytest.raises(RefusedInput, match="do not increase"):
        read_lightcurve("\n".join(lines).encode(), "back")


def test_select_takes_the_window_about_t0() -> None:
    lc = native([4000.0 + 2 * i for i in range(400)])
    part = select(lc, Instant.parse("2023-05-19T15:24:20.000"), 5.0)
    assert len(part) == 200
    assert part.counts[0] == 4000.0 + 2 * 100


def test_select_names_both_times_on_another_day() -> None:
    with pytest.raises(NoData, match=r"2023-05-19T15:24:10.*not 2023-05-20T15:24:10"):
        select(native(COUNTS), Instant.parse("2023-05-20T15:24:10"), 300.0)


def test_archive_form_is_the_same_bytes_and_small() -> None:
    rng = np.random.default_rng(5)
    lc = native(list(2.0 * np.round(rng.normal(2250, 38, 100_000))))
    data = write_lightcurve(lc)
    assert data == write_lightcurve(lc)
    assert len(data) < 100_000 * 1.4
    same(lc, read_lightcurve(data, "a"), 1e-9)
