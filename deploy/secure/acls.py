"""Who may do what in Kafka: read off the flow, so that a service sees its own topics only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.flow import (
    DOWNSTREAM,
    EXPRESS,
    FLOW,
    UPSTREAM,
    Service,
    Topic,
    consumed_by,
    produced_by,
)

OPERATOR, OUTSIDE, INSIDE = "hub_operator", "hub_upstream", "hub_downstream"
LOGINS = (*(f"hub_{each}" for each in Service), OPERATOR, OUTSIDE, INSIDE)
"""The operator migrates and mends; upstream only writes reports in, downstream only reads out."""


@dataclass(frozen=True)
class Acl:
    """One permission; `what` names the resource as Kafka's own tool does."""

    login: str
    operations: tuple[str, ...]
    what: tuple[str, ...]

    @property
    def arguments(self) -> list[str]:
        """For kafka-acls.sh."""
        operations = [part for each in self.operations for part in ("--operation", each)]
        return ["--add", "--allow-principal", f"User:{self.login}", *operations, *self.what]


def acls() -> list[Acl]:
    """All permissions; whatever is not here is refused."""
    return [each for service in Service for each in _of_service(service)] + [
        Acl(OPERATOR, ("All",), ("--topic", "*")),
        Acl(OPERATOR, ("Describe", "Read"), ("--group", "*")),
        Acl(OPERATOR, ("Create", "Describe", "DescribeConfigs"), ("--cluster",)),
        Acl(OUTSIDE, ("Write",), _topics(t for t in FLOW if t.name.startswith(f"{UPSTREAM}."))),
        Acl(
            INSIDE,
            ("Read",),
            ("--group", INSIDE, *_topics(t for t in FLOW if t.name.startswith(f"{DOWNSTREAM}."))),
        ),
    ]


def _of_service(service: Service) -> Iterator[Acl]:
    login = f"hub_{service}"
    groups = ("--group", service.value, "--group", f"{service}{EXPRESS}")
    yield Acl(login, ("Read",), (*groups, *_topics(consumed_by(service))))
    yield Acl(login, ("Write",), _topics(produced_by(service)))


def _topics(topics: Iterable[Topic]) -> tuple[str, ...]:
    return tuple(part for topic in topics for name in topic.names for part in ("--topic", name))
