"""What classification says to a report: it is known, it is nothing, or it opens an incident."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from schemas.case import MergeRefused
from schemas.event import Event
from schemas.incident import (
    IncidentClassified,
    IncidentRegraded,
    IncidentUrged,
    IncidentWithdrawn,
    Kind,
    ReportDismissed,
    ReportMerged,
    Severity,
    Voice,
    VoiceWithdrawn,
)
from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn, Source
from services.classification.domain.circumstances import by_voices
from services.classification.domain.duplicates import Neighbourhood
from services.classification.domain.hotspots import (
    RECURRENCES_WITHIN,
    again_at,
    comes_back,
    many_voices,
    voices_at,
)
from services.classification.domain.matching import OpenIncident
from services.classification.domain.recognition import Opinion
from services.classification.domain.review import (
    is_confidential,
    request_review,
    summary_of,
    title_of,
    told_reasons,
)
from services.classification.domain.state import Hotspot, Incident, State, Thread

INCIDENTS = UUID("0a4d2b1c-7f7e-5b0a-8d56-0b8a4f5f2f10")
GRAVITY = {severity: weight for weight, severity in enumerate(Severity)}
SUSPICIONS = frozenset({"91001"})
"""Categories that a camera can only suspect: a person confirms them before anyone is named."""
SPOKEN_FOR = frozenset({"urged", "amended"})


def decide_report(
    report: ReportReceived,
    opinion: Opinion,
    near: Neighbourhood,
    states: Mapping[str, State],
    now: datetime,
    version: str,
) -> Iterator[Event]:
    """Dismiss chat, join what is open already, ask a person, or open an incident.

    What an open incident explains needs nobody to ask what it is.
    """
    if opinion.entry is None:
        yield ReportDismissed(
            thread=report.thread,
            report_id=report.report_id,
            source=report.source,
            reasons=opinion.reasons,
            dismissed_at=now,
        )
        return
    known, over = near.known(report, now)
    incident = states.get(known[0].incident_id) if known else None
    if known and isinstance(incident, Incident) and incident.is_open:
        yield _merged(report, known, now)
        severity = _with_voices(incident, opinion.severity(report.express), near)
        yield from _regraded(known[0].incident_id, incident, severity, now)
        yield from _many(known[0].incident_id, incident, states, now)
    elif opinion.is_unsure:
        yield request_review(report, opinion, near.rules.review.patience, now)
    else:
        opened = open_incident(report, opinion, now, version)
        yield from _again(opened, over, near, states, now)


def _many(
    incident_id: str, incident: Incident, states: Mapping[str, State], now: datetime
) -> Iterator[Event]:
    told = states.get(voices_at(incident_id))
    voices = len(incident.voices) + 1
    yield from many_voices(
        incident_id, incident, voices, told if isinstance(told, Hotspot) else None, now
    )


def _again(
    opened: IncidentClassified,
    back: tuple[OpenIncident, str] | None,
    near: Neighbourhood,
    states: Mapping[str, State],
    now: datetime,
) -> Iterator[Event]:
    """A new incident, as a recurrence where a closed one came back, and the hot spot of it."""
    if back is None:
        yield opened
        return
    before, why = back
    reasons = (*opened.reasons, f"原事件已结案，同一问题再次出现：{why}")
    known = {"kind": Kind.RECURRENCE, "follows": before.incident_id, "reasons": reasons}
    yield opened.model_copy(update=known)
    yield from _coming_back(opened, before.incident_id, near, states, now)


def _coming_back(
    opened: IncidentClassified,
    follows: str,
    near: Neighbourhood,
    states: Mapping[str, State],
    now: datetime,
) -> Iterator[Event]:
    root = near.root_of(follows)
    before = near.recurrences(root, now - RECURRENCES_WITHIN)
    told = states.get(again_at(root))
    hotspot = told if isinstance(told, Hotspot) else None
    yield from comes_back(
        root, before, opened.incident_id, opened.category, opened.place, hotspot, now
    )


def _with_voices(incident: Incident, severity: Severity, near: Neighbourhood) -> Severity:
    """The graver of what the new voice says and of what so many voices make of the incident."""
    category, voices = incident.category, len(incident.threads) + 1
    raised = by_voices(incident.severity, category.code, category.scene, voices, near.rules)
    return max(severity, raised, key=GRAVITY.__getitem__)


def _regraded(
    incident_id: str, incident: Incident, severity: Severity, now: datetime
) -> Iterator[Event]:
    """A graver voice makes the whole incident graver."""
    if GRAVITY[severity] > GRAVITY[incident.severity]:
        yield IncidentRegraded(
            incident_id=incident_id,
            severity=severity,
            previous=incident.severity,
            reasons=("并入的诉求更为严重，或反映的人多",),
            regraded_at=now,
        )


def open_incident(
    report: ReportReceived, opinion: Opinion, now: datetime, version: str
) -> IncidentClassified:
    """The incident that a report opens."""
    category = opinion.category
    return IncidentClassified(
        incident_id=str(uuid5(INCIDENTS, report.report_id)),
        voice=voice_of(report),
        kind=opinion.kind,
        category=category,
        severity=opinion.severity(report.express),
        confidence=opinion.confidence,
        title=title_of(report, category),
        summary=summary_of(report),
        place=report.place,
        express=report.express,
        suspicion=report.source is Source.CAMERA and category.code in SUSPICIONS,
        reasons=told_reasons(report, opinion),
        catalogue_version=opinion.catalogue_version or version,
        model_version=opinion.model_version,
        candidates=opinion.candidates,
        sensitive=opinion.sensitive,
        reviewer=opinion.reviewer,
        unreviewed=opinion.unreviewed,
        classified_at=now,
    )


def decide_update(update: ReportUpdated, thread: Thread | None, now: datetime) -> Iterator[Event]:
    """An urging or an amendment is heard by the incident; a repeated alarm is not news."""
    if thread and thread.incident_id and update.change in SPOKEN_FOR:
        yield IncidentUrged(
            incident_id=thread.incident_id,
            thread=update.thread,
            change=update.change,
            count=update.count,
            urged_at=now,
        )


def decide_withdrawal(
    withdrawal: ReportWithdrawn, incident_id: str, incident: Incident, now: datetime
) -> Iterator[Event]:
    """The last voice that is taken back takes the incident with it."""
    if not incident.is_open or withdrawal.thread not in incident.threads:
        return
    yield VoiceWithdrawn(incident_id=incident_id, thread=withdrawal.thread, withdrawn_at=now)
    if incident.threads == (withdrawal.thread,):
        reasons = ("全部诉求均已撤回",)
        yield IncidentWithdrawn(incident_id=incident_id, reasons=reasons, withdrawn_at=now)


def decide_recurrence(
    refused: MergeRefused,
    incident: Incident,
    near: Neighbourhood,
    states: Mapping[str, State],
    now: datetime,
    version: str,
) -> Iterator[Event]:
    """A voice whose incident was closed meanwhile opens the same matter again."""
    opened = IncidentClassified(
        incident_id=str(uuid5(INCIDENTS, f"{refused.voice.report_id}:{refused.incident_id}")),
        voice=refused.voice,
        kind=Kind.RECURRENCE,
        category=incident.category,
        severity=incident.severity,
        confidence=0.9,
        title=incident.title,
        summary=incident.summary,
        place=incident.place,
        reasons=("原事件已结案，同一问题再次出现",),
        catalogue_version=version,
        follows=refused.incident_id,
        classified_at=now,
    )
    yield opened
    yield from _coming_back(opened, refused.incident_id, near, states, now)


def voice_of(report: ReportReceived) -> Voice:
    """What whoever answers a report must know of it."""
    return Voice(
        report_id=report.report_id,
        thread=report.thread,
        source=report.source,
        reported_at=report.reported_at,
        ticket_number=report.ticket.number if report.ticket else None,
        ticket_type=report.ticket.type if report.ticket else None,
        camera_alarm=report.camera.alarm if report.camera else None,
        confidential=is_confidential(report),
        camera=f"{report.camera.device}/{report.camera.channel}" if report.camera else None,
    )


def _merged(report: ReportReceived, known: tuple[OpenIncident, str], now: datetime) -> ReportMerged:
    incident, why = known
    return ReportMerged(
        incident_id=incident.incident_id, voice=voice_of(report), reasons=(why,), merged_at=now
    )
