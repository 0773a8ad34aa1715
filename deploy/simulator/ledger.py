"""The ledger of a replay: what became of each record that was sent, from what the hub says.

Everything that follows from an upstream record bears its origin (topic/partition/offset) as
correlation id. Pure: it is told events and answers questions; order does not matter.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.simulator.fates import DeadLetter, Fate, Incident, Report, Wait, root
from deploy.simulator.follower import HUB_TOPICS, Seen
from schemas import case, dispatch, incident, report


@dataclass
class Ledger:
    """`sent` maps the origin of each record to the time at which it was sent."""

    sent: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    by_origin: dict[str, list[Report]] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    updated: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    dead: dict[str, DeadLetter] = field(default_factory=dict)
    positions: dict[tuple[str, int, int], Seen] = field(default_factory=dict)
    unplaced: dict[tuple[str, int, int], DeadLetter] = field(default_factory=dict)
    refused_steps: int = 0
    reviews_are_answered: bool = False
    """Whether somebody answers reviews; if not, a report that waits for one is followed no more."""

    def send(self, origin: str, at: int, label: str) -> None:
        """Note a record that Kafka has acknowledged."""
        self.sent[origin] = at
        self.labels[origin] = label

    def observe(self, seen: Seen) -> None:
        """Take in one event of the hub."""
        handler = _HANDLERS.get(seen.type)
        if handler:
            position = (seen.topic, seen.partition, seen.offset)
            self.positions[position] = seen
            handler(self, seen)
            if position in self.unplaced:
                self.bury(self.unplaced.pop(position))

    def bury(self, letter: DeadLetter) -> None:
        """Take in a dead letter: it ends the record, or the incident, that it was about."""
        position = (letter.topic, letter.partition, letter.offset)
        seen = self.positions.get(position)
        if seen is None and letter.topic in HUB_TOPICS:
            self.unplaced[position] = letter
        origin = root(seen.correlation) if seen else "/".join(map(str, position))
        self.dead[origin] = letter
        subject = letter.subject or (seen.subject if seen else "")
        if subject in self.incidents:
            self.incidents[subject].dead = True

    def is_ours(self, incident_id: str) -> bool:
        """Whether a record of this replay opened the incident."""
        known = self.incidents.get(incident_id)
        return known is not None and known.origin in self.sent

    def opened(self) -> list[Incident]:
        """The incidents that records of this replay opened."""
        return [each for each in self.incidents.values() if each.origin in self.sent]

    def spoke(self, origin: str) -> bool:
        """Whether anything was heard of a record."""
        return origin in self.by_origin or origin in self.updated or origin in self.dead

    def has_ended(self, origin: str, wait: Wait) -> bool:
        """Whether a record has come to its end."""
        if origin in self.dead or origin in self.silent:
            return True
        reports = self.by_origin.get(origin)
        if reports:
            return all(self._report_ended(each, wait) for each in reports)
        return origin in self.updated

    def _report_ended(self, each: Report, wait: Wait) -> bool:
        if each.fate is Fate.IN_REVIEW:
            return not self.reviews_are_answered
        if each.fate is not Fate.OPENED:
            return each.fate is not Fate.RECEIVED
        opened = self.incidents[each.incident]
        if opened.closed_at or opened.dead:
            return True
        return wait is Wait.DISPATCHED and bool(opened.dispatched_at or opened.withdrawn)

    def report(self, report_id: str, correlation: str) -> Report:
        """The report of this id, made if it was not known."""
        known = self.reports.get(report_id)
        if known is None:
            known = self.reports[report_id] = Report(report_id, root(correlation))
            self.by_origin.setdefault(known.origin, []).append(known)
        return known

    def incident(self, incident_id: str) -> Incident:
        """The incident of this id, made if it was not known."""
        return self.incidents.setdefault(incident_id, Incident(incident_id))


def _received(ledger: Ledger, seen: Seen) -> None:
    ledger.report(str(seen.body["report_id"]), seen.correlation).received_at = seen.at


def _updated(ledger: Ledger, seen: Seen) -> None:
    ledger.updated.add(root(seen.correlation))


def _classified(ledger: Ledger, seen: Seen) -> None:
    report_id = str(seen.body["voice"]["report_id"])
    known = ledger.report(report_id, seen.correlation)
    _decided(known, seen, Fate.OPENED)
    opened = ledger.incident(known.incident)
    opened.origin, opened.classified_at = known.origin, seen.at
    opened.kind = str(seen.body["kind"])


def _merged(ledger: Ledger, seen: Seen) -> None:
    known = ledger.report(str(seen.body["voice"]["report_id"]), seen.correlation)
    if known.fate is not Fate.OPENED:
        _decided(known, seen, Fate.MERGED)


def _dismissed(ledger: Ledger, seen: Seen) -> None:
    known = ledger.report(str(seen.body["report_id"]), seen.correlation)
    _decided(known, seen, Fate.DISMISSED)


def _asked(ledger: Ledger, seen: Seen) -> None:
    known = ledger.report(str(seen.body["report_id"]), seen.correlation)
    if known.fate is Fate.RECEIVED:
        known.fate = Fate.IN_REVIEW


def _decided(known: Report, seen: Seen, fate: Fate) -> None:
    known.fate, known.decided_at = fate, seen.at
    known.incident = str(seen.body.get("incident_id", ""))


def _merge_refused(ledger: Ledger, seen: Seen) -> None:
    """The voice will get an incident of its own, unless that has come already."""
    known = ledger.report(str(seen.body["voice"]["report_id"]), seen.correlation)
    if known.fate is Fate.MERGED and known.incident == seen.subject:
        known.fate = Fate.RECEIVED


def _dispatched(ledger: Ledger, seen: Seen) -> None:
    known = ledger.incident(seen.subject)
    known.dispatched_at = known.dispatched_at or seen.at


def _withdrawn(ledger: Ledger, seen: Seen) -> None:
    ledger.incident(seen.subject).withdrawn = True


def _checked(ledger: Ledger, seen: Seen) -> None:
    ledger.incident(seen.subject).passed = bool(seen.body["passed"])


def _closed(ledger: Ledger, seen: Seen) -> None:
    known = ledger.incident(seen.subject)
    known.closed_at, known.outcome = seen.at, str(seen.body["outcome"])


def _reopened(ledger: Ledger, seen: Seen) -> None:
    known = ledger.incident(seen.subject)
    known.closed_at, known.outcome = 0, ""


def _step_refused(ledger: Ledger, seen: Seen) -> None:
    ledger.refused_steps += 1


def _heard(ledger: Ledger, seen: Seen) -> None:
    """Kept for its position alone."""


_HANDLERS: dict[str, Callable[[Ledger, Seen], None]] = {
    report.ReportReceived.ce_type: _received,
    report.ReportUpdated.ce_type: _updated,
    report.ReportWithdrawn.ce_type: _updated,
    incident.IncidentClassified.ce_type: _classified,
    incident.ReportMerged.ce_type: _merged,
    incident.ReportDismissed.ce_type: _dismissed,
    incident.ReviewRequested.ce_type: _asked,
    incident.IncidentWithdrawn.ce_type: _withdrawn,
    dispatch.IncidentDispatched.ce_type: _dispatched,
    dispatch.IncidentEscalated.ce_type: _heard,
    case.CaseChecked.ce_type: _checked,
    case.CaseClosed.ce_type: _closed,
    case.CaseReopened.ce_type: _reopened,
    case.StepRefused.ce_type: _step_refused,
    case.MergeRefused.ce_type: _merge_refused,
}
