"""Suzaku's wide-band all-sky monitor (ended 2015): light curves of bursts, without a position."""

from __future__ import annotations

from schemas import Policy

from .kinds import ClassicHandler, ClassicKind, by_kind


class Suzaku(ClassicHandler):
    """Handler of Suzaku's light curves."""

    name = "suzaku"
    table = by_kind(
        ClassicKind(
            kind="SUZAKU_LC", messenger="gamma-ray", origin="Suzaku-WAM", revision="LC", localises=False, instruments=("WAM",)
        )
    )
    policies = (Policy(name="suzaku", association_window_s=(-30.0, 100.0)),)
