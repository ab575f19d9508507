"""A filled store for tests of the dashboard. Facts of real events where they are named, else made up; every one is a record."""

from __future__ import annotations

import datetime as dt
import functools
import struct
import zlib

import numpy as np
import outgoing_samples as samples

from schemas import (
    Assessment,
    Circular,
    Event,
    Instant,
    LightCurve,
    LightCurveInfo,
    NoticeEntry,
    RawAlert,
    Significance,
    sha256_hex,
)
from transients.missions.base import DataTier
from transients.missions.integral.operations import TIERS
from transients.sources.clock import shift
from transients.sources.formats import write_lightcurve
from transients.sources.newest import Newest
from transients.store import RefusedAlert
from transients.web import StatusCard, TierStatus, tier_status
from transients.web.memory import MemoryStore

ASKED = Instant.parse("2023-05-18T13:39:30")
NOW = dt.datetime(2023, 5, 18, 13, 40, tzinfo=dt.UTC)
S230518H = "LIGO Virgo KAGRA:S230518h"
HOSTILE_KEY = "Evil/<b>~origin:<script>alert(1)</script>"
NOTICE_BODY = b'{"superevent_id": "S230518h", "alert_type": "INITIAL"}'


def png(width: int = 640, height: int = 300) -> bytes:
    """A small valid picture: a grey ramp."""
    rows = b"".join(b"\x00" + bytes(255 * x // width for x in range(width)) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@functools.cache
def curve() -> bytes:
    """A light curve as a result keeps it: a pulse on a background, with a gap before it."""
    start_s = np.concatenate([np.arange(-50.0, -20.0, 0.5), np.arange(-10.0, 100.0, 0.5)])
    rate = 90650 + np.where(start_s > 0, 4e5 * np.exp(-start_s / 12), 0.0)
    info = LightCurveInfo(
        instrument="SPI-ACS", tier="archive", reference=samples.T0, bin_s=0.5, content_id="00" * 32, source="made up"
    )
    width_s = np.full_like(start_s, 0.5)
    return write_lightcurve(LightCurve(start_s=start_s, width_s=width_s, counts=np.round(rate * width_s), info=info))


def files() -> dict[str, tuple[str, bytes]]:
    """The files of an assessment."""
    return {
        "lightcurve-SPI-ACS.fits": ("application/fits", curve()),
        "lightcurve-SPI-ACS.png": ("image/png", png()),
        "allsky.png": ("image/png", png()),
        "limit_map.fits": ("application/fits", b"SIMPLE  =                    T"),
        "notebook.ipynb": ("application/x-ipynb+json", b"{}"),
    }


def circular(assessment: Assessment, variant: str = "non-detection", subject: str = "S230518h: a draft") -> Circular:
    """A draft."""
    body = "\n".join(f"Line {n} of the draft, filled to about seventy columns of text, so." for n in range(12))
    return Circular(
        event_key=assessment.event_key,
        assessment_revision=assessment.revision,
        variant=variant,
        subject=subject,
        body=body,
        facts_id="00" * 32,
        created=assessment.created,
    )


def raw(body: bytes, topic: str = "igwn.gwalert") -> RawAlert:
    """A document."""
    return RawAlert(
        content_id=sha256_hex(body), body=body, source="gcn", topic=topic, received=Instant.parse("2023-05-18T13:30:10")
    )


def event(key: str, origin: str, messenger: str, when: str | None, **changes: object) -> Event:
    """An event with one notice."""
    history = NoticeEntry(
        content_id=sha256_hex(NOTICE_BODY),
        kind=f"{origin.upper()} NOTICE",
        revision="1",
        role=str(changes.get("role", "observation")),
        received=Instant.parse("2023-05-18T13:30:10"),
    )
    fields: dict[str, object] = {
        "event_key": key,
        "event_id": key.partition(":")[2],
        "origin": origin,
        "messenger": messenger,
        "t0": None if when is None else Instant.parse(when),
        "history": (history,),
        "revision": 1,
        **changes,
    }
    return samples.event(**fields)


def hostile() -> tuple[Event, Assessment]:
    """An event whose every text tries to become markup."""
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    bad = event(
        HOSTILE_KEY,
        evil,
        "gamma-ray",
        "2023-05-16T01:02:03",
        event_id=evil,
        aliases=(evil,),
        t0_from=evil,
        instruments=(evil,),
        classification={evil: 0.5},
        properties={evil: 1.0},
        links={evil: "javascript:alert(3)", "plain": "https://example.org/?a=1&b=<2>"},
        significance=Significance(far_hz=1e-9),
        history=(
            NoticeEntry(
                content_id=sha256_hex(b"<script>alert(4)</script>"),
                kind=evil,
                revision=evil,
                role="observation",
                received=Instant.parse("2023-05-16T01:02:10"),
            ),
        ),
    )
    found = samples.assessment(event_key=HOSTILE_KEY, event_id=evil, event_revision=1, revision=1, caveats=(evil,), version=evil)
    return bad, found


def filled_store() -> MemoryStore:
    """Events of every verdict, roles and marks, refused documents."""
    store = MemoryStore()
    old = samples.assessment(revision=2, searches=(), limits=None, verdict="pending")
    new = samples.assessment(caveats=("The attitude is predicted, not measured.",))
    store.put_event(
        samples.event(
            history=tuple(
                NoticeEntry(
                    content_id=sha256_hex(NOTICE_BODY),
                    kind="igwn.gwalert",
                    revision=revision,
                    role="observation",
                    issued=Instant.parse("2023-05-18T13:00:00"),
                    received=Instant.parse("2023-05-18T13:30:10"),
                )
                for revision in ("PRELIMINARY", "INITIAL")
            )
        )
    )
    store.put_assessment(old)
    store.put_assessment(new, files(), circular(new))
    _put(store, event("Fermi-GBM:699898651", "Fermi-GBM", "gamma-ray", "2023-03-07T15:44:06.67"), "detection", simulated=True)
    _put(store, event("IceCube:138415_24421", "IceCube", "neutrino", "2023-05-17T05:10:00"), "non-detection")
    _put(store, event("LIGO Virgo KAGRA:S230520ae", "LIGO Virgo KAGRA", "gravitational-wave", "2023-05-18T11:00:00"), "inactive")
    _put(store, event("INTEGRAL:10216", "INTEGRAL", "gamma-ray", "2023-05-15T05:00:00.5", role="test"), "non-detection")
    gone = event("LIGO Virgo KAGRA:S230518zz", "LIGO Virgo KAGRA", "gravitational-wave", "2023-05-18T10:00:00", state="retracted")
    store.put_event(gone)
    store.put_event(event("ANTARES:230518A", "ANTARES", "neutrino", "2023-05-18T13:39:00"))
    store.put_event(event("Fermi-GBM:700000001", "Fermi-GBM", "gamma-ray", None))
    store.put_raw(raw(NOTICE_BODY))
    broken = raw(b"<script>alert(5)</script> no notice", "gcn.classic.voevent.X")
    refusal = RefusedAlert(
        content_id=broken.content_id,
        source="gcn",
        topic=broken.topic,
        received=broken.received,
        reason="malformed-xml",
        message="line 1, column 1: <script> is no VOEvent",
    )
    store.put_raw(broken, refusal)
    return store


def _put(store: MemoryStore, made: Event, verdict: str, *, simulated: bool = False) -> None:
    make = {"detection": samples.detection, "inactive": samples.inactive, "non-detection": samples.assessment}[verdict]
    found = make(
        event_key=made.event_key, event_id=made.event_id, event_revision=1, revision=1, simulated=simulated, role=made.role
    )
    store.put_event(made)
    store.put_assessment(found, files(), circular(found, verdict, f"{made.event_id}: a draft"))


def tier(name: str) -> DataTier:
    """A tier of INTEGRAL's data."""
    return next(tier for tier in TIERS if tier.name == name)


def tier_row(name: str, age_s: float, scw_id: str | None, ra_deg: float, dec_deg: float) -> TierStatus:
    """A row of the card."""
    newest = Newest(shift(ASKED, -age_s), "a sample", scw_id, ra_deg, dec_deg)
    return tier_status(tier(name), newest, ASKED, asked_at=ASKED)


async def status() -> StatusCard:
    """The status card of the seed, but for the consolidated data."""
    return StatusCard(
        at=ASKED,
        asked_at=ASKED,
        source="samples",
        realtime=tier_row("realtime", 66.0, None, 4.7, 59.6),
        nrt=tier_row("nrt", 4320.0, "210000250010", 4.3, 61.7),
        revolution=2641,
        phase=0.33,
        distance_mm=151.93,
        next_break="next break in data in 35 hr: 2023-05-20T00:23:28, for 9.3 hr",
        next_break_source="timeline",
        ingest={"gcn": 0.8, "hop": None},
        jobs={"queued": 2},
    )
