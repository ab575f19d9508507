"""What a folder may hold beside light curves. Every file is of our own making, to the forms' descriptions: no real sample was seen of
timelines, indices and the archive's attitude and orbit files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mission_samples import index_file, shipped_integral

from schemas import Instant, PointingUpdate
from schemas.errors import NoData, RefusedInput
from transients.missions import from_ijd, ijd, to_instant, to_time
from transients.missions.integral import index_attitude, read_index
from transients.sources import FileSource, FirstOf, PointingSource

MISSION = shipped_integral()
T = Instant(utc="2023-05-18T12:59:08")
DAY = ijd(to_time(T))
TIMELINE = """2023-05-17T14:39:43Z MOUT                 
2023-05-17T18:05:00Z IBIS_START           MODE 41
2023-05-17T17:49:17Z SPI_START            
2023-05-20T00:20:00Z SPI_STOP             
2023-05-20T00:23:28Z IBIS_STOP            
"""  # noqa: W291
LINES = (
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
)
OTHER = (
    "1 08195U 75081A   06176.33215444  .00000099  00000-0  11873-3 0   813",
    "2 08195  64.1586 279.0717 6877146 264.7651  20.2257  2.00491383225656",
)


def notice(time: str, ra_deg: float, dec_deg: float) -> str:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<voe:VOEvent xmlns:voe="http://www.ivoa.net/xml/VOEvent/v2.0" ivorn="ivo://nasa.gsfc.gcn/INTEGRAL#Point_Dir_{time}_000000-1"
 role="utility" version="2.0"><Who><AuthorIVORN>ivo://nasa.gsfc.tan/gcn</AuthorIVORN><Date>{time}</Date></Who>
<What><Param name="Packet_Type" value="51"/><Param name="Coords_String" value="pointing_direction"/></What>
<WhereWhen><ObsDataLocation><ObservatoryLocation id="GEOLUN"/><ObservationLocation><AstroCoordSystem id="UTC-FK5-GEO"/>
<AstroCoords coord_system_id="UTC-FK5-GEO"><Time unit="s"><TimeInstant><ISOTime>{time}</ISOTime></TimeInstant></Time>
<Position2D unit="deg"><Name1>RA</Name1><Name2>Dec</Name2><Value2><C1>{ra_deg}</C1><C2>{dec_deg}</C2></Value2>
<Error2Radius>0.0</Error2Radius></Position2D></AstroCoords></ObservationLocation></ObsDataLocation></WhereWhen></voe:VOEvent>"""


def test_index_of_science_windows() -> None:
    first, slew, second = read_index(index_file(), "GNRL-SCWG-GRP-IDX.fits")
    assert (first.scw_id, first.kind, first.x_ra_deg, first.z_dec_deg) == ("264100200010", "pointing", 40.0, 90.0)
    assert (slew.kind, second.scw_id) == ("slew", "264100210010")
    assert abs(ijd(to_time(first.stop)) - DAY - 0.5 / 24) < 1e-8
    assert read_index(index_file(RA_SCZ=None, DEC_SCZ=None, SW_TYPE=None, TELAPSE=None), "x")[1].kind == "slew"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"SW_TYPE": ["POINTING", "POINTING", "POINTING"]}, "whose id says slew"),
        ({"SWID": ["264100200010", "26410021001x", "264100210010"]}, "not a science window id"),
        ({"TELAPSE": [3600.0, 360.0, 1e5]}, "TELAPSE differs"),
        ({"TSTOP": [0.0, 0.0, 0.0]}, "ends before"),
        ({"RA_SCX": [np.nan, 1, 1]}, "not finite"),
        ({"TSTART": None}, "SWID and TSTART"),
    ],
)
def test_an_index_that_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        read_index(index_file(**change), "idx.fits")


def test_attitude_of_an_index_is_constant_within_pointings() -> None:
    table = index_attitude(index_file(), "idx.fits")
    still = table.at(T)
    assert (still.source, still.x_ra_deg) == ("constant", pytest.approx(40.0))
    middle = table.at(to_instant(from_ijd(DAY + 0.55 / 24)))
    assert middle.x_ra_deg == pytest.approx(41.0, abs=1e-3)
    assert middle.error_deg == pytest.approx(1.0 + 5 / 60, abs=1e-3)
    with pytest.raises(RefusedInput, match="gives no attitudes"):
        index_attitude(index_file(RA_SCZ=None, DEC_SCZ=None), "idx.fits")


async def test_a_folder_of_everything(tmp_path: Path) -> None:
    (tmp_path / "idx.fits").write_bytes(index_file())
    (tmp_path / "TSF_2641_SSSSSSSSSSSSS_0001.INT").write_text(TIMELINE)
    (tmp_path / "iss.tle").write_text("ISS\n" + "\n".join(LINES) + "\n")
    rows = "".join(f"2023-05-18T1{h}:00:00,{1e5 + h},0,0\n" for h in range(6))
    (tmp_path / "orbit.csv").write_text("utc,x_km,y_km,z_km\n" + rows)
    (tmp_path / "notice.xml").write_text(notice("2023-05-18T14:50:00", 50.0, 3.0))
    (tmp_path / "readme.txt").write_text("nothing of use\n")
    source = FileSource([tmp_path], MISSION)
    assert [Path(name).name for name, _ in await source.refused()] == ["readme.txt"]
    assert (await source.attitude(T)).source == "constant"
    late = await source.attitude(Instant(utc="2023-05-18T15:00:00"))
    assert (late.source, late.x_ra_deg, late.error_deg) == ("notice", 50.0, 0.03)
    assert await source.science_window(T) == "264100200010"
    with pytest.raises(NoData, match="science window"):
        await source.science_window(Instant(utc="2023-05-18T15:00:00"))
    hour = Instant(utc="2023-05-18T12:00:00"), Instant(utc="2023-05-18T14:00:00")
    assert [p.scw_id for p in await source.pointings(*hour)] == ["264100200010", "264100210011", "264100210010"]
    after = Instant(utc="2023-05-18T15:00:00"), Instant(utc="2023-05-18T16:00:00")
    assert [p.scw_id for p in await source.pointings(*after)] == ["notice 2023-05-18T14:50:00"]
    expected = await source.expectation(T)
    assert (expected.source, expected.this.number, expected.this.stop.utc) == ("timeline", 2641, "2023-05-20T00:23:28")
    assert expected.error_s is None
    assert (await source.expectation(Instant(utc="2023-06-18T12:00:00"))).source == "orbit"
    place = await source.orbit(T)
    assert (place.source, place.distance_km) == ("state vectors", pytest.approx(1e5 + 2.98, abs=0.1))
    assert (await source.orbit(Instant(utc="2008-09-20T15:00:00"))).source.startswith("two-line elements of ISS")


async def test_elements_of_two_satellites_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "two.tle").write_text("\n".join((*LINES, *OTHER)))
    with pytest.raises(NoData, match="which is meant is not told"):
        await FileSource([tmp_path], MISSION).orbit(Instant(utc="2008-09-20T15:00:00"))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("timeline.INT", TIMELINE, "does not say its revolution"),
        ("TSF_2641_1.INT", "2023-05-17T17:49:17Z SPI_START\n", "names no science"),
        ("bad.tle", "\n".join((LINES[0][:-1] + "1", LINES[1])), "checksum"),
        ("broken.xml", notice("yesterday", 1.0, 2.0), "no notice of a pointing"),
    ],
)
async def test_a_file_by_itself_must_be_readable(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(RefusedInput, match=message):
        await FileSource([tmp_path / name], MISSION).refused()
    assert message in (await FileSource([tmp_path], MISSION).refused())[0][1]


async def test_without_a_mission_notices_tell_nothing(tmp_path: Path) -> None:
    (tmp_path / "notice.xml").write_text(notice("2023-05-18T12:50:00", 50.0, 3.0))
    with pytest.raises(NoData):
        await FileSource([tmp_path]).attitude(T)
    assert (await FileSource([tmp_path], MISSION).attitude(T)).x_ra_deg == 50.0


def update(time: str, ra_deg: float, mission: str = "INTEGRAL") -> PointingUpdate:
    return PointingUpdate(kind="INTEGRAL_POINTDIR", mission=mission, time=Instant(utc=time), ra_deg=ra_deg, dec_deg=10.0)


async def test_notices_of_an_inbox_are_the_last_resort(tmp_path: Path) -> None:
    kept = [update("2023-05-18T12:10:52", 320.0), update("2023-05-18T13:06:57", 322.0)]
    asked = []

    async def fetch(mission: str, start: Instant, stop: Instant) -> list[PointingUpdate]:
        asked.append((mission, start.utc, stop.utc))
        return [each for each in kept if start <= each.time <= stop]

    notices = PointingSource(fetch, MISSION, "the inbox")
    (tmp_path / "idx.fits").write_bytes(index_file())
    both = FirstOf([FileSource([tmp_path], MISSION), notices])
    assert (await both.attitude(T)).source == "constant"
    assert not asked
    before = Instant(utc="2023-05-18T12:15:00")
    assert ((await both.attitude(before)).source, (await both.attitude(before)).x_ra_deg) == ("notice", 320.0)
    assert asked[0] == ("INTEGRAL", "2023-05-18T09:15:00", "2023-05-18T15:15:00")
    assert [p.scw_id for p in await notices.pointings(T, Instant(utc="2023-05-18T14:00:00"))] == [
        "notice 2023-05-18T12:10:52", "notice 2023-05-18T13:06:57"
    ]  # fmt: skip
    with pytest.raises(NoData, match="pointing notices in the inbox: no pointing was announced"):
        await both.attitude(Instant(utc="2023-05-01T00:00:00"))
    for question in (
        notices.orbit(T),
        notices.expectation(T),
        notices.science_window(T),
        notices.light_curve("SPI-ACS", T, 10.0),
    ):
        with pytest.raises(NoData, match="pointing notices in the inbox"):
            await question
