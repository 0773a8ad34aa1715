"""Merging and hot spots over a table of reports, by the rules of the service, without servers.

Reports with a point are weighed like those of the service, in the order of their times, by what
the model thinks of them. Letters without one are grouped by what they say: place names, theme.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.incident import IncidentClassified
from schemas.place import Place
from schemas.report import ReportReceived, Source
from services.classification.adapters.recognising import AT_ONCE, Recogniser
from services.classification.adapters.themes import themes
from services.classification.domain.decide import open_incident
from services.classification.domain.duplicates import Neighbourhood
from services.classification.domain.families import Families
from services.classification.domain.hotspots import FROM
from services.classification.domain.likeness import building_in, fingerprint
from services.classification.domain.matching import RECURS_WITHIN, OpenIncident
from services.classification.domain.recognition import Opinion, said_in

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Told:
    """One row: what was said, when, and where as far as it is known (WGS-84 degrees)."""

    id: str
    text: str
    at: datetime
    longitude: float | None = None
    latitude: float | None = None
    community: str | None = None


Found = dict[str, tuple[str, str]]
"""Incident and hot spot (empty: none) by the id of the row."""


@dataclass
class MergeCheck:
    """The rules, and what they need."""

    recogniser: Recogniser

    def found(self, told: Sequence[Told], progress: Progress = lambda done: None) -> Found:
        """Which incident each report belongs to, and which hot spot, if any."""
        lying = sorted((each for each in told if each.longitude is not None), key=_time)
        letters = sorted((each for each in told if each.longitude is None), key=_time)
        found = self._by_place(lying, progress) if lying else {}
        if letters:
            found |= self._by_words(letters, lambda done: progress(len(lying) + done))
        return found

    def _by_place(self, told: Sequence[Told], progress: Progress) -> Found:
        book = self.recogniser.book
        street = Street(book.families, book.catalogue.version)
        for start in range(0, len(told), AT_ONCE):
            portion = told[start : start + AT_ONCE]
            for report, thought in self._heard(portion):
                street.hear(report, thought, report.reported_at)
            progress(start + len(portion))
        return street.found()

    def _by_words(self, letters: Sequence[Told], progress: Progress) -> Found:
        families = self.recogniser.book.families
        groups = themes([each.text for each in letters], progress)
        sizes = Counter(groups)
        found: Found = {}
        latest: dict[int, tuple[str, datetime]] = {}
        for start in range(0, len(letters), AT_ONCE):
            portion = letters[start : start + AT_ONCE]
            for number, (_, thought) in enumerate(self._heard(portion), start):
                each, group = letters[number], groups[number]
                code = thought.candidates[0].code
                incident, heard = latest.get(group, (each.id, each.at))
                if each.at - heard > families.of(code).window:
                    incident = each.id
                latest[group] = incident, each.at
                hotspot = f"H-{letters[group].id}" if sizes[group] >= FROM else ""
                found[each.id] = incident, hotspot
        return found

    def _heard(self, told: Sequence[Told]) -> list[tuple[ReportReceived, Opinion]]:
        """The rows as reports, with the opinion of each; by which channel it came is unknown."""
        reports = list(map(report_of, told))
        readings = self.recogniser.read([replace(said_in(each), channel="") for each in reports])
        return [
            (report, reading.opinion) for report, reading in zip(reports, readings, strict=True)
        ]


@dataclass
class Street:
    """A street as it goes on: what is open, what is over, what came back."""

    families: Families
    version: str
    opinions: dict[str, Opinion] = field(default_factory=dict)
    words: dict[str, bytes] = field(default_factory=dict)
    incident_of: dict[str, str] = field(default_factory=dict)
    root_of: dict[str, str] = field(default_factory=dict)
    ends: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.near = Neighbourhood(
            self.opinions, fingerprints=self.words, version=self.version, families=self.families
        )

    def hear(self, report: ReportReceived, opinion: Opinion, now: datetime) -> None:
        """A report joins what is open, brings back what is over, or is a matter of its own."""
        self._pass_time(now)
        name = report.report_id
        if opinion.entry is None:
            self.incident_of[name] = name
            return
        self.opinions[name] = opinion
        self.words[name] = fingerprint(report.title, report.text)
        known, over = self.near.known(report, now)
        if known:
            self.incident_of[name] = known[0].incident_id
            self.near.join(known[0].incident_id, name, now)
        else:
            self._open(report, opinion, over[0] if over else None, now)
        del self.opinions[name], self.words[name]
        self.near.settle(name)

    def close(self, incident_id: str, at: datetime) -> None:
        """The case of an incident was closed."""
        incident = self.near.incidents.get(incident_id)
        if incident and incident.closed_at is None:
            self.near.incidents[incident_id] = replace(incident, closed_at=at)
            heapq.heappush(self.ends, (at + RECURS_WITHIN, incident_id))

    def _open(
        self, report: ReportReceived, opinion: Opinion, back: OpenIncident | None, now: datetime
    ) -> None:
        opened = open_incident(report, opinion, now, self.version).model_copy(
            update={"incident_id": report.report_id}
        )
        self.root_of[report.report_id] = (
            self.root_of[back.incident_id] if back else report.report_id
        )
        self.near.observe(opened)
        self.incident_of[report.report_id] = report.report_id
        self._expect_end(opened, now)

    def _expect_end(self, opened: IncidentClassified, now: datetime) -> None:
        window = self.families.of(opened.category.code).window
        heapq.heappush(self.ends, (now + window, opened.incident_id))

    def _pass_time(self, now: datetime) -> None:
        """What nobody spoke of for its family's window is over; a month later it is forgotten."""
        while self.ends and self.ends[0][0] < now:
            due, incident_id = heapq.heappop(self.ends)
            incident = self.near.incidents.get(incident_id)
            if incident is None:
                continue
            end = incident.last_at + self.families.of(incident.category).window
            if incident.closed_at and incident.closed_at + RECURS_WITHIN <= now:
                self.near.forget(incident_id)
            elif incident.closed_at is None and end > due:
                heapq.heappush(self.ends, (end, incident_id))
            elif incident.closed_at is None:
                self.close(incident_id, end)

    def found(self) -> Found:
        """Hot spots are places to which one matter came back, or of which many spoke."""
        hotspot_of = {each: self.root_of.get(each, "") for each in self.incident_of.values()}
        voices = Counter(hotspot_of[each] for each in self.incident_of.values())
        return {
            each: (incident, _named(hotspot_of[incident], voices))
            for each, incident in self.incident_of.items()
        }


def _named(hotspot: str, voices: Mapping[str, int]) -> str:
    return f"H-{hotspot}" if hotspot and voices[hotspot] >= FROM else ""


def report_of(told: Told) -> ReportReceived:
    """The row as the report that intake would give out."""
    place = Place(
        longitude=told.longitude,
        latitude=told.latitude,
        community=told.community or None,
        building=building_in(told.text),
    )
    return ReportReceived.model_construct(
        report_id=told.id,
        thread=told.id,
        source=Source.PUBLIC,
        title="",
        text=told.text,
        reported_at=told.at,
        received_at=told.at,
        place=place,
        express=False,
        ticket=None,
        camera=None,
        hint=None,
    )


def _time(told: Told) -> tuple[datetime, str]:
    return told.at, told.id
