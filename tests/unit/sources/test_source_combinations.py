"""Several sources as one, modules as one detector, pieces as one light curve, and files as a source."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from schemas import Attitude, Instant, LightCurve, LightCurveInfo
from schemas.errors import BadRequest, ConfigurationError, NoData, NotYet, RefusedInput, ServiceUnreachable, TransientsError
from transients.missions.integral import Integral
from transients.sources import FileSource, FirstOf, SimulatedObservatory, SimulatedSource, load_response, write_lightcurve
from transients.sources.clock import shift
from transients.sources.joined import add_modules, join
from transients.sources.replies import genlc_text

T0 = Instant.parse("2023-06-27T20:00:00.000")


class Answering(SimulatedSource):
    """A simulated source that fails with a given error, or answers."""

    def __init__(self, error: TransientsError | None) -> None:
        super().__init__(SimulatedObservatory(1, Integral(load_response())))
        self.error = error
        self.asked = 0

    @property
    def name(self) -> str:
        return type(self.error).__name__ if self.error else "good"

    async def attitude(self, at: Instant) -> Attitude:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return await super().attitude(at)


async def test_the_first_that_answers() -> None:
    first, second, third = Answering(NoData("none")), Answering(None), Answering(None)
    await FirstOf([first, second, third]).attitude(T0)
    assert (first.asked, second.asked, third.asked) == (1, 1, 0)


async def test_a_timeline_goes_before_the_orbit_model(tmp_path: Path) -> None:
    mission = Integral(load_response())
    empty = FileSource([tmp_path], mission)
    simulated = SimulatedSource(SimulatedObservatory(1, mission))
    assert (await FirstOf([empty]).expectation(T0)).source == "orbit"
    assert (await FirstOf([empty, simulated]).expectation(T0)).source == "simulator"
    assert (await FirstOf([FileSource([tmp_path]), empty]).expectation(T0)).source == "orbit"
    with pytest.raises(NoData):
        await FirstOf([FileSource([tmp_path])]).expectation(T0)


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([NoData("a"), NoData("b")], NoData),
        ([NoData("a"), NotYet("b")], NotYet),
        ([ServiceUnreachable("a"), NoData("b")], ServiceUnreachable),
        ([BadRequest("a"), NoData("b")], BadRequest),
        ([BadRequest("a"), ServiceUnreachable("b")], ServiceUnreachable),
        ([RefusedInput("a")], RefusedInput),
        ([], NoData),
    ],
)
async def test_all_failures_are_named_in_one_error(errors: list[TransientsError], kind: type[TransientsError]) -> None:
    with pytest.raises(kind) as caught:
        await FirstOf([Answering(error) for error in errors]).attitude(T0)
    assert type(caught.value) is kind
    for error in errors:
        assert error.message in str(caught.value)
    if len(errors) > 1:
        assert isinstance(caught.value.__cause__, ExceptionGroup)


def curve(reference: Instant, counts: list[float], keep: list[int] | None = None) -> LightCurve:
    index = np.arange(len(counts)) if keep is None else np.array(keep)
    info = LightCurveInfo(
        instrument="ISGRI/MCE0", tier="archive", reference=reference, bin_s=1.0, content_id="x", source="test", remarks=("r",)
    )
    return LightCurve(start_s=index * 1.0, width_s=np.ones(len(index)), counts=np.array(counts, dtype=float)[index], info=info)


def test_modules_add_where_all_have_data() -> None:
    later = curve(shift(T0, 1.0), [10, 20, 30, 40])
    whole = add_modules([curve(T0, [1, 2, 3, 4, 5], [0, 1, 3, 4]), later], "ISGRI")
    np.testing.assert_array_equal(whole.counts, [2 + 10, 4 + 30, 5 + 40])
    np.testing.assert_array_equal(whole.start_s, [1, 3, 4])
    assert whole.info.instrument == "ISGRI"
    with pytest.raises(NoData):
        add_modules([curve(T0, [1, 2]), curve(shift(T0, 10.0), [1, 2])], "ISGRI")


def test_pieces_join_in_time_order() -> None:
    joined = join([curve(shift(T0, 100.0), [7, 8]), curve(T0, [1, 2])], ["missing between"])
    np.testing.assert_array_equal(joined.counts, [1, 2, 7, 8])
    np.testing.assert_allclose(joined.start_s, [0, 1, 100, 101], atol=1e-9)
    assert "missing between" in joined.info.remarks
    with pytest.raises(RefusedInput, match="overlap"):
        join([curve(T0, [1, 2, 3]), curve(shift(T0, 1.0), [1, 2])])


async def test_files_answer_for_their_times(tmp_path: Path) -> None:
    lc = SimulatedObservatory(1, Integral(load_response())).light_curve("SPI-ACS", T0, 100.0)
    placed = msgspec.structs.replace(lc.info, ephemeris=(198.4, 71.8, 140_000.0))
    lc = LightCurve(start_s=lc.start_s, width_s=lc.width_s, counts=lc.counts, info=placed)
    (tmp_path / "a.fits").write_bytes(write_lightcurve(lc))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.txt").write_text(genlc_text(lc, shift(T0, -100.0)))
    (tmp_path / "notes.md").write_text("nothing to see")
    source = FileSource([tmp_path], Integral(load_response()))
    found = await source.light_curve("SPI-ACS", T0, 50.0)
    assert len(found) == 2000
    assert found.info.simulated, "a recorded simulation stays one"
    assert (await source.orbit(T0)).distance_km == 140_000.0
    assert [Path(name).name for name, _ in await source.refused()] == ["notes.md"]
    assert (await source.expectation(T0)).status == "ONLINE"
    with pytest.raises(NoData, match="2023-06-28"):
        await source.light_curve("SPI-ACS", Instant.parse("2023-06-28T20:00:00"), 50.0)
    with pytest.raises(NoData, match="IBIS/Veto"):
        await source.light_curve("IBIS/Veto", T0, 50.0)
    for question in (source.attitude(T0), source.orbit(shift(T0, 1000.0)), source.science_window(T0), source.pointings(T0, T0)):
        with pytest.raises(NoData):
            await question


async def test_a_file_given_by_itself_must_be_readable(tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("nothing to see")
    with pytest.raises(RefusedInput, match=r"bad\.txt"):
        await FileSource([bad]).light_curve("SPI-ACS", T0, 10.0)
    with pytest.raises(RefusedInput, match=r"absent\.txt"):
        await FileSource([tmp_path / "absent.txt"]).light_curve("SPI-ACS", T0, 10.0)


def test_the_response_that_ships_and_one_of_an_operator(tmp_path: Path) -> None:
    shipped = load_response()
    assert set(shipped.instruments) >= {"SPI-ACS", "IBIS/Veto", "ISGRI"}
    bad = tmp_path / "response.fits"
    bad.write_bytes(b"rubbish")
    for path in (bad, tmp_path / "absent"):
        with pytest.raises(ConfigurationError, match=path.name):
            load_response(str(path))
