"""What a service tells Prometheus of its own working. Times in seconds."""

import time
from collections import Counter as Counted
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from services.kernel.work import Work

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

MESSAGES = Counter(
    "hub_kernel_messages", "Messages by what became of them", ["service", "topic", "result"]
)
BATCH = Histogram("hub_kernel_batch_seconds", "One batch", ["service", "topic"], buckets=BUCKETS)
BATCH_RECORDS = Histogram(
    "hub_kernel_batch_records",
    "Records in a batch",
    ["service"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
)
EMITTED = Counter("hub_kernel_emitted", "Events given out", ["service", "type"])
RETRIES = Counter("hub_kernel_retries", "Transactions tried again", ["service", "error"])
DEAD_LETTERS = Counter("hub_kernel_dead_letters", "Records that died", ["service", "topic"])
TIMERS = Counter("hub_kernel_timers_fired", "Timers that fired", ["service"])
TIMER_LATENESS = Histogram(
    "hub_kernel_timer_lateness_seconds", "How late timers fire", ["service"], buckets=BUCKETS
)
RELAYED = Counter("hub_kernel_relayed", "Events that Kafka has", ["service"])
LAG = Gauge("hub_kernel_lag_records", "Records not processed yet", ["service", "topic"])
BACKLOG = Gauge("hub_kernel_backlog", "Rows that wait, or seconds they waited", ["service", "what"])
OFFSET_LOST = Counter(
    "hub_kernel_offset_lost", "Records that Kafka dropped before they were read", ["service"]
)


def observe_batch(service: str, topic: str, records: int, work: "Work", began: float) -> None:
    """Count one batch that has had its effect."""
    BATCH.labels(service, topic).observe(time.perf_counter() - began)
    BATCH_RECORDS.labels(service).observe(records)
    MESSAGES.labels(service, topic, "done").inc(len(work.outcome.consumed))
    MESSAGES.labels(service, topic, "duplicate").inc(work.duplicates)
    MESSAGES.labels(service, topic, "parked").inc(len(work.parked))
    MESSAGES.labels(service, topic, "rejected").inc(len(work.rejected))
    for rejected in work.rejected:
        name = rejected.record.topic if rejected.record else "timer"
        DEAD_LETTERS.labels(service, name).inc()
    for kind, number in Counted(each.headers["ce_type"] for each in work.outcome.emitted).items():
        EMITTED.labels(service, kind).inc(number)


def observe_timers(service: str, fired: Sequence[Any]) -> None:
    """Count timers that fired, and how late they were."""
    now = datetime.now(UTC)
    TIMERS.labels(service).inc(len(fired))
    for timer in fired:
        TIMER_LATENESS.labels(service).observe((now - timer.due_at).total_seconds())
