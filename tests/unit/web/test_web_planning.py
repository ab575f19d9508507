"""The cards for planners: in words, with and without what they rest on."""

from __future__ import annotations

import dashboard_samples as samples
import msgspec
import outgoing_samples
import pytest
from litestar.testing import TestClient
from lxml import html

from schemas import (
    AdvisedPointing,
    Assessment,
    Geometry,
    Instant,
    LightTravel,
    OffAxisPointing,
    PointingAdvice,
    PointingHistory,
    Urgency,
    VisibilityForecast,
    VisibilityWindow,
)
from transients.missions import shift
from transients.web.keys import key_to_segment
from transients.web.memory import MemoryStore
from transients.web.views import planning

T0 = Instant.parse("2023-05-18T12:59:08")
DAY_S = 86400.0
FORECAST = VisibilityForecast(
    start=T0, stop=shift(T0, 5 * DAY_S), ra_deg=40.0, dec_deg=-1.0, observable_s=3 * DAY_S,
    windows=(
        VisibilityWindow(start=T0, stop=shift(T0, DAY_S), opened_by="range", closed_by="Earth limb", stop_error_s=600.0),
        VisibilityWindow(
            start=shift(T0, 2 * DAY_S), stop=shift(T0, 4 * DAY_S), opened_by="Earth limb", closed_by="Sun", start_error_s=700.0,
            stop_error_s=120.0,
        ),
    ),
    fractions=tuple((n * DAY_S / 2, 0.1 * n) for n in range(11)), constraints=("Sun 50 to 130 deg",), orbit_source="orbit model",
)  # fmt: skip
ADVICE = PointingAdvice(
    at=T0, constraints=("Sun 50 to 130 deg",), caveats=("staring, within 45 deg of the pointing: nothing of the sky is allowed",),
    entries=(
        AdvisedPointing(
            pattern="5x5", radius_deg=30.0, within_deg=90.0, ra_deg=41.5, dec_deg=-2.25, probability=0.876, from_peak_deg=1.5,
            from_pointing_deg=60.0, slew_s=2487.6, reaction_s=9687.6,
        ),
    ),
)  # fmt: skip
HISTORY = PointingHistory(
    window_start=shift(T0, -10 * DAY_S), window_stop=shift(T0, 10 * DAY_S), ra_deg=40.0, dec_deg=-1.0, source="archive",
    pointings=(OffAxisPointing(id="264100200010", start_h=-3.5, stop_h=-3.0, off_axis_deg=12.5),),
    histogram=tuple((5.0 * n, 5.0 * n + 5.0, 1.8 if n == 2 else 0.0) for n in range(36)),
)  # fmt: skip
TRAVEL = LightTravel(place="INTEGRAL", delay_s=0.4681, spread_s=0.0123, error_s=0.004, source="orbit model")
URGENCY = Urgency(grade="very high", reasons=(("very high", "nearby"), ("high", "in FoV"), ("high", "working hours")))


def _assessed(**changes: object) -> Assessment:
    made: Geometry = msgspec.structs.replace(
        outgoing_samples.geometry(), forecast=FORECAST, advice=ADVICE, history=HISTORY, light_travels=(TRAVEL,), urgency=URGENCY
    )
    return outgoing_samples.assessment(event_key=samples.S230518H, revision=9, geometry=msgspec.structs.replace(made, **changes))


def _cards(client: TestClient, store: MemoryStore, assessment: Assessment) -> dict[str, str]:
    store.put_assessment(assessment)
    tree = html.fromstring(client.get(f"/events/{key_to_segment(samples.S230518H)}").text)
    sections = tree.xpath("//article//section")
    # Cells stand apart on the page; their texts must do so here too.
    return {" ".join(s.xpath("./h2")[0].text_content().split()): " ".join(" ".join(s.itertext()).split()) for s in sections}


def test_every_card(client: TestClient, dashboard_store: MemoryStore) -> None:
    cards = _cards(client, dashboard_store, _assessed())
    assert "very high nearby high in FoV, working hours" in cards["Planning urgency: very high"]
    assert "2023-05-20 12:59:08 2023-05-22 12:59:08 2.0 d Earth limb Sun ± 12 min" in cards["Visibility"]
    assert "Days from T0 0.0 1.0 2.0 3.0 4.0 5.0" in cards["Visibility"]
    assert "Visible part of the region 0.0 % 20.0 % 40.0 % 60.0 % 80.0 % 100.0 %" in cards["Visibility"]
    assert "Orbit over these days: orbit model." in cards["Visibility"]
    assert "5 × 5, 30° within 90° 41.50 -2.25 87.6 % 1.5° 60.0° 41 min 2.7 h" in cards["Pointing advice"]
    assert "nothing of the sky is allowed" in cards["Pointing advice"]
    assert "Time (ks) 0.0 1.8 0.0" in cards["Pointing history"]
    assert "264100200010 at T0-3.5 h, was 12.5° away; from: archive." in cards["Pointing history"]
    assert "INTEGRAL +0.4681 s ± 0.012 s ± 0.0040 s orbit model" in cards["Light travel"]


def test_what_is_not_known_has_no_card(client: TestClient, dashboard_store: MemoryStore) -> None:
    bare = _assessed(forecast=None, advice=None, history=None, light_travels=(), urgency=None)
    assert not {"Visibility", "Pointing advice", "Pointing history", "Light travel"} & set(_cards(client, dashboard_store, bare))


def test_nothing_is_planned_for_a_retracted_event() -> None:
    event = msgspec.structs.replace(samples.event(samples.S230518H, "LVK", "gravitational-wave", T0.iso), state="retracted")
    told = planning(event, _assessed(), T0.to_datetime())
    assert (told.grade, told.windows, told.advice, told.visibility_notes, told.advice_notes) == ("", (), (), (), ())
    assert told.history
    assert told.travels


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-1, ""),
        (1, "The peak can be pointed at now, for 23.0 h more; then: Earth limb."),
        (30, "The peak cannot be pointed at now (Earth limb); again in 18.0 h."),
        (72, "The peak can be pointed at now, for 24.0 h more; then: Sun."),
        (100, "The peak cannot be pointed at now (Sun), nor later in this forecast."),
        (121, ""),
    ],
)
def test_what_holds_now(hours: float, said: str) -> None:
    event = samples.event(samples.S230518H, "LVK", "gravitational-wave", T0.iso)
    assert planning(event, _assessed(), shift(T0, hours * 3600.0).to_datetime()).now == said


def test_never_allowed_and_always_allowed() -> None:
    event = samples.event(samples.S230518H, "LVK", "gravitational-wave", T0.iso)
    never = msgspec.structs.replace(FORECAST, windows=(), limited_by="Sun", observable_s=0.0)
    told = planning(event, _assessed(forecast=never), T0.to_datetime())
    assert told.now == "The peak cannot be pointed at now (Sun), nor later in this forecast."
    assert told.visibility_notes[0] == "The peak is never allowed: Sun."
    whole = VisibilityWindow(start=FORECAST.start, stop=FORECAST.stop, opened_by="range", closed_by="range")
    told = planning(event, _assessed(forecast=msgspec.structs.replace(FORECAST, windows=(whole,))), T0.to_datetime())
    assert told.now == "The peak can be pointed at now, to the end of this forecast 5.0 d from now."
    assert told.windows[0].uncertainty == "–"
