"""How sure it is that a report speaks of a known incident: a score, and its reasons.

The weights are measured: `python -m tests.bench.merging --fit` (figures in the README).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schemas.incident import IncidentClassified, Kind, Severity
from schemas.place import Place
from services.classification.domain.cells import estate_of, metres_between, unit_of
from services.classification.domain.families import FARTHEST, Families, Family
from services.classification.domain.likeness import clash, gist, likeness

KINDRED = 20.0
"""Points for leaning to the same family of categories."""
SAME_CODE = 22.0
NEAR = 35.0
"""Points at no distance; none at the family's reach."""
FRESH = 25.0
"""Points at once; none at the end of the family's window."""
SAME_BUILDING = 25.0
ALIKE = 15.0
"""Points for wording wholly alike; `USUAL_LIKENESS` of it is what any two reports share."""
USUAL_LIKENESS = 0.08
CLASH = -100.0
"""Points for a detail, or a hazard of the family, that both name and that differs."""
ENOUGH = 42.0
"""Points from which on two reports are one matter."""
LEAST_KINDRED = 0.03
"""The share of leanings in common below which it is another matter, however near."""
ONLY_ESTATE, FAR_IN_ESTATE, ONLY_UNIT = 0.3, -0.9, 0.0
"""Nearness in the same estate without a point, or with one that may be the estate's; in a grid."""
BARELY_KINDRED, BARELY_KINDRED_LIKENESS = 0.1, 0.1
"""Where leanings barely touch, texts must be alike."""
SAME_GRID_LIKENESS = 0.3
"""How alike texts must be where nothing but the grid is known of the place."""
WIDE = 100.0
"""Metres of reach from which on a matter may be heard or smelt in the next estate."""
GIST_CHARACTERS = 400
"""Characters that are kept of all that the voices of an incident say."""
RECURS_WITHIN = timedelta(days=30)
"""After closing, the same matter at the same place is the old one that came back."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared of a report."""

    leanings: tuple[tuple[str, float], ...]
    """Families of categories with their share, the chosen one first."""
    category: str
    family: Family
    place: Place
    gist: str
    danger: bool = False
    kind: Kind = Kind.HAZARD


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What must be known of an incident to tell whether a report speaks of it."""

    incident_id: str
    category: str
    fingerprint: bytes
    opened_at: datetime
    longitude: float | None = None
    latitude: float | None = None
    building: str | None = None
    estate: str = ""
    unit: str = ""
    leanings: tuple[tuple[str, float], ...] = ()
    gist: str = ""
    danger: bool = False
    heard_at: datetime | None = None
    """When a voice joined last."""
    closed_at: datetime | None = None
    root: str = ""
    """The incident that this one, coming back, goes back to at last."""
    follows: bool = False

    @property
    def last_at(self) -> datetime:
        """When it was last spoken of."""
        return self.heard_at or self.opened_at


@dataclass(frozen=True, slots=True)
class Match:
    """A known incident that a report may speak of: how sure (points), and why."""

    incident: OpenIncident
    points: float
    reason: str = field(compare=False)


def as_open(
    event: IncidentClassified, words: bytes, families: Families, said: str | None = None
) -> OpenIncident:
    """What later reports are compared with; `said` is the gist of the report, if it is known."""
    if said is None and event.voice.confidential:
        said = ""
    elif said is None:
        said = gist(event.title, event.summary, event.category.name, event.place.estate)
    place, code = event.place, event.category.code
    candidates = [(each.code, each.confidence) for each in event.candidates]
    return OpenIncident(
        incident_id=event.incident_id,
        category=code,
        fingerprint=words,
        opened_at=event.classified_at,
        longitude=place.longitude,
        latitude=place.latitude,
        building=place.building,
        estate=estate_of(place),
        unit=unit_of(place),
        leanings=families.leanings(code, candidates or [(code, event.confidence)]),
        gist=said,
        danger=event.severity is Severity.DANGER,
        follows=event.follows is not None,
    )


def joined(incident: OpenIncident, matter: Matter, at: datetime) -> OpenIncident:
    """What is known of an incident after a voice joined: what it leans to, where, how worded."""
    leanings = dict(incident.leanings)
    for name, share in matter.leanings:
        leanings[name] = max(share, leanings.get(name, 0.0))
    return replace(
        incident,
        heard_at=max(at, incident.last_at),
        building=incident.building or matter.place.building,
        leanings=tuple(leanings.items()),
        gist=f"{incident.gist} {matter.gist}"[:GIST_CHARACTERS],
        danger=incident.danger or matter.danger,
    )


def compare(matter: Matter, incident: OpenIncident, now: datetime) -> Match | None:
    """Weigh a report against an incident; None where it can not be the same matter."""
    if _elsewhere(matter.place.building, incident.building) or _other_estate(matter, incident):
        return None
    kindred = _kindred(matter, incident)
    near, where = _nearness(matter, incident)
    age, window = now - (incident.closed_at or incident.last_at), matter.family.window
    if incident.closed_at:
        window = RECURS_WITHIN
    if kindred < LEAST_KINDRED or near is None or age > window:
        return None
    alike = likeness(matter.gist, incident.gist)
    if (alike or 0.0) < _least_likeness(matter, kindred, where):
        return None
    odds = clash(matter.gist, incident.gist) or _other_facet(matter, incident)
    points = (
        KINDRED * kindred
        + SAME_CODE * (matter.category == incident.category)
        + NEAR * near
        + FRESH * max(0.0, 1.0 - age / window)
        + SAME_BUILDING * bool(matter.place.building and incident.building)
        + (ALIKE * (alike - USUAL_LIKENESS) if alike is not None else 0.0)
        + CLASH * odds
    )
    return Match(incident, points, _reason(matter, incident, where, alike, points))


def may_be_one(matter: Matter, incident: OpenIncident) -> bool:
    """Whether the very same words mean one matter: the places agree, or one of them is unknown.

    What many write, many mean of places of their own.
    """
    if _elsewhere(matter.place.building, incident.building):
        return False
    if _nearness(matter, incident)[0] is not None:
        return True
    return not (_has_place(matter.place) and (incident.longitude or incident.estate))


def _has_place(place: Place) -> bool:
    return place.longitude is not None or bool(place.estate)


def _other_estate(matter: Matter, incident: OpenIncident) -> bool:
    """Whether two estates are named, for a matter that does not reach from one to the next."""
    return matter.family.metres < WIDE and _elsewhere(estate_of(matter.place), incident.estate)


def _elsewhere(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def _kindred(matter: Matter, incident: OpenIncident) -> float:
    """1 where both lean most to one family, else what their leanings have in common."""
    if matter.leanings[0][0] == incident.leanings[0][0]:
        return 1.0
    if matter.danger and incident.danger:
        return 0.0
    theirs = dict(incident.leanings)
    return sum(min(share, theirs.get(name, 0.0)) for name, share in matter.leanings)


def _other_facet(matter: Matter, incident: OpenIncident) -> bool:
    """Whether each names a hazard of the family that the other does not."""
    ours = matter.family.facets_of(matter.gist)
    theirs = matter.family.facets_of(incident.gist)
    return bool(ours and theirs) and not ours & theirs


def _nearness(matter: Matter, incident: OpenIncident) -> tuple[float | None, str]:
    """From 0 to 1, with how it is said; None where it is too far or nothing is known."""
    place = matter.place
    x, y, x2, y2 = place.longitude, place.latitude, incident.longitude, incident.latitude
    if x is not None and y is not None and x2 is not None and y2 is not None:
        metres = metres_between(x, y, x2, y2)
        if metres <= matter.family.metres:
            return 1.0 - metres / matter.family.metres, f"相距 {metres:.0f} 米"
        if metres > FARTHEST or (place.building and incident.building):
            return None, ""
        known = True
    else:
        known = False
    if incident.estate and incident.estate == estate_of(place):
        return (FAR_IN_ESTATE if known else ONLY_ESTATE), "同一小区"
    if known:
        return None, ""
    if incident.unit and incident.unit == unit_of(place) and not (incident.estate and place.estate):
        return ONLY_UNIT, SAME_GRID
    return None, ""


SAME_GRID = "同一网格"


def _least_likeness(matter: Matter, kindred: float, where: str) -> float:
    """How alike texts must be at least: the less place and category say, the more."""
    least = matter.family.likeness
    if where == SAME_GRID:
        least = max(least, SAME_GRID_LIKENESS)
    if kindred < BARELY_KINDRED:
        least = max(least, BARELY_KINDRED_LIKENESS)
    return least


def _reason(
    matter: Matter, incident: OpenIncident, where: str, alike: float | None, points: float
) -> str:
    if matter.category == incident.category:
        kind = "同类事件"
    elif matter.leanings[0][0] == incident.leanings[0][0]:
        kind = f"同属“{matter.leanings[0][0]}”一类"
    else:
        kind = "可能的类别有重合"
    building = f"同为 {incident.building} 栋，" if _same_building(matter, incident) else ""
    worded = f"，文字相似 {alike:.0%}" if alike is not None else ""
    when = "结案后 30 天内" if incident.closed_at else _hours(matter.family.window)
    return f"{kind}，{building}{where}，{when}{worded}（{points:.0f} 分，满 {ENOUGH:.0f} 分并案）"


def _same_building(matter: Matter, incident: OpenIncident) -> bool:
    return bool(matter.place.building) and matter.place.building == incident.building


def _hours(window: timedelta) -> str:
    return f"{window.total_seconds() / 3600:.0f} 小时内"
