"""The scenario's gravitational-wave alerts."""

from __future__ import annotations

from typing import Any

from .documents import gwalert
from .maps import arc_map


def _merger(
    time: str,
    far_hz: float,
    pipeline: str,
    classes: tuple[float, float, float, float],
    properties: tuple[float, float, float],
    search: str = "AllSky",
) -> dict[str, Any]:
    """The event of an alert of a merger: probabilities of the classes, and of HasNS, HasRemnant and HasMassGap."""
    return {
        "significant": True,
        "time": time,
        "far": far_hz,
        "instruments": ["H1", "L1"],
        "group": "CBC",
        "pipeline": pipeline,
        "search": search,
        "classification": dict(zip(("BNS", "NSBH", "BBH", "Terrestrial"), classes, strict=True)),
        "properties": dict(zip(("HasNS", "HasRemnant", "HasMassGap"), properties, strict=True)),
    }


def updated() -> list[bytes]:
    """Four stages of one superevent; its map is replaced by a better one, and what is known of it by an update."""
    wide = arc_map(ring=(35.0, 10.0, 72.0, 3.0), centre=(95.0, -35.0, 25.0), distance_mpc=(260.0, 80.0),
                   name="S230518h", date_obs="2023-05-18T12:59:08.164")  # fmt: skip
    better = arc_map(ring=(35.0, 10.0, 72.0, 1.6), centre=(99.0, -32.0, 9.0), distance_mpc=(204.0, 57.0),
                     name="S230518h", date_obs="2023-05-18T12:59:08.154")  # fmt: skip
    classes = (0.0, 0.864, 0.037, 0.099)
    stages = (
        ("PRELIMINARY", "2023-05-18T12:59:40Z", wide, 0.9957),
        ("INITIAL", "2023-05-18T13:24:50Z", wide, 0.9957),
        ("UPDATE", "2023-05-18T16:52:31Z", better, 0.9957),
        ("UPDATE", "2023-05-26T22:16:26Z", better, 1.0),
    )
    return [
        gwalert(
            superevent="S230518h",
            alert_type=stage,
            created=created,
            event=_merger("2023-05-18T12:59:08.167Z", 3.218261352069347e-10, "pycbc", classes, (has_ns, 0.0, 0.0)),
            skymap=skymap,
        )
        for stage, created, skymap, has_ns in stages
    ]


def retracted() -> list[bytes]:
    """An early warning and its retraction."""
    event = _merger("2023-05-24T20:22:41.000Z", 7.224443905955801e-08, "pycbc", (0.754, 0.0, 0.0, 0.246), (1.0, 1.0, 0.0),
                    search="EarlyWarning")  # fmt: skip
    skymap = arc_map(ring=(210.0, -20.0, 65.0, 8.0), centre=(250.0, 30.0, 40.0), distance_mpc=(120.0, 40.0),
                     name="S230524x", date_obs="2023-05-24T20:22:41.000")  # fmt: skip
    return [
        gwalert(superevent="S230524x", alert_type="EARLYWARNING", created="2023-05-24T20:22:33Z", event=event, skymap=skymap),
        gwalert(superevent="S230524x", alert_type="RETRACTION", created="2023-05-24T20:59:12Z"),
    ]


def in_perigee() -> bytes:
    """A merger while INTEGRAL passed its perigee."""
    event = _merger("2023-11-27T16:53:00.000Z", 5.814757056175128e-09, "gstlal", (0.0, 0.0, 0.9956, 0.0044), (0.0, 0.0, 0.0))
    skymap = arc_map(ring=(300.0, 40.0, 80.0, 4.0), centre=(20.0, 10.0, 30.0), distance_mpc=(4150.0, 1300.0),
                     name="S231127cg", date_obs="2023-11-27T16:53:00.000")  # fmt: skip
    return gwalert(superevent="S231127cg", alert_type="INITIAL", created="2023-11-27T17:20:00Z", event=event, skymap=skymap)
