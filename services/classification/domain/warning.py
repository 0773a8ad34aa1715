"""What classification says when the risk watch has news: a warning, and an errand to look."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from schemas.event import Event
from schemas.incident import (
    Alertness,
    IncidentClassified,
    IncidentRegraded,
    Kind,
    RiskRaised,
    Severity,
    Voice,
)
from schemas.report import Source
from services.classification.domain.decide import GRAVITY
from services.classification.domain.look import RiskLooked, Warned
from services.classification.domain.state import Incident

SEVERITY = {
    Alertness.BLUE: Severity.LOW,
    Alertness.YELLOW: Severity.MEDIUM,
    Alertness.ORANGE: Severity.HIGH,
    Alertness.RED: Severity.HIGH,
}
"""How soon somebody looks. A warning is no danger to life: who is in danger reports it."""
COLOURS = {
    Alertness.BLUE: "蓝色",
    Alertness.YELLOW: "黄色",
    Alertness.ORANGE: "橙色",
    Alertness.RED: "红色",
}


def decide_look(
    looked: RiskLooked, incidents: Mapping[str, object], now: datetime, version: str
) -> Iterator[Event]:
    """Each new warning is told, and sent out like an incident; one that grew is graver."""
    for each in looked.warned:
        incident = incidents.get(each.incident_id)
        if each.phase == "raised":
            yield _raised(each, now)
            yield _errand(each, now, version)
        elif isinstance(incident, Incident) and incident.is_open:
            yield from _grown(each, incident, now)


def _raised(warned: Warned, now: datetime) -> RiskRaised:
    return RiskRaised(
        warning_id=warned.warning_id,
        level=warned.level,
        category=warned.category,
        area=warned.area,
        days=warned.days,
        observed=warned.observed,
        expected=round(warned.expected, 3),
        incidents=warned.incidents,
        reasons=warned.reasons,
        raised_at=now,
    )


def _errand(warned: Warned, now: datetime, version: str) -> IncidentClassified:
    """看一看: the incident that looks into a warning."""
    name = warned.category.name
    return IncidentClassified(
        incident_id=warned.incident_id,
        voice=Voice(
            report_id=warned.warning_id,
            thread=f"{Source.HUB}:{warned.warning_id}",
            source=Source.HUB,
            reported_at=now,
        ),
        kind=Kind.WARNING,
        category=warned.category,
        severity=SEVERITY[warned.level],
        confidence=1.0,
        title=f"风险预警（{COLOURS[warned.level]}）：{warned.area_name}{name}"[:100],
        summary=f"{'；'.join(warned.reasons)}。请到现场看一看，写明查看结果。"[:1_000],
        place=warned.place,
        reasons=warned.reasons,
        catalogue_version=version,
        warning=warned.warning_id,
        classified_at=now,
    )


def _grown(warned: Warned, incident: Incident, now: datetime) -> Iterator[Event]:
    severity = SEVERITY[warned.level]
    if GRAVITY[severity] > GRAVITY[incident.severity]:
        yield IncidentRegraded(
            incident_id=warned.incident_id,
            severity=severity,
            previous=incident.severity,
            reasons=(f"预警升为{COLOURS[warned.level]}", *warned.reasons),
            regraded_at=now,
        )
