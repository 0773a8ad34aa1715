"""What classification tells Prometheus: how it judges, and whether what it reads drifts away."""

from prometheus_client import Counter, Gauge, Histogram

from schemas.event import Event
from schemas.incident import (
    IncidentClassified,
    IncidentRecategorised,
    ReportDismissed,
    ReportMerged,
    ReviewAnswered,
    ReviewRequested,
)

MODEL_SECONDS = Histogram(
    "hub_classification_model_seconds",
    "How long the model reads one batch",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0),
)
MODEL_REPORTS = Counter("hub_classification_model_reports", "Reports that the model has read")
UNKNOWN_PIECES = Gauge(
    "hub_classification_unknown_pieces_ratio",
    "Share of pieces of texts that the model has never met, in the latest batch",
)
CONFIDENCE = Histogram(
    "hub_classification_confidence_ratio",
    "Confidence with which incidents were classified",
    buckets=tuple(tenth / 10 for tenth in range(1, 11)),
)
CLASSIFIED = Counter(
    "hub_classification_incidents", "Incidents by category and severity", ["code", "severity"]
)
OUTCOMES = Counter("hub_classification_outcomes", "What became of reports", ["outcome"])
REVIEWS = Counter(
    "hub_classification_reviews", "Reviews: asked for, answered, or answered by nobody", ["step"]
)
WAITING = Gauge("hub_classification_reviews_waiting", "Reports that wait for a person")
OLDEST = Gauge(
    "hub_classification_reviews_oldest_seconds", "How long the oldest of them has waited; 0: none"
)
ADVICE = Counter("hub_classification_advice", "What the language model was asked", ["answer"])


def observe(event: Event) -> None:
    """Count one event that classification has given out."""
    match event:
        case IncidentClassified():
            OUTCOMES.labels("classified").inc()
            CLASSIFIED.labels(event.category.code, event.severity).inc()
            CONFIDENCE.observe(event.confidence)
            if event.unreviewed:
                REVIEWS.labels("unanswered").inc()
        case ReportMerged():
            OUTCOMES.labels("merged").inc()
        case ReportDismissed():
            OUTCOMES.labels("dismissed").inc()
        case ReviewRequested():
            OUTCOMES.labels("abstained").inc()
            REVIEWS.labels("asked").inc()
        case ReviewAnswered():
            REVIEWS.labels("answered").inc()
        case IncidentRecategorised():
            OUTCOMES.labels("recategorised").inc()
