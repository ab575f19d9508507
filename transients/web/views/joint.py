"""What all detectors say together, as text."""

from __future__ import annotations

from schemas import JointSearch, Record

from ..wording import UNKNOWN, number, percent


class DetectorRow(Record, frozen=True, kw_only=True):
    """One detector in the window of the burst."""

    instrument: str
    counts: str
    snr: str
    expected: str
    ratio: str


class FluenceRow(Record, frozen=True, kw_only=True):
    """A fluence for one spectrum, with its errors."""

    spectrum: str
    fluence: str
    statistical: str
    localisation: str
    systematic: str
    probability: str


class JointCard(Record, frozen=True, kw_only=True):
    """The card: sentences, then two tables."""

    sentences: tuple[str, ...]
    detectors: tuple[DetectorRow, ...]
    fluences: tuple[FluenceRow, ...]


def joint_card(joint: JointSearch) -> JointCard:
    """The most significant window of all detectors, and what a burst in it would have been."""
    ratios = {
        ratio.numerator: f"{number(ratio.ratio, 2)} ± {number(ratio.error, 2)} {ratio.denominator}" for ratio in joint.ratios
    }
    return JointCard(
        sentences=tuple(_sentences(joint)),
        detectors=tuple(
            DetectorRow(
                instrument=found.instrument,
                counts=f"{number(found.counts, 3)} ± {number(found.error, 2)}",
                snr=number(found.snr, 2),
                expected=number(found.expected_counts, 3),
                ratio=ratios.get(found.instrument, UNKNOWN),
            )
            for found in joint.detectors
        ),
        fluences=tuple(
            FluenceRow(
                spectrum=found.spectrum,
                fluence=number(found.fluence_erg_cm2, 3),
                statistical=number(found.statistical_erg_cm2, 2),
                localisation=number(found.localisation_erg_cm2, 2),
                systematic=number(found.systematic_erg_cm2, 2),
                probability=percent(found.probability, 0),
            )
            for found in joint.fluences
        ),
    )


def _sentences(joint: JointSearch) -> list[str]:
    said = [
        f"{', '.join(joint.instruments)} together: most significant {number(joint.duration_s, 2, 's')} from T0{joint.t_start_s:+.2f} s, "
        f"S/N {number(joint.snr, 3)}; normal noise gives as much in the searched window with a probability of "
        f"{number(joint.noise_probability, 2)}. Particle hits are not in that probability."
    ]
    if joint.spike is not None and joint.spike.likely:
        said.append("It has the shape of a particle hit.")
    if joint.log_ratio_alone is not None:
        better = "one burst in all detectors" if joint.log_ratio_alone > 0 else f"an excess in {joint.alone} alone"
        said.append(f"Its counts are better explained by {better} (ln of the ratio {joint.log_ratio_alone:+.1f}).")
    if joint.p_value is not None:
        said.append(f"Agreement of the detectors on one burst: p = {number(joint.p_value, 2)}.")
    if joint.missing:
        said.append(f"Without {', '.join(joint.missing)}: no data.")
    return said
