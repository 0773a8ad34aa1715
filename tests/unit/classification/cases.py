"""Reports and open incidents for the tests of classification."""

from datetime import UTC, datetime, timedelta

from schemas.case import CaseClosed
from schemas.event import Event
from schemas.incident import IncidentClassified
from schemas.place import Place
from schemas.report import ReportReceived, Source
from services.classification.adapters.recognising import load_recogniser
from services.classification.domain.cells import estate_of, unit_of
from services.classification.domain.decide import open_incident, voice_of
from services.classification.domain.duplicates import Neighbourhood
from services.classification.domain.likeness import fingerprint, gist
from services.classification.domain.matching import OpenIncident
from services.classification.domain.recognition import Opinion, said_in
from services.classification.domain.state import Incident, evolve
from services.reference.catalogue import load_catalogue
from services.reference.degrees import METRES_PER_DEGREE
from services.reference.ground import load_ground

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CATALOGUE = load_catalogue()
RECOGNISER = load_recogniser(CATALOGUE)
ESTATE = load_ground().estates[0]
LANE, LAMP = "09012", "94006"
"""占用消防通道 and 小区公共设施维修"""


def at(metres_north: float = 0, building: str | None = None) -> Place:
    """A point so far north of the estate's."""
    latitude = ESTATE.latitude + metres_north / METRES_PER_DEGREE
    return Place(longitude=ESTATE.longitude, latitude=latitude, building=building)


HERE = at()


def report(
    text: str = "消防通道被车堵了",
    title: str = "",
    source: Source = Source.HOTLINE,
    *,
    number: int = 1,
    place: Place = HERE,
    express: bool = False,
    hint: str | None = None,
) -> ReportReceived:
    """A report."""
    return ReportReceived(
        report_id=f"R{number}",
        thread=f"t:{number}",
        source=source,
        title=title,
        text=text,
        reported_at=NOON,
        received_at=NOON,
        place=place,
        express=express,
        hint=hint,
    )


def thought_of(said: ReportReceived) -> Opinion:
    """What the service thinks of a report, before circumstances are weighed."""
    (reading,) = RECOGNISER.read([said_in(said)])
    return reading.opinion


def opened(by: ReportReceived | None = None) -> IncidentClassified:
    """The incident that a report opens."""
    first = by or report()
    return open_incident(first, thought_of(first), NOON, CATALOGUE.version)


def incident(*events: Event, by: ReportReceived | None = None) -> Incident:
    """What is remembered of the incident after these events."""
    state = evolve(None, opened(by))
    for event in events:
        state = evolve(state, event)
    assert isinstance(state, Incident)
    return state


def lying(
    place: Place = HERE,
    category: str = LANE,
    hours: float = 1,
    words: bytes = b"",
    leanings: tuple[tuple[str, float], ...] = (),
    said: str = "",
    *,
    danger: bool = False,
) -> OpenIncident:
    """An incident that has been open for some hours."""
    return OpenIncident(
        incident_id="I1",
        category=category,
        fingerprint=words,
        opened_at=NOON - timedelta(hours=hours),
        longitude=place.longitude,
        latitude=place.latitude,
        building=place.building,
        estate=estate_of(place),
        unit=unit_of(place),
        leanings=leanings or ((category, 1.0),),
        gist=gist("", said),
        danger=danger,
    )


def around(*reports: ReportReceived, near: OpenIncident | None = None) -> Neighbourhood:
    """What these reports of one batch see around them."""
    return Neighbourhood(
        opinions={each.report_id: thought_of(each) for each in reports},
        incidents={near.incident_id: near} if near else {},
        fingerprints={each.report_id: fingerprint(each.title, each.text) for each in reports},
        version=CATALOGUE.version,
    )


def closed(incident_id: str = "I1") -> CaseClosed:
    """The case was closed."""
    return CaseClosed(incident_id=incident_id, round=1, at=NOON, outcome="rectified", on_time=True)


VOICE = voice_of(report(number=2))
