"""Whether a counterpart can be told from the background at all."""

from __future__ import annotations

import numpy as np

from .background import Background
from .noise import Overdispersion

#: More of the time than this above any steady background is no burst.
_MOST_SOURCE = 0.5
#: A background that changes by more than this factor within the window is a belt's.
_MOST_CHANGE = 2.0
#: Scale (s) and ratio of sigmas beyond "very unstable" (2) by as much again.
_SCALE_S, _MOST_NOISE = 8.0, 4.0


def why_unusable(background: Background, overdispersion: Overdispersion) -> str | None:
    """The reason, or None."""
    bins = background.bins
    share = float(bins.width_s[background.source].sum()) / bins.exposure_s
    if share > _MOST_SOURCE:
        return f"{share:.0%} of the time lie above any steady background: a belt passage or a flare"
    rate = background.counts / bins.width_s
    change = float(rate.max() / max(float(rate.min()), 1e-9))
    if change > _MOST_CHANGE:
        return (
            f"the background changes by a factor of {change:.1f} in {bins.stop_s[-1] - bins.start_s[0]:.0f} s: belt entry or exit"
        )
    noise = float(np.sqrt(overdispersion.at(_SCALE_S)))
    if noise > _MOST_NOISE:
        return f"the counts scatter {noise:.1f} times as much as Poisson's law at {_SCALE_S:g} s"
    return None
