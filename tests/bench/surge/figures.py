"""What a day was like, and how sure a mean over days is."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev, stdev

from scipy.special import stdtrit

from schemas.incident import Severity
from tests.bench.surge.street import Day
from tests.bench.surge.town import DAY

IN_TIME = 180.0
"""Seconds from the report until somebody is there."""
LAST_COUNTED = DAY - 1800.0
"""What is reported later hardly has its chance before midnight."""

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds, and half the width of its 95% confidence interval."""

    mean: float
    half: float

    @property
    def is_positive(self) -> bool:
        """Whether the whole interval is."""
        return self.mean > self.half


def figures(day: Day) -> Figures:
    """One day. Whoever is not reached by midnight has waited until then."""
    counted = [each for each in day.town.happenings if each.when < LAST_COUNTED]
    of = day.courses
    danger = [of[each.incident_id] for each in counted if each.severity is Severity.DANGER]
    ordinary = [of[each.incident_id] for each in counted if each.severity is not Severity.DANGER]
    high = [of[each.incident_id] for each in counted if each.severity is Severity.HIGH]
    waits = [each.waited / 60 for each in ordinary]
    trips = [trip / 60 for each in of.values() for trip in each.trips]
    hours = [each.worked / 3600 for each in day.stands.values()]
    in_time = [each.reached is not None and each.waited <= IN_TIME for each in danger]
    return {
        "in_time_percent": 100 * fmean(in_time),
        "danger_minutes": fmean(each.waited / 60 for each in danger),
        "wait_minutes": fmean(waits),
        "wait_p95_minutes": p95(waits),
        "wait_high_minutes": fmean(each.waited / 60 for each in high),
        "travel_minutes": fmean(trips),
        "travel_p95_minutes": p95(trips),
        "hours_per_person": fmean(hours),
        "hours_spread": pstdev(hours),
        "hours_most": max(hours),
        "not_reached_percent": 100 * fmean(each.reached is None for each in (*danger, *ordinary)),
        "interruptions": float(sum(each.interruptions for each in of.values())),
    }


def p95(values: Iterable[float]) -> float:
    """What 95% stay below."""
    ordered = sorted(values)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def estimate(values: Sequence[float]) -> Estimate:
    """Over seeds, by Student's t."""
    if len(values) < 2:
        return Estimate(values[0], math.inf)
    half = float(stdtrit(len(values) - 1, 0.975)) * stdev(values) / math.sqrt(len(values))
    return Estimate(fmean(values), half)


def difference(one: Sequence[Figures], other: Sequence[Figures], name: str) -> Estimate:
    """One less the other, seed by seed: both had the same days."""
    return estimate([a[name] - b[name] for a, b in zip(one, other, strict=True)])


def longer(one: Sequence[Figures], other: Sequence[Figures], name: str) -> Estimate:
    """By how many percent one is longer, seed by seed, against the other's mean."""
    mean = fmean(each[name] for each in other)
    gap = difference(one, other, name)
    return Estimate(100 * gap.mean / mean, 100 * gap.half / mean)
