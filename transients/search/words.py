"""The words a circular uses for a number."""

from __future__ import annotations

import bisect

#: Upper bounds (exclusive) of the false-alarm probability for each word; SPI-ACS circulars since 2019.
_FAP_BOUNDS = (0.003, 0.01, 0.05, 1.0)
_FAP_WORDS = ("likely", "tentatively", "possibly", "likely background", "background")
_SNR_BOUNDS = (5.0, 7.0)
_SNR_WORDS = ("marginal", "moderately significant", "significant")
_NOISE_BOUNDS = (1.2, 1.5, 2.0)
_NOISE_WORDS = ("very stable", "rather stable", "somewhat unstable", "very unstable")


def fap_class(fap: float) -> str:
    """The class of an excess by its association false-alarm probability.

    Examples
    --------
    >>> fap_class(0.001), fap_class(0.003), fap_class(0.02), fap_class(0.5), fap_class(1.0)
    ('likely', 'tentatively', 'possibly', 'likely background', 'background')
    """
    return _FAP_WORDS[bisect.bisect_right(_FAP_BOUNDS, fap)]


def snr_word(snr: float) -> str:
    """How significant an excess is, in a word.

    Examples
    --------
    >>> snr_word(4.6), snr_word(5.0), snr_word(12.0)
    ('marginal', 'moderately significant', 'significant')
    """
    return _SNR_WORDS[bisect.bisect_right(_SNR_BOUNDS, snr)]


def background_word(excess_noise: float) -> str:
    """How stable the background is, from the largest ratio of sigmas (measured over Poisson) at 1 s and 8 s.

    Examples
    --------
    >>> background_word(1.14), background_word(1.2), background_word(1.9), background_word(2.0)
    ('very stable', 'rather stable', 'somewhat unstable', 'very unstable')
    """
    return _NOISE_WORDS[bisect.bisect_right(_NOISE_BOUNDS, excess_noise)]
