"""Events of the hub as a follower sees them, for tests."""

from itertools import count
from typing import Any

from deploy.simulator.follower import Seen

_offsets = count()
TOPICS = {
    "report": "hub.reports.v1",
    "incident": "hub.incidents.v1",
    "dispatch": "hub.dispatches.v1",
}


def seen(name: str, subject: str, correlation: str = "", at: int = 1, /, **body: Any) -> Seen:
    """One event: `name` is its type without `hub.` and `.v1`."""
    return Seen(
        topic=TOPICS.get(name.partition(".")[0], "hub.cases.v1"),
        partition=0,
        offset=next(_offsets),
        at=at,
        id=f"id-{next(_offsets)}",
        type=f"hub.{name}.v1",
        subject=subject,
        correlation=correlation,
        body=body,
    )


def received(report: str, origin: str, at: int = 1) -> Seen:
    return seen("report.received", f"thread-{report}", origin, at, report_id=report)


def classified(incident: str, report: str, origin: str, at: int = 1, **more: Any) -> Seen:
    body = {"incident_id": incident, "voice": {"report_id": report}, "kind": "hazard", **more}
    return seen("incident.classified", incident, origin, at, **body)


def merged(incident: str, report: str, origin: str) -> Seen:
    body = {"incident_id": incident, "voice": {"report_id": report}}
    return seen("report.merged", incident, origin, **body)


def asked(report: str, origin: str) -> Seen:
    return seen("review.requested", f"thread-{report}", origin, report_id=report)


def refused(incident: str, report: str, origin: str) -> Seen:
    return seen(
        "merge.refused", incident, origin, incident_id=incident, voice={"report_id": report}
    )


def dispatched(incident: str, number: int = 1, worker: str = "W1", at: int = 1) -> Seen:
    body = {"incident_id": incident, "round": number, "assignee": {"worker_id": worker}}
    return seen("incident.dispatched", incident, "", at, **body)


def closed(incident: str, outcome: str = "rectified", at: int = 1) -> Seen:
    return seen("case.closed", incident, "", at, outcome=outcome)
