"""What intake tells Prometheus. Names and threads are never labels."""

from functools import lru_cache

from prometheus_client import Counter, Gauge

from schemas.event import Event
from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn
from services.intake.ports import BadField

STATEMENTS = Counter(
    "hub_intake_statements", "What sources said, repeats included", ["source", "life"]
)
statements = lru_cache(STATEMENTS.labels)
"""The counter of a source and a part of its life: there are few, and it is asked for each time."""
REPORTS = Counter("hub_intake_reports", "Reports that were opened", ["source", "lane"])
UPDATES = Counter("hub_intake_updates", "Updates of reports", ["change"])
UNPLACED = Counter("hub_intake_unplaced", "Reports without a known place", ["source"])
PICTURES = Counter(
    "hub_intake_pictures", "Pictures that were kept, or why one was refused", ["outcome"]
)
OPENINGS = Counter("hub_intake_openings", "Openings of clear text", ["what", "granted"])

REFUSALS = Counter("hub_intake_refusals", "What was refused, and why", ["source", "kind"])
SOURCES = Gauge("hub_intake_sources", "Registered sources by how they do", ["condition"])


def observe(event: Event) -> None:
    """Count one event that intake has given out."""
    match event:
        case ReportReceived():
            REPORTS.labels(event.source, "express" if event.express else "ordinary").inc()
            if event.place.estate is None:
                UNPLACED.labels(event.source).inc()
        case ReportUpdated():
            UPDATES.labels(event.change).inc()
        case ReportWithdrawn():
            UPDATES.labels("withdrawn").inc()


def observe_refusal(source: str, error: Exception) -> None:
    """Count something that could not be read; `source` is a registered one, or a topic."""
    REFUSALS.labels(source, "field" if isinstance(error, BadField) else "content").inc()
