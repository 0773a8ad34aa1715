"""What feedback measures beside the kernel's figures."""

from prometheus_client import Counter, Gauge

HOLES = Gauge("hub_feedback_holes", "Open cases without a person or a clock", ["problem"])
MENDED = Counter("hub_feedback_mended", "Clocks that the auditor has set again")
LISTENERS = Gauge("hub_feedback_listeners", "Who listens to what is live")
