"""With no archive and no service, an event's geometry comes from the pointing notices that were received."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey_samples import mission
from service_samples import about, raw, running, settings, worked

from transients import demo
from transients.config import SourceSettings
from transients.service.intake import Intake
from transients.store import Store

GRB = "Fermi-GBM:699896651"
NOTICE = """<?xml version='1.0' encoding='UTF-8'?>
<voe:VOEvent xmlns:voe="http://www.ivoa.net/xml/VOEvent/v2.0" ivorn="ivo://nasa.gsfc.gcn/INTEGRAL#Point_Dir_{time}_000000-1"
 role="utility" version="2.0"><Who><AuthorIVORN>ivo://nasa.gsfc.tan/gcn</AuthorIVORN><Date>{sent}</Date></Who>
<What><Param name="Packet_Type" value="51"/><Param name="Coords_String" value="pointing_direction"/></What>
<WhereWhen><ObsDataLocation><ObservatoryLocation id="GEOLUN"/><ObservationLocation><AstroCoordSystem id="UTC-FK5-GEO"/>
<AstroCoords coord_system_id="UTC-FK5-GEO"><Time unit="s"><TimeInstant><ISOTime>{time}</ISOTime></TimeInstant></Time>
<Position2D unit="deg"><Name1>RA</Name1><Name2>Dec</Name2><Value2><C1>{ra}</C1><C2>-70.0</C2></Value2>
<Error2Radius>0.0</Error2Radius></Position2D></AstroCoords></ObservationLocation></ObsDataLocation></WhereWhen></voe:VOEvent>"""


def notice(time: str, sent: str, ra_deg: float) -> demo.Message:
    body = NOTICE.format(time=time, sent=sent, ra=ra_deg).encode()
    return demo.Message("gcn.classic.voevent.INTEGRAL_POINTDIR", body)


@pytest.mark.parametrize("known", [True, False])
async def test_geometry_from_notices(store: Store, postgres_url: str, tmp_path: Path, known: bool) -> None:
    made = settings(postgres_url, tmp_path, sources=SourceSettings(archive_dirs=(), gateway_url=""))
    intake = Intake(store, made)
    sent = [
        notice("2023-03-07T15:10:00", "2023-03-07T15:08:10", 60.0),
        notice("2023-03-07T15:41:00", "2023-03-07T15:39:10", 62.0),
        notice("2023-03-07T16:12:00", "2023-03-07T16:10:10", 64.0),
    ]
    for offset, message in enumerate((*(sent if known else ()), *about("699896651"))):
        await intake.put(raw(message, offset))
    async with running(made, mission=mission()):
        await worked(store)
        found = await store.assessment(GRB)
    assert found is not None
    assert found.geometry is not None
    geometry = found.geometry
    if not known:
        assert geometry.attitude is None
        assert any("pointing notices in the inbox" in caveat for caveat in geometry.caveats)
        return
    assert geometry.attitude is not None
    assert (geometry.attitude.source, geometry.attitude.x_ra_deg) == ("notice", 62.0)
    assert geometry.orientation is not None
    assert geometry.orientation.attitude_source == "notice"
    assert (geometry.orientation.theta_error_deg, geometry.attitude.roll_error_deg) == (0.03, 3.0)
    assert geometry.exposure is not None
    # To the next slew, to the next, and the longest usual pointing: 1750 + 1750 + 4500 s, with the burst 5 deg off axis; of GBM's
    # systematic error a tail of a few percent lies outside the field.
    assert (geometry.exposure.pointings, round(geometry.exposure.plain_ks, 2)) == (3, 7.74)
    assert "pointing notices in the inbox" in geometry.exposure.source
