"""How an incident is handled: what the rules, its scheme and its department make of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.dispatch import Level, Mode
from schemas.incident import Severity
from services.dispatch.domain.limits.table import Limits, LimitTable
from services.dispatch.domain.routing.facts import Facts
from services.dispatch.domain.routing.table import Belongings, Routing, Table
from services.dispatch.domain.routing.written import Desk
from services.dispatch.domain.schemes import LEAD, Lane, Scheme, SchemeTask
from services.reference.calendar import WorkCalendar
from services.reference.catalogue import Catalogue, Entry

RUNGS = tuple(Level)
"""Lowest first."""


@dataclass(frozen=True, slots=True)
class Pushdown:
    """A department's matter that was about to go to the grass roots."""

    department: str
    to_level: Level
    floor: Level
    rule: str


@dataclass(frozen=True, slots=True)
class Handling:
    """What was decided of an incident before a person is looked for; `rule` empty: by none."""

    rule: str
    level: Level
    desk: Desk | None
    mode: Mode
    lead_unit: str
    responsible_unit: str
    scheme: str
    limits: Limits
    skills: tuple[str, ...]
    helpers: tuple[str, ...]
    tasks: tuple[SchemeTask, ...]
    reasons: tuple[str, ...]
    refused: Pushdown | None = None


@dataclass(frozen=True)
class RuleBook:
    """All that dispatch decides by, of one version."""

    version: str
    table: Table
    limits: LimitTable
    schemes: dict[str, Scheme]
    calendar: WorkCalendar
    catalogue: Catalogue

    def handling(self, facts: Facts, lane: str = "") -> Handling:
        """What is to be done with an incident; `lane` (scheme/lane) if it was led into one."""
        routing = self.table.decide(facts)
        entry = self.catalogue.entries.get(facts.category)
        scheme, way = self._lane(routing, facts, lane)
        belongs = self.table.belongs_to(facts)
        led = bool(lane) and way is not None
        level = (way.who if led and way else None) or routing.then.level or (way and way.who)
        wanted = level or RUNGS[0]
        owner = _filled(belongs.said.department, entry) if belongs else ""
        refused = pushdown(belongs, owner, facts.severity, wanted, routing.decided_by)
        mode = _mode(routing, way, led, entry, facts)
        lead = _filled((way.lead if way else "") or routing.then.lead or LEAD, entry)
        responsible = (way.responsible if way else "") or routing.then.responsible or ""
        deadline = routing.then.deadline or (way.deadline if way else None)
        return Handling(
            rule=routing.decided_by,
            level=refused.floor if refused else wanted,
            desk=routing.then.desk if routing.decided_by else "community",
            mode=mode,
            lead_unit=lead,
            responsible_unit=owner or _filled(responsible, entry),
            scheme=f"{scheme}/{way.name}" if way else "",
            limits=self.limits.limits(deadline, facts.severity, entry),
            skills=routing.then.skills or (),
            helpers=tuple(_helpers(routing, way, entry)),
            tasks=tuple(_tasks(way, entry)),
            reasons=tuple(_reasons(routing, way, entry, facts, refused, belongs, mode)),
            refused=refused,
        )

    def _lane(self, routing: Routing, facts: Facts, led_into: str) -> tuple[str, Lane | None]:
        name, _, lane = led_into.partition("/")
        scheme = self.schemes.get(name or routing.then.scheme or "")
        if scheme is None:
            return "", None
        return scheme.said.name, scheme.lane(lane) if lane else scheme.lane_for(facts)

    def next_lane(self, scheme: str, way: str) -> str:
        """Where a lane leads when it is `overdue` or `declined`; empty: nowhere else."""
        name, _, lane = scheme.partition("/")
        known = self.schemes.get(name)
        here = known.lane(lane) if known else None
        to = here.exit.get("overdue" if way == "overdue" else "declined") if here else None
        return f"{name}/{to}" if to else ""


def pushdown(
    belongs: Belongings | None, owner: str, severity: Severity, to: Level, rule: str
) -> Pushdown | None:
    """The attempt to push a department's matter down, if it is one.

    A command of a person is checked by the same rule.
    """
    if belongs is None or RUNGS.index(to) >= RUNGS.index(belongs.said.floor):
        return None
    if severity in (belongs.said.first_response or ()):
        return None
    return Pushdown(owner, to, belongs.said.floor, rule)


def _mode(routing: Routing, way: Lane | None, led: bool, entry: Entry | None, facts: Facts) -> Mode:
    if led and way:
        return way.mode
    if routing.then.mode:
        return routing.then.mode
    if facts.severity is Severity.DANGER:
        return Mode.AT_ONCE
    if way:
        return way.mode
    return Mode(entry.mode) if entry else Mode.AT_ONCE


def _filled(unit: str, entry: Entry | None) -> str:
    return unit.replace(LEAD, entry.lead if entry else "")


def _helpers(routing: Routing, way: Lane | None, entry: Entry | None) -> Iterator[str]:
    wanted = dict.fromkeys((*(routing.then.helpers or ()), *(way.joint if way else ())))
    return (unit for each in wanted if (unit := _filled(each, entry)))


def _tasks(way: Lane | None, entry: Entry | None) -> Iterator[SchemeTask]:
    for task in way.tasks if way else ():
        yield task.model_copy(update={"unit": _filled(task.unit, entry)})


def _reasons(
    routing: Routing,
    way: Lane | None,
    entry: Entry | None,
    facts: Facts,
    refused: Pushdown | None,
    belongs: Belongings | None,
    mode: Mode,
) -> Iterator[str]:
    name = entry.name if entry else f"类别 {facts.category}（目录中没有）"
    if routing.decided_by:
        yield f"{name}按规则“{'”、“'.join(routing.matched)}”，{mode}"
    else:
        yield f"没有规则适用于{name}，转社区值班台"
    if way and way.exit:
        yield f"方案通道“{way.name}”，逾期或退单转“{'”“'.join(dict.fromkeys(way.exit.values()))}”"
    if refused:
        yield f"属{refused.department}职责，不得下派基层，直接派{refused.department}"
    elif belongs and facts.severity in (belongs.said.first_response or ()):
        yield f"基层只作先期处置（疏散、警戒），处置责任在{_filled(belongs.said.department, entry)}"
