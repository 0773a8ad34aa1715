"""Whether a report speaks of an incident that is open already (并案).

The same category, within 50 m and 24 h, and no different building; or the very same words.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from math import cos, floor, hypot, radians

from schemas.event import Event
from schemas.incident import IncidentClassified
from schemas.place import Place
from schemas.report import ReportReceived
from services.classification.domain.judging import NO_RULES, Rules
from services.classification.domain.recognition import Book, Opinion

RADIUS = 50.0
"""Metres."""
WINDOW = timedelta(hours=24)
CELL = 0.0015
"""Degrees: a square of about 150 m, so that all within 50 m lies in one to four of them."""
REACH = 0.00075
"""Degrees: at least 50 m, east or north, up to 53° north, where the northernmost town lies."""
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What must be known of an open incident to tell whether a report speaks of it."""

    incident_id: str
    category: str
    fingerprint: bytes
    opened_at: datetime
    longitude: float | None = None
    latitude: float | None = None
    building: str | None = None


@dataclass
class Neighbourhood:
    """The open incidents near the reports of one batch, and what was thought of each report."""

    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    incidents: dict[str, OpenIncident] = field(default_factory=dict)
    subjects: Collection[str] = ()
    fingerprints: Mapping[str, bytes] = field(default_factory=dict)
    version: str = ""
    """The version of the catalogue by which the opinions were formed."""
    rules: Rules = NO_RULES
    book: Book | None = None
    """By what opinions are formed now."""

    def __post_init__(self) -> None:
        self._by_cell: dict[tuple[str, str], list[OpenIncident]] = {}
        self._by_words: dict[bytes, OpenIncident] = {}
        for incident in self.incidents.values():
            self._note(incident)

    def observe(self, event: Event) -> None:
        """An incident that was just opened is there for the next report."""
        if isinstance(event, IncidentClassified):
            words = self.fingerprints.get(event.voice.report_id, b"")
            self._note(as_open(event, words))

    def _note(self, incident: OpenIncident) -> None:
        if incident.longitude is not None and incident.latitude is not None:
            cell = cell_of(incident.longitude, incident.latitude)
            self._by_cell.setdefault((cell, incident.category), []).append(incident)
        if incident.fingerprint:
            self._by_words.setdefault(incident.fingerprint, incident)

    def spoken_of(self, reports: Iterable[ReportReceived], now: datetime) -> set[str]:
        """The incidents, open already, that these reports will join."""
        found = set()
        for report in reports:
            entry = self.opinions[report.report_id].entry
            known = self.same_matter(report, entry.code, now) if entry else None
            if known:
                found.add(known[0].incident_id)
        return found

    def same_matter(
        self, report: ReportReceived, category: str, now: datetime
    ) -> tuple[OpenIncident, str] | None:
        """The open incident that a report speaks of, and why it is thought to be the same."""
        words = self._by_words.get(self.fingerprints.get(report.report_id, b""))
        if words and now - words.opened_at <= WINDOW:
            return words, "与已受理事件内容完全相同"
        place = report.place
        for cell in cells_near(place):
            for incident in self._by_cell.get((cell, category), ()):
                if _may_be_same(place, incident, now) and _metres(place, incident) <= RADIUS:
                    metres = _metres(place, incident)
                    return incident, f"同类事件，相距 {metres:.0f} 米，24 小时内"
        return None


def as_open(event: IncidentClassified, fingerprint: bytes) -> OpenIncident:
    """What later reports are compared with."""
    return OpenIncident(
        incident_id=event.incident_id,
        category=event.category.code,
        fingerprint=fingerprint,
        opened_at=event.classified_at,
        longitude=event.place.longitude,
        latitude=event.place.latitude,
        building=event.place.building,
    )


def fingerprint(title: str, text: str) -> bytes:
    """16 bytes of the words alone: spaces and punctuation do not count; empty for short texts."""
    words = "".join(filter(str.isalnum, title + text))
    return blake2b(words.encode(), digest_size=16).digest() if len(words) >= 12 else b""


def cell_of(longitude: float, latitude: float) -> str:
    """The name of the cell in which a point lies."""
    return f"{floor(longitude / CELL)}:{floor(latitude / CELL)}"


def cells_near(place: Place) -> tuple[str, ...]:
    """The cells within reach of a place; none where the place is unknown."""
    if place.longitude is None or place.latitude is None:
        return ()
    return squares(place.longitude, place.latitude, CELL)


@lru_cache(maxsize=65_536)
def squares(longitude: float, latitude: float, side: float) -> tuple[str, ...]:
    """All squares of this side, in degrees, within reach of a point.

    Cached: reports of one estate share its point.
    """
    west, east = floor((longitude - REACH) / side), floor((longitude + REACH) / side)
    south, north = floor((latitude - REACH) / side), floor((latitude + REACH) / side)
    return tuple(f"{x}:{y}" for x in range(west, east + 1) for y in range(south, north + 1))


def _metres(place: Place, incident: OpenIncident) -> float:
    x, y, x2, y2 = place.longitude, place.latitude, incident.longitude, incident.latitude
    if x is None or y is None or x2 is None or y2 is None:
        return float("inf")
    north, east = (y - y2) * METRES_PER_DEGREE, (x - x2) * METRES_PER_DEGREE
    return hypot(north, east * cos(radians(y)))


def _may_be_same(place: Place, incident: OpenIncident, now: datetime) -> bool:
    """Neither in another building, as far as both are known, nor too long ago."""
    differs = place.building and incident.building and place.building != incident.building
    return not differs and now - incident.opened_at <= WINDOW
