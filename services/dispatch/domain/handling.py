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
        said = self._said(facts, lane)
        routing, then, way = said.routing, said.routing.then, said.way
        refused = said.refused()
        return Handling(
            rule=routing.decided_by,
            level=refused.floor if refused else said.level,
            desk="community" if said.is_asked else None if refused else then.desk,
            mode=said.mode,
            lead_unit=said.filled((way.lead if way else "") or then.lead or LEAD),
            responsible_unit=said.owner
            or said.filled((way.responsible if way else "") or then.responsible or ""),
            scheme=said.scheme,
            limits=self.limits.limits(said.deadline, facts.severity, said.entry),
            skills=then.skills or (),
            helpers=tuple(said.helpers()),
            tasks=tuple(said.tasks()),
            reasons=(*said.reasons(refused), *self._doubts(facts)),
            refused=refused,
        )

    def _doubts(self, facts: Facts) -> Iterator[str]:
        if self.table.looks_at_work and not self.calendar.days.knows(facts.at.year):
            yield f"工作日历没有 {facts.at.year} 年的放假安排，是否工作时间按周一至周五判断"

    def _said(self, facts: Facts, lane: str) -> "_Said":
        routing = self.table.decide(facts)
        scheme, way = self._lane(routing, facts, lane)
        entry = self.catalogue.entries.get(facts.category)
        name = f"{scheme}/{way.name}" if way else ""
        return _Said(facts, routing, way, name, bool(lane), entry, self.table.belongs_to(facts))

    def _lane(self, routing: Routing, facts: Facts, led_into: str) -> tuple[str, Lane | None]:
        name, _, lane = led_into.partition("/")
        scheme = self.schemes.get(name or routing.then.scheme or "")
        if scheme is None:
            return "", None
        return scheme.said.name, scheme.lane(lane) if lane else scheme.lane_for(facts)

    def refusal(self, facts: Facts, to: Level) -> Pushdown | None:
        """What an order of a person would push down unlawfully, if it does."""
        said = self._said(facts, "")
        return pushdown(said.belongs, said.owner, facts.severity, to, said.routing.decided_by)

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


@dataclass(frozen=True, slots=True)
class _Said:
    """What the rules, the lane of a scheme, the catalogue and a department say of an incident.

    The rules count first, the lane fills in what they leave open, the catalogue the rest; but
    a lane that it was led into, by a refusal or for lateness, counts before the rules.
    """

    facts: Facts
    routing: Routing
    way: Lane | None
    scheme: str
    is_led: bool
    entry: Entry | None
    belongs: Belongings | None

    @property
    def is_asked(self) -> bool:
        """Whether people must say first what it is; danger to life does not wait for that."""
        guessed = self.facts.unreviewed and self.facts.severity is not Severity.DANGER
        return guessed or not self.routing.decided_by

    def refused(self) -> Pushdown | None:
        """The attempt to push a department's matter down; to ask whose it is is none."""
        if self.is_asked:
            return None
        rule = self.routing.decided_by
        return pushdown(self.belongs, self.owner, self.facts.severity, self.level, rule)

    @property
    def owner(self) -> str:
        """The department whose matter it is."""
        return self.filled(self.belongs.said.department) if self.belongs else ""

    @property
    def level(self) -> Level:
        """Where it begins."""
        then, led = self.routing.then, self.way.who if self.way else None
        ruled = Level(then.desk) if then.desk else then.level
        return (led or ruled if self.is_led else ruled or led) or RUNGS[0]

    @property
    def deadline(self) -> str | None:
        """The name of its limits."""
        ruled, led = self.routing.then.deadline, self.way.deadline if self.way else None
        return led or ruled if self.is_led else ruled or led

    @property
    def mode(self) -> Mode:
        """The kind of handling; danger to life is handled at once, unless a rule says otherwise."""
        if self.is_led and self.way:
            return self.way.mode
        if self.routing.then.mode or self.facts.severity is Severity.DANGER:
            return self.routing.then.mode or Mode.AT_ONCE
        if self.way:
            return self.way.mode
        return Mode(self.entry.mode) if self.entry else Mode.AT_ONCE

    def filled(self, unit: str) -> str:
        """A unit, with who leads the category where that is meant."""
        return unit.replace(LEAD, self.entry.lead if self.entry else "")

    def helpers(self) -> Iterator[str]:
        """Who helps, each once."""
        joint = self.way.joint if self.way else ()
        wanted = dict.fromkeys((*(self.routing.then.helpers or ()), *joint))
        return (unit for each in wanted if (unit := self.filled(each)))

    def tasks(self) -> Iterator[SchemeTask]:
        """What each has to do."""
        for task in self.way.tasks if self.way else ():
            yield task.model_copy(update={"unit": self.filled(task.unit)})

    def reasons(self, refused: Pushdown | None) -> Iterator[str]:
        """Why, for an operator."""
        name = self.entry.name if self.entry else f"类别 {self.facts.category}（目录中没有）"
        if self.routing.decided_by:
            yield f"{name}按规则“{'”、“'.join(self.routing.matched)}”，{self.mode}"
        else:
            yield f"没有规则适用于{name}，转社区值班台"
        if self.is_asked and self.facts.unreviewed:
            yield f"无人复核，是否{name}未定，先由社区值班台判定类别"
        elif self.facts.unreviewed:
            yield "类别未经复核，危及人身安全，不等复核先派"
        if self.way and self.way.exit:
            ways = "”“".join(dict.fromkeys(self.way.exit.values()))
            yield f"方案通道“{self.way.name}”，逾期或退单转“{ways}”"
        if refused:
            yield f"属{refused.department}职责，不得下派基层，直接派{refused.department}"
        elif self.belongs and self.facts.severity in (self.belongs.said.first_response or ()):
            yield f"基层只作先期处置（疏散、警戒），处置责任在{self.owner}"
