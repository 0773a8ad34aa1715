"""Which incidents the risk watch counts, where, when, and by whom they were told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.case import CaseClosed
from schemas.event import Event
from schemas.incident import IncidentAbsorbed, IncidentClassified, IncidentWithdrawn, Kind
from schemas.place import Place
from schemas.report import ReportReceived
from services.classification.domain.risk.areas import DISTRICT_DIGITS, lineage
from services.classification.domain.risk.sighting import Sighting
from services.reference.calendar import BEIJING

COUNTED = frozenset({Kind.HAZARD, Kind.REQUEST, Kind.RECURRENCE})
"""What happens in the city; not what the hub itself brings about."""
MEMORY = timedelta(days=400)
"""What was reported longer ago than this is no part of any history."""
NONE_AFTER_ALL = frozenset({"false_alarm", "withdrawn", "absorbed"})
"""Outcomes of what was no incident, or not one of its own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting, and the local day on which it was reported."""

    sighting: Sighting
    day: date
    taken_back: bool = False

    @property
    def district(self) -> str:
        """The code of the district that it lies in."""
        return self.sighting.area[:DISTRICT_DIGITS]


def seen(event: IncidentClassified, tellers: Mapping[str, str]) -> Seen | None:
    """An incident as the watch counts it; None if it does not, or if nobody knows where it is."""
    area, reported_at = area_of(event.place), min(event.voice.reported_at, event.classified_at)
    if event.kind not in COUNTED or not area or event.classified_at - reported_at > MEMORY:
        return None
    teller = tellers.get(event.voice.report_id, "")
    sighting = Sighting(event.incident_id, event.category.code, area, teller)
    return Seen(sighting, local_day(reported_at))


def area_of(place: Place) -> str:
    """The smallest area that is known; empty if none is."""
    known = (place.micro_grid, place.grid, place.community)
    return next((code for code in known if code and lineage(code)), "")


def local_day(when: datetime) -> date:
    """The day as people here count it."""
    return when.astimezone(BEIJING).date()


def tellers(reports: Iterable[ReportReceived]) -> dict[str, str]:
    """By report: the pseudonym of the citizen, or the device; empty for who told many things."""
    return {
        each.report_id: each.camera.device if each.camera else each.reporter.pseudonym
        for each in reports
    }


def none_after_all(event: Event) -> str | None:
    """The incident that turns out to have been none, or part of another."""
    match event:
        case IncidentWithdrawn() | IncidentAbsorbed():
            return event.incident_id
        case CaseClosed() if event.outcome in NONE_AFTER_ALL:
            return event.incident_id
    return None
