"""How long each part of the road took, in milliseconds, from the times of records in Kafka."""

import math
from collections.abc import Iterable, Sequence

from deploy.simulator.fates import Fate
from deploy.simulator.ledger import Ledger

STAGES = (
    "intake",
    "classification",
    "dispatch",
    "feedback",
    "upstream_to_dispatched",
    "upstream_to_closed",
)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float | int] | None:
    """Median and 99th percentile; None if there is nothing to measure."""
    if not values:
        return None
    return {
        "p50": round(percentile(values, 0.50), 1),
        "p99": round(percentile(values, 0.99), 1),
        "count": len(values),
    }


def by_stage(ledger: Ledger, answers: Sequence[float]) -> dict[str, dict[str, float | int] | None]:
    """Each stage's summary; `answers` are the times that feedback took to answer a step."""
    samples = {
        "intake": _intake(ledger),
        "classification": _classification(ledger),
        "dispatch": _dispatch(ledger),
        "feedback": answers,
        "upstream_to_dispatched": _since_sent(ledger, "dispatched_at"),
        "upstream_to_closed": _since_sent(ledger, "closed_at"),
    }
    return {stage: summary(list(samples[stage])) for stage in STAGES}


def _intake(ledger: Ledger) -> Iterable[float]:
    for each in ledger.reports.values():
        if each.received_at and each.origin in ledger.sent:
            yield each.received_at - ledger.sent[each.origin]


def _classification(ledger: Ledger) -> Iterable[float]:
    for each in ledger.reports.values():
        if each.received_at and each.fate is not Fate.RECEIVED and each.origin in ledger.sent:
            yield each.decided_at - each.received_at


def _dispatch(ledger: Ledger) -> Iterable[float]:
    for each in ledger.opened():
        if each.dispatched_at and each.classified_at:
            yield each.dispatched_at - each.classified_at


def _since_sent(ledger: Ledger, moment: str) -> Iterable[float]:
    for each in ledger.opened():
        if getattr(each, moment):
            yield getattr(each, moment) - ledger.sent[each.origin]
