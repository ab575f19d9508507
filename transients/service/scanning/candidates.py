"""From what the units gave to candidates: twins left out, rates measured over all of it, classes told."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from schemas import Candidate, OffTimeRates
from transients.missions import seconds_between, shifts
from transients.missions.known import known_instrument
from transients.search.excess_rates import ExcessRates, measure_rates
from transients.search.scan import ScanExcess

from .orders import ScanOrders
from .units import Unit
from .work import Found, UnitResult

Searched = Sequence[tuple[Unit, UnitResult]]


def candidates_of(searched: Searched, orders: ScanOrders) -> list[Candidate]:
    """Every candidate, in order of time."""
    found: list[Candidate] = []
    for own in _by_instrument(searched):
        kept = _without_twins(own)
        rates = _rates(own, kept, orders)
        for unit, of_day in itertools.groupby(kept, lambda pair: pair[0]):
            found += _of_day(unit, [each for _, each in of_day], rates, orders)
    return sorted(found, key=lambda each: (each.start, each.instrument, each.duration_s))


def rates_of(searched: Searched, orders: ScanOrders) -> dict[str, OffTimeRates]:
    """How many excesses of which shape, S/N and length were found in how much time, by "mission instrument"."""
    tables = {}
    for own in _by_instrument(searched):
        unit = own[0][0]
        tables[f"{unit.mission} {unit.instrument}"] = _rates(own, _without_twins(own), orders).counted
    return tables


def _by_instrument(searched: Searched) -> list[list[tuple[Unit, UnitResult]]]:
    def kind(pair: tuple[Unit, UnitResult]) -> tuple[str, str, float, str]:
        return pair[0].mission, pair[0].instrument, pair[0].bin_s, pair[0].time_frame

    return [list(group) for _, group in itertools.groupby(searched, kind)]


def _rates(own: Searched, kept: Sequence[tuple[Unit, Found]], orders: ScanOrders) -> ExcessRates:
    unit = own[0][0]
    instrument = known_instrument(unit.mission, unit.instrument)
    return measure_rates(
        [each.excess for _, each in kept],
        max(sum(result.searched_s for _, result in own), 1.0),
        unit.bin_s,
        orders.threshold_snr,
        instrument=unit.instrument,
        particle_hits=instrument is not None and instrument.particle_hits,
        source=f"an archive from {unit.day} to {own[-1][0].day}",
    )


def _without_twins(own: Searched) -> list[tuple[Unit, Found]]:
    """What was found, in order of time; of excesses that overlap (seen from both sides of midnight) the more significant."""
    origin = own[0][0].start
    found: list[tuple[float, Unit, Found]] = []
    for unit, result in own:
        offset_s = seconds_between(unit.start, origin)
        found += [(offset_s + each.start_s, unit, each) for each in result.found]
    kept: list[tuple[float, Unit, Found]] = []
    for each in sorted(found, key=lambda entry: (entry[0], entry[2].duration_s)):
        # A microsecond: times that far from the origin are not better known.
        if kept and each[0] < kept[-1][0] + kept[-1][2].duration_s - 1e-6:
            if each[2].snr > kept[-1][2].snr:
                kept[-1] = each
        else:
            kept.append(each)
    return [(unit, each) for _, unit, each in kept]


def _of_day(unit: Unit, found: Sequence[Found], rates: ExcessRates, orders: ScanOrders) -> list[Candidate]:
    starts = shifts(unit.start, np.array([each.start_s for each in found]))
    peaks = shifts(unit.start, np.array([each.peak_s for each in found]))
    return [
        candidate(
            each.excess,
            rates,
            orders,
            mission=unit.mission,
            instrument=unit.instrument,
            tier=unit.files[each.file].tier,
            time_frame=unit.time_frame,
            simulated=unit.files[each.file].simulated,
            start=start,
            peak=peak,
            source=unit.files[each.file].path,
        )
        for each, start, peak in zip(found, starts, peaks, strict=True)
    ]


def candidate(excess: ScanExcess, rates: ExcessRates, orders: ScanOrders, **facts: Any) -> Candidate:
    """An excess with its rate and class; `facts` are the other fields of the record."""
    return Candidate(
        **facts,
        duration_s=excess.duration_s,
        counts=excess.counts,
        background_cts_s=excess.background_cts_s,
        snr=excess.snr,
        far_hz=rates.far_hz(excess),
        far_relative_error=rates.relative_error(excess),
        classification=rates.classify(excess, orders.burst_far_hz),
        spike=excess.spike,
        spike_probability=rates.spike_probability(excess),
        saturated=excess.saturated,
        version=f"{orders.version}, engine {orders.engine}",
    )
