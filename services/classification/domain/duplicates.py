"""Whether a report speaks of an incident that is known already (并案), or of one that came back.

The rules of the score are in `matching.py`, the reach of each family in `families.csv`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from schemas.event import Event
from schemas.incident import IncidentClassified, Kind, ReportMerged, Severity
from schemas.report import ReportReceived
from services.classification.domain.cells import cell_of, cells_near, estate_of, unit_of
from services.classification.domain.families import Families
from services.classification.domain.judging import NO_RULES, Rules
from services.classification.domain.likeness import gist
from services.classification.domain.matching import (
    ENOUGH,
    LEAST_KINDRED,
    Match,
    Matter,
    OpenIncident,
    as_open,
    joined,
    may_be_one,
)
from services.classification.domain.matching import compare as weigh
from services.classification.domain.recognition import Book, Opinion
from services.classification.domain.review import is_confidential
from services.classification.domain.state import OF_THE_HUB

SAME_WORDS_WINDOW = timedelta(hours=24)
"""How long the very same words mean the same matter, unless the places speak against it."""


def matter_of(report: ReportReceived, opinion: Opinion, families: Families) -> Matter | None:
    """What is compared of a report; None where it reports nothing.

    The words of a confidential ticket are not kept for comparison: they could be told as a theme.
    """
    if opinion.entry is None:
        return None
    code, place = opinion.entry.code, report.place
    candidates = [(each.code, each.confidence) for each in opinion.candidates]
    words = ("", "") if is_confidential(report) else (report.title, report.text)
    return Matter(
        leanings=families.leanings(code, candidates or [(code, opinion.confidence)]),
        category=code,
        family=families.of(code),
        place=place,
        gist=gist(*words, opinion.entry.name, place.estate),
        danger=opinion.severity(report.express) is Severity.DANGER,
        kind=opinion.kind,
    )


class Known(NamedTuple):
    """The known incidents that a report speaks of, if any, each with why that is thought."""

    open: tuple[OpenIncident, str] | None = None
    over: tuple[OpenIncident, str] | None = None
    """One that was closed, and whose matter is there again."""


Shelf = dict[str, dict[str, set[str]]]
"""The incidents of one place: ids by family, then by building (empty: none is named)."""


@dataclass
class Neighbourhood:
    """The known incidents near the reports of one batch, and what was thought of each report."""

    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    incidents: dict[str, OpenIncident] = field(default_factory=dict)
    subjects: Collection[str] = ()
    fingerprints: Mapping[str, bytes] = field(default_factory=dict)
    version: str = ""
    """The version of the catalogue by which the opinions were formed."""
    families: Families = field(default_factory=Families)
    rules: Rules = NO_RULES
    book: Book | None = None
    """By what opinions are formed now."""

    def __post_init__(self) -> None:
        self._by_place: dict[str, Shelf] = {}
        self._by_words: dict[bytes, str] = {}
        self._matters: dict[str, Matter | None] = {}
        for incident in list(self.incidents.values()):
            self.note(incident)

    def observe(self, event: Event) -> None:
        """What was just decided is there for the next report."""
        if isinstance(event, IncidentClassified):
            if event.kind in OF_THE_HUB:
                return
            words = self.fingerprints.get(event.voice.report_id, b"")
            root = self.root_of(event.follows) if event.follows else ""
            said = self._matters.get(event.voice.report_id)
            opened = as_open(event, words, self.families, said.gist if said else None)
            self.note(replace(opened, root=root) if root else opened)
        elif isinstance(event, ReportMerged):
            self.join(event.incident_id, event.voice.report_id, event.merged_at)

    def join(self, incident_id: str, report_id: str, at: datetime) -> None:
        """A report joined an incident: it says more of what that is, and where."""
        incident, matter = self.incidents.get(incident_id), self._matters.get(report_id)
        if incident and matter:
            self.note(joined(incident, matter, at))

    def forget(self, incident_id: str) -> None:
        """An incident of which nothing can come back."""
        gone = self.incidents.pop(incident_id)
        self._take_down(gone)
        if self._by_words.get(gone.fingerprint) == incident_id:
            del self._by_words[gone.fingerprint]

    def note(self, incident: OpenIncident) -> None:
        """Keep an incident where it will be found."""
        before = self.incidents.get(incident.incident_id)
        if before and before.building != incident.building:
            self._take_down(before)
        self.incidents[incident.incident_id] = incident
        names, building = weighty(incident.leanings), incident.building or ""
        for place in _keys(incident):
            shelf = self._by_place.setdefault(place, {})
            for name in names:
                shelf.setdefault(name, {}).setdefault(building, set()).add(incident.incident_id)
        if incident.fingerprint and incident.closed_at is None:
            self._by_words[incident.fingerprint] = incident.incident_id

    def _take_down(self, incident: OpenIncident) -> None:
        for place in _keys(incident):
            for name in weighty(incident.leanings):
                there = self._by_place[place][name][incident.building or ""]
                there.discard(incident.incident_id)

    def matter(self, report: ReportReceived) -> Matter | None:
        """What is compared of a report, worked out once."""
        if report.report_id not in self._matters:
            opinion = self.opinions[report.report_id]
            self._matters[report.report_id] = matter_of(report, opinion, self.families)
        return self._matters[report.report_id]

    def settle(self, report_id: str) -> None:
        """A report that is decided is not asked about again."""
        self._matters.pop(report_id, None)

    def spoken_of(self, reports: Iterable[ReportReceived], now: datetime) -> set[str]:
        """The known incidents that these reports may join or bring back."""
        found = set[str]()
        for report in reports:
            found.update(each.incident.incident_id for each in self._matches(report, now))
        return found

    def known(self, report: ReportReceived, now: datetime) -> Known:
        """What a report speaks of: open, and closed, which only a hazard brings back."""
        matter, matches = self.matter(report), list(self._matches(report, now))
        over = (each for each in matches if each.incident.closed_at)
        return Known(
            _best(each for each in matches if not each.incident.closed_at),
            _best(over) if matter and matter.kind is Kind.HAZARD else None,
        )

    def root_of(self, incident_id: str) -> str:
        """The incident that one goes back to at last: itself, where it is none that came back."""
        known = self.incidents.get(incident_id)
        return (known.root if known else "") or incident_id

    def recurrences(self, root: str, since: datetime) -> list[OpenIncident]:
        """The incidents that came back from one root since then, oldest first."""
        again = (each for each in self.incidents.values() if each.follows and each.root == root)
        return sorted((each for each in again if each.opened_at >= since), key=_age)

    def _matches(self, report: ReportReceived, now: datetime) -> Iterator[Match]:
        matter = self.matter(report)
        if matter is None:
            return
        words = self.incidents.get(self._by_words.get(self._words(report), ""))
        if words and now - words.opened_at <= SAME_WORDS_WINDOW and may_be_one(matter, words):
            yield Match(words, 100.0, "与已受理事件内容完全相同")
        for incident_id in self._near(matter):
            match = weigh(matter, self.incidents[incident_id], now)
            if match and match.points >= ENOUGH:
                yield match

    def _words(self, report: ReportReceived) -> bytes:
        return self.fingerprints.get(report.report_id, b"")

    def _near(self, matter: Matter) -> set[str]:
        """The incidents of its building, and those that name none; of all, if it names none."""
        found = set[str]()
        names, building = weighty(matter.leanings), matter.place.building
        shelves = filter(None, map(self._by_place.get, _keys_near(matter)))
        for by_building in (shelf.get(name) for shelf in shelves for name in names):
            if by_building and building:
                found.update(by_building.get(building, ()), by_building.get("", ()))
            elif by_building:
                found.update(*by_building.values())
        return found


def weighty(leanings: Iterable[tuple[str, float]]) -> list[str]:
    """The families by which a matter is looked for: that which is chosen, and likely others."""
    return [
        name for rank, (name, share) in enumerate(leanings) if not rank or share >= LEAST_KINDRED
    ]


def _keys(incident: OpenIncident) -> Iterator[str]:
    """Where an incident is found: by its cell, and without a point by what its place is called."""
    if incident.longitude is not None and incident.latitude is not None:
        yield cell_of(incident.longitude, incident.latitude)
        mark = WITH_POINT
    else:
        mark = WITHOUT_POINT
    yield from (mark + each for each in (incident.estate, incident.unit) if each)


def _keys_near(matter: Matter) -> Iterator[str]:
    """Where the incidents near a report are found: in its estate a point may be the estate's."""
    cells = cells_near(matter.place, matter.family.metres)
    yield from cells
    if estate := estate_of(matter.place):
        yield from (WITH_POINT + estate, WITHOUT_POINT + estate)
    if unit := unit_of(matter.place):
        yield WITHOUT_POINT + unit
        if not cells:
            yield WITH_POINT + unit


WITH_POINT, WITHOUT_POINT = "@", "?"


def _best(matches: Iterable[Match]) -> tuple[OpenIncident, str] | None:
    best = max(matches, key=lambda each: (each.points, each.incident.incident_id), default=None)
    return (best.incident, best.reason) if best else None


def _age(incident: OpenIncident) -> datetime:
    return incident.opened_at
