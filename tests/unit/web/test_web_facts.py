"""The overview of an event says how far the angles can be trusted."""

from __future__ import annotations

import msgspec
import pytest
from journey_samples import mission

from schemas import Attitude, Geometry, Instant, Orientation, Provenance
from transients.missions import to_time
from transients.web.views import facts

T0 = Instant(utc="2023-05-18T12:59:08")
TURNED = Orientation(
    ra_deg=40.67, dec_deg=-0.013, theta_deg=80.646, phi_deg=-22.44, word="Sun side", attitude_source="notice",
    attitude_error_deg=0.03, theta_error_deg=0.03, phi_error_deg=3.03,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "θ ± 0.030°, φ ± 3.0°"),
        ({"phi_error_deg": 180.0}, "θ ± 0.030°, φ ± 180°"),
        # A record of before these fields.
        ({"theta_error_deg": None, "phi_error_deg": None}, "θ ± 0.030°"),
        ({"attitude_error_deg": None, "theta_error_deg": None, "phi_error_deg": None}, facts.UNKNOWN),
        ({"theta_error_deg": None, "attitude_error_deg": None}, "φ ± 3.0°"),
    ],
)
def test_errors_of_the_angles(changes: dict[str, float | None], said: str) -> None:
    turned = msgspec.structs.replace(TURNED, **changes)
    attitude = Attitude(at=T0, x_ra_deg=320.0, x_dec_deg=14.0, z_ra_deg=55.0, z_dec_deg=19.0, source="notice", error_deg=0.03)
    number = mission().revolution(to_time(T0)).number
    geometry = Geometry(
        t0=T0, mission="INTEGRAL", revolution=number, phase=0.37, attitude=attitude, orientation=turned,
        provenance=Provenance(step="geometry", version="0"),
    )  # fmt: skip
    (fact,) = [each for each in facts._spacecraft(geometry) if each.label == "Orientation"]
    assert (fact.uncertainty, fact.source) == (said, "peak of the region; attitude: notice")
