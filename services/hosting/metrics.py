"""What a process tells Prometheus of the servers that it lives on. Times in seconds."""

from prometheus_client import Gauge, Histogram

PART_READY = Gauge(
    "hub_hosting_part_ready",
    "1 while a part answers this process, 0 otherwise",
    ["service", "part"],
)
ANSWER = Histogram(
    "hub_hosting_answer_seconds",
    "How long a part takes to answer the watchdog's question of each second",
    ["service", "part"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
POOL = Gauge(
    "hub_hosting_pool_connections",
    "Connections to PostgreSQL of this process",
    ["service", "state"],
)
