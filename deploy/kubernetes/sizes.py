"""A street, a district, a city: what each brings, and what it needs by what was measured.

The measured figures stand in tests/bench/RESULTS.md (`make bench`, and `python -m tests.bench.disk`
for room); what is assumed is named as such. A busy hour has a fifth of a day's incidents.
"""

from dataclasses import dataclass
from math import ceil

CORES_AT_100 = 1.4
"""Of the whole hub, PostgreSQL and Kafka with it, at 100 incidents a second. Measured; more at a
time make larger batches, which cost less each: with all the work at once two cores bear 1,310.
"""
MEMORY_MIB = {"intake": 114, "classification": 143, "dispatch": 86, "feedback": 105}
"""Of one process at work; classification as its container with the model. Measured."""
BYTES_POSTGRES, BYTES_KAFKA = 23_867, 14_063
"""Of one incident that was closed, with its archive and indexes; all its records in all topics."""

BUSY_HOUR = 0.2
"""Assumed: the share of a day that its busiest hour has."""
HEADROOM = 10.0
"""Assumed: a storm brings ten times the busiest hour of an ordinary day."""
HEADROOM_MEMORY = 4.0
"""Assumed: what a process may hold beyond what was measured, before it is ended."""
RETENTION_DAYS = 7


@dataclass(frozen=True)
class Size:
    """`incidents` a day are assumed; replicas are of Kafka's topics, processes of each service."""

    name: str
    chinese: str
    incidents: int
    partitions: int
    processes: int
    replication: int = 3

    @property
    def peak(self) -> float:
        """Incidents a second that must be borne."""
        return self.incidents * BUSY_HOUR / 3600 * HEADROOM

    @property
    def cores(self) -> float:
        """CPU of the whole hub at the peak, in cores."""
        return self.peak * CORES_AT_100 / 100

    @property
    def memory_gib(self) -> float:
        """Memory of all processes of the services."""
        return sum(MEMORY_MIB.values()) * self.processes / 1024

    @property
    def ledger_gib_a_year(self) -> float:
        """What PostgreSQL grows by in a year, without copies."""
        return self.incidents * 365 * BYTES_POSTGRES / 2**30

    @property
    def topics_gib(self) -> float:
        """What the topics hold, all copies together."""
        return self.incidents * RETENTION_DAYS * BYTES_KAFKA * self.replication / 2**30


SIZES = (
    Size("street", "街道", incidents=2_000, partitions=4, processes=2),
    Size("district", "区", incidents=30_000, partitions=12, processes=2),
    Size("city", "市", incidents=300_000, partitions=24, processes=4),
)


def memory_limit(service: str) -> int:
    """MiB that a process may hold, in steps of 128."""
    return ceil(MEMORY_MIB[service] * HEADROOM_MEMORY / 128) * 128


def table() -> list[tuple[str, ...]]:
    """One row a size, for the guide."""
    return [
        (
            f"{each.name} {each.chinese}",
            f"{each.incidents:,}",
            f"{each.peak:.1f}",
            str(each.partitions),
            str(each.processes),
            f"{each.cores:.2f}",
            f"{each.memory_gib:.1f}",
            f"{each.ledger_gib_a_year:,.0f}",
            f"{each.topics_gib:,.1f}",
        )
        for each in SIZES
    ]
