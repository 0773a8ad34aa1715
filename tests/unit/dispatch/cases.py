"""Incidents and plans for the tests of dispatch."""

from datetime import UTC, datetime

from schemas.case import Stage, StageOverdue
from schemas.dispatch import Assignee, Deadlines, IncidentDispatched, Level, Mode
from schemas.event import Event
from schemas.incident import Category, IncidentClassified, Kind, Severity, Voice
from schemas.place import Place
from schemas.report import Source
from services.dispatch.adapters.rule_folder import load_book
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.domain.situation import Situation
from services.reference.calendar import load_calendar
from services.reference.catalogue import load_catalogue
from services.reference.ground import load_ground

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CATALOGUE = load_catalogue()
BOOK: RuleBook = load_book(None, CATALOGUE, load_calendar(), NOON)[0]
ESTATE = load_ground().estates[0]
HERE = Place(community=ESTATE.community, grid=ESTATE.grid, micro_grid=ESTATE.micro_grid)
FIRST, SECOND = (f"W{ESTATE.micro_grid}-{number}" for number in (1, 2))
LEADER, COMMUNITY = f"G{ESTATE.grid}", f"C{ESTATE.community}"
LANE = "09012"
"""占用消防通道"""


def situation(**load: int) -> Situation:
    """What a batch sees, with so much in hand."""
    return Situation(BOOK, "g1", dict(load))


def due(severity: Severity) -> Deadlines:
    """By when, if it is dispatched at noon."""
    limits = BOOK.limits.limits(None, severity, None)
    return BOOK.limits.deadlines(limits, NOON, BOOK.calendar)[0]


def dispatched(
    plan: Plan,
    seen: Situation | None = None,
    because: str | None = None,
    above: Level | None = None,
) -> IncidentDispatched:
    """The dispatch of an incident at noon."""
    said = list(dispatch("I1", plan, seen or situation(), NOON, because, above))
    assert isinstance(said[-1], IncidentDispatched)
    return said[-1]


def category(code: str = LANE) -> Category:
    """A category of the shipped catalogue."""
    entry = CATALOGUE.entries[code]
    return Category(code=code, name=entry.name, scene=entry.scene)


def incident(
    severity: Severity = Severity.HIGH, place: Place = HERE, code: str = LANE
) -> IncidentClassified:
    """A blocked fire lane."""
    voice = Voice(report_id="R1", thread="t:1", source=Source.PUBLIC, reported_at=NOON)
    return IncidentClassified(
        incident_id="I1",
        voice=voice,
        kind=Kind.HAZARD,
        category=category(code),
        severity=severity,
        confidence=0.9,
        title="消防通道被堵",
        summary="一辆车停在消防通道上",
        place=place,
        reasons=(),
        catalogue_version="c1",
        classified_at=NOON,
    )


def after(*events: Event, place: Place = HERE) -> Plan:
    """The plan of an incident after these events."""
    plan = evolve(None, incident(place=place))
    for event in events:
        plan = evolve(plan, event)
    assert plan is not None
    return plan


def sent(round_: int = 1, worker: str = FIRST, level: Level = Level.MICRO_GRID) -> Event:
    """The incident went to somebody."""
    return IncidentDispatched(
        incident_id="I1",
        round=round_,
        assignee=Assignee(worker_id=worker, level=level, area=""),
        mode=Mode.AT_ONCE,
        severity=Severity.HIGH,
        deadlines=due(Severity.HIGH),
        reasons=(),
        ground_version="g1",
        dispatched_at=NOON,
    )


def overdue(stage: Stage, round_: int = 1) -> StageOverdue:
    """A stage ran out."""
    return StageOverdue(incident_id="I1", round=round_, at=NOON, stage=stage, due_at=NOON)
