"""What feedback measures beside the kernel's figures."""

from prometheus_client import Counter, Gauge, Histogram

HOLES = Gauge("hub_feedback_holes", "Open cases without a person or a clock", ["problem"])
MENDED = Counter("hub_feedback_mended", "Clocks that the auditor has set again")
LISTENERS = Gauge("hub_feedback_listeners", "Who listens to what is live")
ORPHANS = Gauge("hub_feedback_orphans", "Files of evidence that no case owns, beyond the grace")
DISPATCHED = Histogram(
    "hub_feedback_dispatched_seconds",
    "From a report to its first dispatch, where neither a person nor a rule held it back",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5, 10, 30, 60),
)
